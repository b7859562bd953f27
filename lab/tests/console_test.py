# SPDX-License-Identifier: GPL-2.0
"""What guest/console.py makes of the lines of a guest, and who judges them."""
import unittest

from lab.checks import inguest
from lab.guest import guests
from lab.guest.console import Console


def fed(*lines):
    """A console that has heard some lines, and what it handed on."""
    heard, begun = [], []
    seen = Console(heard.append, begun.append)
    for line in lines:
        seen.feed(line)
    return seen, heard, begun


class Jobs(unittest.TestCase):
    LIFE = ("[    0.000000] Linux version 6.12.0",
            "[    1.000000] lab: begin /lab/x 1",
            "[    1.100000] lab| ok 1 a",
            "[    1.150000] smpboot: CPU 1 is now offline",
            "[    1.200000] lab: end /lab/x 1 rc=3 ms=250",
            "[    1.300000] LAB-VERDICT: fail")

    def test_a_life(self):
        seen, heard, begun = fed(*self.LIFE)
        self.assertEqual((heard, begun), (["ok 1 a"], ["/lab/x 1"]))
        job, = seen.jobs
        self.assertEqual((job.name, job.lines, job.status, job.seconds),
                         ("/lab/x 1", ["ok 1 a"], 3, 0.25))
        self.assertEqual(seen.verdict, "fail")
        self.assertEqual(seen.kernel, [(0.0, "Linux version 6.12.0"),
                                       (1.15, "smpboot: CPU 1 is now offline")])

    def test_a_job_that_never_ends(self):
        seen, _, _ = fed(*self.LIFE[:3])
        self.assertIsNone(seen.jobs[0].status)
        self.assertIsNone(seen.verdict)

    def test_each_line_goes_to_the_job_that_runs(self):
        seen, _, _ = fed("lab: begin one", "lab| 1", "lab: end one rc=0 ms=1",
                         "lab: begin two", "lab| 2", "lab: end two rc=0 ms=1")
        self.assertEqual([job.lines for job in seen.jobs], [["1"], ["2"]])

    def test_forms_of_a_record(self):
        seen, heard, _ = fed("[    1.000000][   T42] text", "<6>[   12.500000][ C1] more",
                             "no stamp at all", "[   13.000000] lab| [ 1.0] indented")
        self.assertEqual(seen.kernel, [(1.0, "text"), (12.5, "more"), (None, "no stamp at all")])
        self.assertEqual(heard, ["[ 1.0] indented"])


class Reports(unittest.TestCase):
    def test_the_kernels_own(self):
        for text in ("WARNING: CPU: 1 PID: 2 at kernel/cpu.c:3", "BUG: sleeping function called",
                     "INFO: task x:1 blocked for more than 120 seconds.",
                     "rcu: INFO: rcu_sched detected stalls", "watchdog: BUG: soft lockup - CPU#1",
                     "WARNING: possible circular locking dependency detected",
                     "csd: Detected non-responsive CSD lock (#1) on CPU#2",
                     "ODEBUG: free active", "refcount_t: underflow; use-after-free."):
            with self.subTest(text):
                seen, _, _ = fed("[    1.000000] " + text)
                self.assertEqual(seen.reports, [text])
                self.assertFalse(seen.fatal)

    def test_what_is_none(self):
        for text in ("smpboot: CPU 1 is now offline", "rcu: Hierarchical RCU implementation.",
                     "cpuhp: step 5 runs for more than 2 s on CPU 1", "DEBUG: x"):
            with self.subTest(text):
                self.assertEqual(fed("[    1.000000] " + text)[0].reports, [])

    def test_a_job_may_print_what_it_likes(self):
        self.assertEqual(fed("lab: begin x", "[    1.000000] lab| WARNING: none")[0].reports, [])

    def test_fatal(self):
        seen, _, _ = fed("[    1.000000] Kernel panic - not syncing: why")
        self.assertTrue(seen.fatal)
        self.assertEqual(len(seen.reports), 1)


class Judgement(unittest.TestCase):
    @staticmethod
    def judged(end, *lines):
        results = inguest.Results()
        outcome = guests.Outcome(end, fed(*lines)[0], "/nowhere", 1.0, "why")
        inguest.judge_kernel(outcome, outcome.console.reports, results)
        return results.passed, results.failed

    def test_the_machine(self):
        self.assertEqual(self.judged(guests.DONE), (2, 0))
        # That a job failed is the job's failure.
        self.assertEqual(self.judged(guests.FAILED), (2, 0))
        self.assertEqual(self.judged(guests.HUNG), (1, 1))
        self.assertEqual(self.judged(guests.DONE, "BUG: x", "WARNING: y"), (1, 2))

    def test_kunit_between_other_messages(self):
        records = [(0.1, "ok 1 before the header"), (1.0, "KTAP version 1"), (1.1, "1..1"),
                   (1.2, "smpboot: CPU 1 is now offline"), (1.3, "    1..1"),
                   (1.4, "    ok 1 a"), (1.5, "ok 1 suite")]
        self.assertEqual(inguest.kunit_lines(records),
                         ["1..1", "    1..1", "    ok 1 a", "ok 1 suite"])
        self.assertEqual(inguest.kunit_lines(records[:1]), [])


if __name__ == "__main__":
    unittest.main()
