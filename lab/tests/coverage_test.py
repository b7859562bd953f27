# SPDX-License-Identifier: GPL-2.0
"""Counts of lines are added up, and gaps are named with their reasons."""
import unittest

from lab.checks import coverage
from lab.results import Results


def entry(file, *lines):
    return {"file": file, "lines": [{"line_number": number, "count": count, "function_name": name}
                                    for number, count, name in lines]}


COUNTS = (entry("../kernel/cpu.c", (1, 2, "f"), (2, 0, "f"), (3, 0, "f"), (9, 0, "g")),
          entry("../kernel/cpu.c", (9, 1, "g"), (11, 0, "h")),
          entry("../kernel/other.c", (1, 0, "f")))


class Coverage(unittest.TestCase):
    def setUp(self):
        self.files = coverage.counted(COUNTS, "kernel/cpu.c".__eq__)

    def test_counted(self):
        self.assertEqual(list(self.files), ["kernel/cpu.c"])
        self.assertEqual(coverage.share(self.files["kernel/cpu.c"].lines), (2, 5))
        self.assertEqual(coverage.missed(self.files["kernel/cpu.c"]), {"f": [2, 3], "h": [11]})

    def test_ranges(self):
        self.assertEqual(coverage.ranges([1, 2, 4, 8, 12, 13]), "1-4, 8, 12-13")

    def test_reasons(self):
        self.assertEqual(coverage.reasons_of("# text\nkernel/cpu.c\tf\tonly in a crash\n"),
                         {("kernel/cpu.c", "f"): "only in a crash"})

    def test_judge(self):
        results = Results()
        coverage.judge(self.files, {("kernel/cpu.c", "f"): "why", ("kernel/cpu.c", "gone"): "why"},
                       results)
        self.assertEqual((results.passed, results.failed), (0, 3))
        self.assertIn("40.0 % of the lines", " ".join(results.notes))
        self.assertIn("h()", " ".join(results.notes))
        self.assertIn("gone()", " ".join(results.notes))

    def test_markdown(self):
        text = coverage.markdown(self.files, {("kernel/cpu.c", "f"): "only in a crash"})
        self.assertIn("| `f()` | `kernel/cpu.c` | 2-3 | only in a crash |", text)
        self.assertIn("| `h()` | `kernel/cpu.c` | 11 | no reason is known |", text)


if __name__ == "__main__":
    unittest.main()
