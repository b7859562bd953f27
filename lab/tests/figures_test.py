# SPDX-License-Identifier: GPL-2.0
"""From what a guest prints to FIGURES.md."""
import csv
import os
import tempfile
import unittest
from unittest import mock

from lab.common import LabError
from lab.figures import kernels, markdown, measure, record
from lab.figures.record import OURS, STOCK, Sample

LEAN, REAL = "x86_64", "bench"


def some_run():
    run = record.Run({"date": "1 May 2026", "commit": "abc"})
    for what, _ in markdown.README:
        for seconds in (3.0, 1.0, 2.0):
            run.add(LEAN, STOCK, 64, what, Sample(seconds * 10, seconds, seconds / 2))
            run.add(LEAN, OURS, 64, what, Sample(seconds / 10, seconds / 1000, seconds / 2000))
    run.add(LEAN, STOCK, 8, "smt-off", Sample(0.5, 0.01, None))
    run.add(LEAN, OURS, 8, "smt-off", Sample(0.25, 0.001, None))
    run.add(LEAN, STOCK, 240, "smt-off", Sample(300, over=True))
    run.add(LEAN, OURS, 240, "smt-off", Sample(2.0, 0.002, 0.001))
    run.add(LEAN, STOCK, 8, "boot", Sample(1.0))
    run.add(REAL, OURS, 8, "smt-off", Sample(0.75, 0.001, 0.002))
    run.counts[LEAN, 64, "all-off", OURS] = [1, 1, 66, 33, 9, 450, 900]
    run.counts[LEAN, 64, "all-off", STOCK] = [63, 63, 66, 193, 0, 3516, 9000]
    run.irqs[REAL, 8, "most-off", OURS] = [1, 2, 3, 4, 5, 6]
    run.irqs[REAL, 8, "nothing", OURS] = [0, 0, 0, 0, 0, 0]
    run.burdened[REAL, 64, "all-off", OURS] = [0.2, 0.3, 0.1]
    run.burdened[REAL, 64, "with-all-off", OURS] = [0.3, 0.4, 0.2]
    return run


class Words(unittest.TestCase):
    def test_duration(self):
        self.assertEqual([markdown.duration(value) for value in
                          (18.64, 3.4712, 0.3401, 0.0101, 0.0000105, 0)],
                         ["18.6 s", "3.47 s", "340 ms", "10.1 ms", "10.5 µs", "0.00 µs"])

    def test_ratio(self):
        self.assertEqual([markdown.ratio(*pair) for pair in ((2, 1), (1, 2), (55.4, 1), (1, 0))],
                         ["2.0", "0.5", "55", "-"])


class Page(unittest.TestCase):
    def setUp(self):
        self.lines = markdown.page(some_run()).splitlines()

    def test_median_and_longest(self):
        self.assertIn("| 64 | off | stock | 20.0 s | 100 | 2.00 s (3.00 s) | 1000 | "
                      "1.00 s (1.50 s) | 3 |", self.lines)
        self.assertIn("| 64 | off | ours | 200 ms |  | 2.00 ms (3.00 ms) |  | "
                      "1.00 ms (1.50 ms) | 3 |", self.lines)

    def test_what_was_not_measured(self):
        self.assertIn("| 8 | off | stock | 500 ms | 2.0 | 10.0 ms (10.0 ms) | 10 | - | 1 |",
                      self.lines)
        self.assertIn("| 8 | boot | stock | 1.00 s | - | 1 |", self.lines)

    def test_what_takes_longer_than_the_limit(self):
        self.assertIn("| 240 | off | stock | over 300 s | over 150 | - | - | - | 1 |", self.lines)

    def test_configurations_have_parts_of_their_own(self):
        lean, real = (self.lines.index(f"## The {name} configuration")
                      for name in ("lean", "realistic"))
        row = self.lines.index("| 8 | off | ours | 750 ms |  | 1.00 ms (1.00 ms) |  | "
                               "2.00 ms (2.00 ms) | 1 |")
        self.assertLess(lean, real)
        self.assertLess(real, row)

    def test_counts_begin_with_stock(self):
        rows = [line for line in self.lines if "| all-off |" in line]
        self.assertEqual(rows, ["| 64 | all-off | stock | 63 | 63 | 66 | 193 | 0 | 3516 | 9000 |",
                                "| 64 | all-off | ours | 1 | 1 | 66 | 33 | 9 | 450 | 900 |"])

    def test_interrupts_begin_with_what_they_are_compared_to(self):
        first = self.lines.index("| 8 | nothing | ours | 0 | 0 | 0 | 0 | 0 | 0 |")
        self.assertEqual(self.lines[first + 1], "| 8 | most off | ours | 1 | 2 | 3 | 4 | 5 | 6 |")

    def test_code_that_waits(self):
        self.assertIn("| 64 | all CPUs but one off | ours | 200 ms | 300 ms | 1.50 | 3 |",
                      self.lines)

    def test_growth(self):
        # 0.2 s to 2 s between 64 and 240: log 10 / log 3.75; stock was not waited for
        self.assertIn("| SMT off | ours | 64 to 240 | 1.74 |", self.lines)
        self.assertIn("| SMT off | stock | 8 to 64 | 1.77 |", self.lines)

    def test_setup(self):
        self.assertIn("| commit | abc |", self.lines)

    def test_readme_shows_the_largest_size(self):
        lines = markdown.readme(some_run()).splitlines()
        self.assertIn("| SMT off | over 300 s | 2.00 s | over 150 | - | 2.00 ms | - |", lines)
        self.assertEqual(lines[-1], "(1 May 2026, commit abc)")


class Files(unittest.TestCase):
    def test_a_run_is_read_as_it_was_written(self):
        run = some_run()
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "x.csv")
            with open(path, "w", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(record.HEAD)
                rows.writerows(record.row(flavour, kernel, cpus, 0, what, sample)
                               for (flavour, kernel, cpus, what), samples in run.samples.items()
                               for sample in samples)
            record.save(run, path)
            self.assertEqual(record.load([path]), run)


class Kernels(unittest.TestCase):
    def test_take_turns(self):
        with mock.patch("os.path.isfile", return_value=True):
            found = kernels.chosen(["/o-{flavour}/a=b/bzImage=before"],
                                   ["stop=cpuhp.takedown=stop"], [LEAN, REAL])
        self.assertEqual([kernel.name for kernel in found], [STOCK, "before", "stop", OURS])
        guest = found[1].guest(REAL, cpus=8)
        self.assertEqual((guest.kernel, guest.flavour, guest.stock),
                         ("/o-bench/a=b/bzImage", REAL, False))
        self.assertEqual(found[2].guest(LEAN, append="more").append, "cpuhp.takedown=stop more")
        self.assertEqual([kernel.foreign for kernel in found], [True, True, False, False])

    def test_words_that_cannot_be(self):
        for images, appends, flavours in (
                ((), ("stop",), (LEAN,)), ((), ("stop=",), (LEAN,)), ((), ("ours=x",), (LEAN,)),
                (("/no/image=before",), (), (LEAN,)), ((f"{__file__}=x",), (), (LEAN, REAL)),
                ((f"{__file__}=",), (), (LEAN,))):
            with self.assertRaises(LabError):
                kernels.chosen(images, appends, flavours)


class Guest(unittest.TestCase):
    """What bench.c prints, and what becomes of a guest whose operation takes too long."""

    def test_samples(self):
        self.assertEqual(measure.samples(["bench one-off 0 2000000000 5000000 1000000", "noise",
                                          "bench suspend 1 1000000000 -1 -1",
                                          "bench-over smt-off 300"]),
                         [("one-off", Sample(2.0, 0.005, 0.001)), ("suspend", Sample(1.0)),
                          ("smt-off", Sample(300.0, over=True))])

    def guests(self, *lives):
        """The jobs of the guests that a measurement takes, and what it finds."""
        jobs = []

        def boot(_kernel, _flavour, _cpus, job, *_rest):
            jobs.append(job)
            return mock.Mock(jobs=[mock.Mock(lines=lives[len(jobs) - 1])], kernel=[])

        with mock.patch.object(measure, "boot", boot):
            found = measure.times(None, LEAN, 8, 60, "log")
        return jobs, [what for what, _ in found]

    def test_groups_behind_one_that_takes_too_long_get_a_guest(self):
        jobs, found = self.guests(["bench-over smt-off 60"], ["bench all-off 0 1 1 1"])
        self.assertEqual(jobs, ["/lab/bench 20 60 idle one-cpu smt all suspend",
                                "/lab/bench 20 60 all suspend"])
        self.assertEqual(found, ["smt-off", "all-off"])

    def test_no_suspend_where_all_cpus_take_too_long(self):
        jobs, _ = self.guests(["bench-over all-on 60"])
        self.assertEqual(len(jobs), 1)


class Spans(unittest.TestCase):
    def test_each_pair_of_messages(self):
        records = [(1.0, "smp: Bringing up secondary CPUs ..."), (None, "x"),
                   (1.5, "smp: Brought up 1 node, 4 CPUs"),
                   (2.0, "Disabling non-boot CPUs ..."), (2.25, "PM: suspend debug: Waiting"),
                   (2.5, "PM: suspend debug: Waiting"),
                   (3.0, "Disabling non-boot CPUs ..."), (3.5, "PM: suspend debug: Waiting")]
        self.assertEqual(measure.spans(records),
                         [("boot", Sample(0.5)), ("suspend-off", Sample(0.25)),
                          ("suspend-off", Sample(0.5))])

    def test_an_end_without_a_start(self):
        self.assertEqual(measure.spans([(1.0, "smp: Brought up 1 node, 4 CPUs")]), [])


if __name__ == "__main__":
    unittest.main()
