# SPDX-License-Identifier: GPL-2.0
"""How mail/ reads topics and patches, the form of a patch, and what the kernel's scripts say."""
import os
import tempfile
import unittest

from lab.common import LabError
from lab.mail import commits, form, kernelscripts, message, topics

MESSAGE = "Subject: x86/irq: Let CPUs' interrupts wait\n\nOne line.\n"
DIFF = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w") as file:
            file.write(text)
        return path


class Form(Folder):
    def test_name(self):
        self.assertEqual(form.name("0101", "x86/irq: Let CPUs' interrupts wait"),
                         "0101-x86-irq-let-cpus-interrupts-wait.patch")

    def test_name_ends_with_a_word(self):
        slug = form.slug("sched/topology: Make the NUMA tables follow the active CPUs")
        self.assertEqual(slug, "sched-topology-make-the-numa-tables-follow-the")

    def test_good(self):
        path = self.write("0101-x86-irq-let-cpus-interrupts-wait.patch",
                          f"{MESSAGE}---\n{DIFF}")
        self.assertEqual(form.complaints(path), [])

    def test_bad(self):
        path = self.write("0101-other.patch",
                          f"{MESSAGE}\n{'long ' * 16}\n\n---\ndiff --git a/f b/f\n{DIFF}")
        self.assertEqual(len(form.complaints(path)), 3)

    def test_tag_may_be_long(self):
        path = self.write("0101-x86-irq-let-cpus-interrupts-wait.patch",
                          f"{MESSAGE}\nFixes: {'0' * 80}\n---\n{DIFF}")
        self.assertEqual(form.complaints(path), [])

    def test_tidy(self):
        path = self.write("0101-other.patch",
                          f"{MESSAGE}\n---\ndiff --git a/f b/f\nindex 1234567..89abcde\n{DIFF}")
        path = form.tidy(path)
        self.assertEqual(form.complaints(path), [])
        with open(path) as file:
            self.assertEqual(file.read(), f"{MESSAGE}---\n{DIFF}")


class Message(Folder):
    def test_subject_of_two_lines(self):
        path = self.write("0101-a.patch", "Subject: genirq: one thing that\n takes two lines\n\n"
                          f"Why.\n---\n{DIFF}")
        self.assertEqual(message.of_patch(path),
                         ("genirq: one thing that takes two lines", "Why."))

    def test_no_subject(self):
        with self.assertRaises(LabError):
            message.of_patch(self.write("0101-a.patch", DIFF))


class Topics(Folder):
    def entry(self, text):
        return topics.Entry(self.write("10-entry", text))

    def test_files(self):
        entry = self.entry("Subject: s\nFiles: k/*.c\nWithout: k/t/*\n\nBody.\n")
        entry.take(["k/a.c", "k/a.h", "k/t/b.c"], [])
        self.assertEqual(entry.commits(), [("s\n\nBody.\n", ["k/a.c"], [])])

    def test_each_patch_is_a_commit(self):
        patches = [self.write(name, MESSAGE) for name in ("0101-a.patch", "0102-b.patch")]
        entry = self.entry("Patches: 01*\n")
        entry.take([], patches + ["/p/0201-c.patch"])
        self.assertEqual([diffs for _, _, diffs in entry.commits()],
                         [[patch] for patch in patches])

    def test_files_with_the_message_of_a_patch(self):
        patch = self.write("0101-a.patch", MESSAGE)
        entry = self.entry("Patches: 01*\nFiles: k/*\nMeanwhile: m.diff\n")
        entry.take(["k/a"], [patch])
        [(text, files, diffs)] = entry.commits()
        self.assertEqual(text, "x86/irq: Let CPUs' interrupts wait\n\nOne line.\n")
        self.assertEqual(files, ["k/a"])
        self.assertEqual(diffs, [patch, os.path.join(self.path, "m.diff")])

    def test_which_message(self):
        with self.assertRaises(LabError):
            self.entry("Patches: 01*\nFiles: k/*\n").take(["k/a"], ["/0101-a", "/0102-b"])

    def test_nothing(self):
        with self.assertRaises(LabError):
            self.entry("Patches: 01*\n").take(["k/a"], ["/0201-a"])

    def test_topic(self):
        self.write("cover", "Subject: s\nNeeds: a\n b\n\nLetter.\n")
        self.write("20-second", "Patches: 02*\n")
        self.write("10-first", "Patches: 01*\n")
        self.write("m.diff", DIFF)
        topic = topics.Topic(self.path)
        self.assertEqual((topic.subject, topic.needs, topic.body), ("s", ["a", "b"], "Letter."))
        self.assertEqual([os.path.basename(entry.name) for entry in topic.entries],
                         ["10-first", "20-second"])


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
