# SPDX-License-Identifier: GPL-2.0
"""How mail/ reads entries, patches and what the kernel's scripts say."""
import os
import tempfile
import unittest

from lab.common import LabError
from lab.mail import commits, kernelscripts, series


def entry(text):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "10-some")
        with open(path, "w") as file:
            file.write(text)
        return series.Entry(path)


class Entries(unittest.TestCase):
    TEXT = ("Subject: cpu/hotplug: plan as data\n"
            "Files: kernel/cpuhp/plan.c kernel/cpuhp/tests/*\n"
            "Without: kernel/cpuhp/tests/other*\n"
            "Patches: 03*\n\nWhy it is done.\n\nAnd how.\n")

    def test_parse(self):
        some = entry(self.TEXT)
        self.assertEqual((some.name, some.subject), ("10-some", "cpu/hotplug: plan as data"))
        self.assertEqual(some.body, "Why it is done.\n\nAnd how.")

    def test_take(self):
        some = entry(self.TEXT)
        some.take(["kernel/cpuhp/plan.c", "kernel/cpuhp/walk.c", "kernel/cpuhp/tests/a.c",
                   "kernel/cpuhp/tests/other.c"], ["/p/0301-a.patch", "/p/0401-b.patch"])
        self.assertEqual(some.files, ["kernel/cpuhp/plan.c", "kernel/cpuhp/tests/a.c"])
        self.assertEqual(some.patches, ["/p/0301-a.patch"])

    def test_patches_alone(self):
        some = entry("Patches: 01* 02*\n")
        self.assertIsNone(some.subject)
        self.assertEqual((some.globs, some.patch_globs), ([], ["01*", "02*"]))


class Patches(unittest.TestCase):
    @staticmethod
    def message(text):
        with tempfile.NamedTemporaryFile("w", suffix=".patch") as file:
            file.write(text)
            file.flush()
            return series.patch_message(file.name)

    def test_message(self):
        self.assertEqual(self.message("Subject: genirq: one thing that\n takes two lines\n\n"
                                      "Why.\n---\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"),
                         "genirq: one thing that takes two lines\n\nWhy.\n")

    def test_no_subject(self):
        with self.assertRaises(LabError):
            self.message("--- a/x\n+++ b/x\n")


class Judges(unittest.TestCase):
    def test_exceptions_are_for_their_files_and_complaints_only(self):
        excused = kernelscripts.excused
        prefix, kinds, _ = kernelscripts.EXCEPTIONS[0]
        self.assertTrue(excused(f"{prefix}x.h:1: CHECK:{kinds[0]}: what"))
        self.assertFalse(excused(f"{prefix}x.h:1: ERROR:TRAILING_WHITESPACE: what"))
        self.assertFalse(excused(f"mm/x.c:1: CHECK:{kinds[0]}: what"))

    def test_symbols_that_keep_a_commit_from_linking(self):
        base, end = ({"printk"}, {"cpu_up", "gone"}), ({"printk", "kmalloc"}, {"cpu_up"})
        self.assertEqual(commits.unlinkable(({"kmalloc"}, {"cpu_up"}), base, end), [])
        self.assertEqual(commits.unlinkable(({"nobody"}, set()), base, end),
                         ["nobody is defined nowhere", "cpu_up is gone"])

    def test_what_is_compiled(self):
        self.assertTrue(commits.is_compiled("kernel/cpu.c"))
        self.assertFalse(commits.is_compiled("kernel/cpuhp/walk.h"))
        self.assertFalse(commits.is_compiled("tools/cpuhp/svg.c"))
        self.assertFalse(commits.is_kernel("MAINTAINERS"))


if __name__ == "__main__":
    unittest.main()
