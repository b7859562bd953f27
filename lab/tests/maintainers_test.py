# SPDX-License-Identifier: GPL-2.0
"""Our entries in the base's MAINTAINERS."""
import unittest

from lab.common import LabError
from lab.tree import maintainers

HEAD = ("List of maintainers\n\nB:\tan example, no entry\n\n"
        "Maintainers List\n----------------\n\n.. note:: keep it in order.\n\n")


def entry(name, *files):
    return "\n".join([name, "M:\tSomebody <s@example.org>", *(f"F:\t{file}" for file in files)])


def listed(*entries):
    return "\n\n".join(entries) + "\n"


def base(*names):
    return HEAD + listed(*map(entry, names))


class Merge(unittest.TestCase):
    def merged(self, base_names, *names):
        """The titles of a merged list, which has to be the base's but for ours."""
        text = maintainers.merge(base(*base_names), listed(*map(entry, names)))
        head, entries = maintainers.split(text)
        self.assertEqual(head, HEAD)
        self.assertEqual(text, HEAD + listed(*entries))
        return [maintainers.title(one) for one in entries]

    def test_goes_between_its_neighbours(self):
        self.assertEqual(self.merged(["A", "C", "THE REST"], "B"), ["A", "B", "C", "THE REST"])

    def test_at_both_ends(self):
        self.assertEqual(self.merged(["B", "THE REST"], "A", "Z"), ["A", "B", "Z", "THE REST"])

    def test_case_does_not_count(self):
        self.assertEqual(self.merged(["a", "B", "c"], "Bb"), ["a", "B", "Bb", "c"])

    def test_a_base_that_is_out_of_order_in_places(self):
        self.assertEqual(self.merged(["A", "X", "B", "C", "E", "Y", "A2", "THE REST"], "D"),
                         ["A", "X", "B", "C", "D", "E", "Y", "A2", "THE REST"])

    def test_replaces_an_entry_where_it_is(self):
        ours = entry("B", "kernel/cpu.c", "kernel/cpuhp/")
        text = maintainers.merge(base("C", "B", "A"), listed(ours))
        self.assertEqual(text, HEAD + listed(entry("C"), ours, entry("A")))

    def test_twice_is_the_same(self):
        once = maintainers.merge(base("A", "C"), listed(entry("B")))
        self.assertEqual(maintainers.merge(once, listed(entry("B"))), once)


class Refusals(unittest.TestCase):
    def refused(self, ours, why, base_text=base("A")):
        with self.assertRaisesRegex(LabError, why):
            maintainers.merge(base_text, ours)

    def test_out_of_order(self):
        self.refused(listed(entry("C"), entry("B")), "B has to stand before C")

    def test_twice(self):
        self.refused(listed(entry("B"), entry("B")), "twice")

    def test_no_entry(self):
        self.refused(listed(entry("B"), "a remark"), "not an entry: a remark")
        self.refused("M:\tno title\nS:\tnone\n", "not an entry")

    def test_a_base_without_a_list(self):
        self.refused(listed(entry("B")), "no list", "something else\n")


class Lost(unittest.TestCase):
    def test_what_the_base_has_and_ours_has_not(self):
        theirs = HEAD + listed(entry("A"), entry("B", "kernel/cpu.c", "kernel/new.c"))
        self.assertEqual(maintainers.lost(theirs, listed(entry("B", "kernel/cpu.c", "mm/x.c"))),
                         ["B: F:\tkernel/new.c"])
        self.assertEqual(maintainers.lost(theirs, listed(entry("C"))), [])


if __name__ == "__main__":
    unittest.main()
