# SPDX-License-Identifier: GPL-2.0
"""The configurations of the kernels: how fragments are read, and that they can be."""
import os
import unittest

from lab import arches
from lab.common import LAB, LabError
from lab.tree import config


class Fragments(unittest.TestCase):
    def test_later_lines_win(self):
        self.assertEqual(config.parse("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x y\"\n"
                                      "# a remark\nCONFIG_A=m\n"),
                         {"A": "m", "B": "n", "C": '"x y"'})

    def test_what_is_read_can_be_written(self):
        values = {"A": "y", "B": "n", "C": "128"}
        self.assertEqual(config.parse(config.fragment_text(values)), values)

    def test_a_fragment_on_top_wins(self):
        demo = config.requested("demo")
        self.assertEqual((demo["HOTPLUG_CPU"], demo["KUNIT"]), ("y", "n"))

    def test_no_line_is_lost_by_a_slip(self):
        directory = os.path.join(LAB, "configs")
        for name in sorted(os.listdir(directory)):
            with self.subTest(name), open(os.path.join(directory, name)) as file:
                lost = [line for line in file.read().splitlines()
                        if "CONFIG_" in line and not config.ASSIGNMENT.match(line)]
                self.assertEqual([line for line in lost if not line.startswith("# ")
                                  or "not set" in line], [])


class Flavours(unittest.TestCase):
    def test_each_has_its_machine_and_its_fragments(self):
        for flavour in arches.FLAVOURS:
            with self.subTest(flavour):
                self.assertTrue(arches.machine(flavour).image)
                self.assertTrue(config.requested(flavour))

    def test_what_is_shown(self):
        self.assertTrue(arches.machine(arches.shown("x86_64")).busybox)
        with self.assertRaises(LabError):
            arches.shown("arm64")


if __name__ == "__main__":
    unittest.main()
