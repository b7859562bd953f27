# SPDX-License-Identifier: GPL-2.0
"""What checks/torture.py makes of a console: the test's own line, and what counts as a failure."""
import unittest

from lab.checks import torture
from lab.guest.console import Console
from lab.results import Results

FOUND = "# RCU_HOTPLUG, 1000 operations of 4200 CPUs, refused: 7 with errno 1, 2 with errno 16"


def console(*lines):
    seen = Console(lambda line: None, lambda job: None)
    for line in lines:
        seen.feed(line)
    return seen


def notes(*lines, movers="both", seconds=600):
    """What is found wrong with a guest that said these lines."""
    seen, results = console(*lines), Results()
    torture.judge(torture.outcome_of(seen), movers, seconds, seen, results)
    return results.notes


class Outcome(unittest.TestCase):
    def test_what_the_test_counted(self):
        seen = console("lab: begin x", "lab| " + FOUND)
        self.assertEqual(torture.outcome_of(seen), ("RCU_HOTPLUG", 1000, 4200,
                                                    "7 with errno 1, 2 with errno 16"))

    def test_no_verdict(self):
        seen = console("lab: begin x", "lab| # , 3 operations of 3 CPUs, refused: none")
        self.assertEqual(torture.outcome_of(seen), ("none", 3, 3, "none"))

    def test_never_got_there(self):
        self.assertIsNone(torture.outcome_of(console("lab: begin x", "lab| 1..1")))


class Judgement(unittest.TestCase):
    LINES = ("lab: begin x", "lab| " + FOUND)

    def test_enough(self):
        self.assertEqual(notes(*self.LINES), [])
        self.assertEqual(notes(*self.LINES, seconds=1190),
                         ["FAILED  1000 operations in 1190 s, 2000 wanted"])
        self.assertEqual(notes(*self.LINES, movers="onoff", seconds=6000), [])

    def test_came_to_no_end(self):
        self.assertEqual(notes("lab: begin x"), ["FAILED  it came to no end"])
        skipped = Results()
        skipped.skip("there is no module")
        torture.judge(None, "both", 600, console(), skipped)
        self.assertEqual(skipped.failed, 0)

    def test_nothing_moved(self):
        self.assertEqual(notes("lab: begin x", "lab| # SUCCESS, 0 operations of 0 CPUs, "
                               "refused: none", movers="onoff"),
                         ["FAILED  no CPU was moved"])

    def test_failure_lines(self):
        for line in ("rcu-torture: !!! Reader Pipe:  1 2 3", "Writes:  Total: 9  Fail: 1 !!!",
                     "??? Writer stall state RTWS_SYNC(21) g1 f0x0 ->state 0x2 cpu 1",
                     "rcu-torture:--- End of test: FAILURE: nreaders=3",
                     "rcu: rcu_preempt kthread starved for 5000 jiffies!",
                     "cpuhp: CPU3 step 40 (x:y) down: z failed with -EBUSY, CPU left at 41 (a:b)"):
            with self.subTest(line):
                self.assertEqual(notes(*self.LINES, line), [f"FAILED  the log: {line}"])

    def test_what_is_no_failure(self):
        for line in ("rcu-torture:torture_onoff task: offline 3 failed: errno 1",
                     "rcu-torture:--- End of test: RCU_HOTPLUG: nreaders=3",
                     "rcu-torture: rtc: 0 ver: 7 tfle: 0 rta: 7 rtaf: 0 rtf: 0 rtmbe: 0"):
            with self.subTest(line):
                self.assertEqual(notes(*self.LINES, line), [])


class Guest(unittest.TestCase):
    def test_passes_or_fails_as_a_whole(self):
        results = Results()
        results.ok()
        self.assertEqual(torture.as_one("a", results).line(), "1 passed, 0 failed, 0 skipped")
        results.skip("b: there is no module")
        self.assertEqual(torture.as_one("a", results).notes, ["skipped a: b: there is no module"])
        results.fail("c")
        one = torture.as_one("a", results)
        self.assertEqual((one.passed, one.failed, one.skipped), (0, 1, 0))
        self.assertEqual(one.notes[0], "FAILED  a")


class Table(unittest.TestCase):
    def test_names_are_unique(self):
        names = [scenario.name for scenario in torture.SCENARIOS]
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    unittest.main()
