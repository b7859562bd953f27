# SPDX-License-Identifier: GPL-2.0
"""From what a guest prints to FIGURES.md."""
import os
import tempfile
import unittest

from lab.figures import bench, markdown, record
from lab.figures.record import OURS, STOCK


def some_run():
    run = record.Run({"date": "1 May 2026", "commit": "abc"})
    for what, _ in markdown.README:
        for seconds in (3.0, 1.0, 2.0):
            run.add(STOCK, 64, what, seconds * 10)
            run.add(OURS, 64, what, seconds / 10)
    run.add(STOCK, 8, "smt-off", 0.5)
    run.add(OURS, 8, "smt-off", 0.25)
    run.add(STOCK, 8, "boot", 1.0)
    run.counts[64, "all-off", OURS] = [1, 1, 66, 33, 450]
    run.counts[64, "all-off", STOCK] = [63, 63, 66, 193, 3516]
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

    def test_medians_with_their_ratio(self):
        self.assertIn("| 8 | off | 500 ms | 250 ms | 2.0 | 1 |", self.lines)
        self.assertIn("| 64 | off | 20.0 s | 200 ms | 100 | 3 |", self.lines)

    def test_what_one_kernel_alone_has_is_left_out(self):
        self.assertNotIn("## Boot", self.lines)

    def test_counts_begin_with_stock(self):
        rows = [line for line in self.lines if "| all-off |" in line]
        self.assertEqual(rows, ["| 64 | all-off | stock | 63 | 63 | 66 | 193 | 3516 |",
                                "| 64 | all-off | ours | 1 | 1 | 66 | 33 | 450 |"])

    def test_setup(self):
        self.assertIn("| commit | abc |", self.lines)

    def test_readme_has_six_rows_of_the_largest_size(self):
        lines = markdown.readme(some_run()).splitlines()
        self.assertEqual(lines[0], "| 64 CPUs | stock | ours | ratio |")
        self.assertEqual(lines[2:8], [f"| {name} | 20.0 s | 200 ms | 100 |"
                                      for _, name in markdown.README])
        self.assertEqual(lines[-1], "(1 May 2026, commit abc)")


class Files(unittest.TestCase):
    def test_a_run_is_read_as_it_was_written(self):
        run = some_run()
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "x.csv")
            with open(path, "w") as file:
                file.write(",".join(record.HEAD) + "\n")
                file.writelines(f"{kernel},{cpus},0,{what},{value}\n"
                                for (kernel, cpus, what), values in run.times.items()
                                for value in values)
            record.save(run, path)
            self.assertEqual(record.load([path]), run)


class Spans(unittest.TestCase):
    def test_each_pair_of_messages(self):
        records = [(1.0, "smp: Bringing up secondary CPUs ..."), (None, "x"),
                   (1.5, "smp: Brought up 1 node, 4 CPUs"),
                   (2.0, "Disabling non-boot CPUs ..."), (2.25, "PM: suspend debug: Waiting"),
                   (2.5, "PM: suspend debug: Waiting"),
                   (3.0, "Disabling non-boot CPUs ..."), (3.5, "PM: suspend debug: Waiting")]
        self.assertEqual(bench.spans(records),
                         [("boot", 0.5), ("suspend-off", 0.25), ("suspend-off", 0.5)])

    def test_an_end_without_a_start(self):
        self.assertEqual(bench.spans([(1.0, "smp: Brought up 1 node, 4 CPUs")]), [])


if __name__ == "__main__":
    unittest.main()
