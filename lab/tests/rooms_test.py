# SPDX-License-Identifier: GPL-2.0
"""The map of kernel/cpuhp is read right, and an arrow that points up is found."""
import unittest

from lab.checks import rooms

MAP = """/*
 * Dependencies point down this list only, and to the right in a line:
 *
 *   a.c b.c\t\tthe top, not x.c
 *   c.c d.c
 *\t\t\t\tlong names
 *   ../e.c\t\telsewhere
 *
 * Terms: z.c
 */
"""


class Rooms(unittest.TestCase):
    def test_ranks(self):
        self.assertEqual(rooms.ranks(MAP), {"cpuhp/a": 0, "cpuhp/b": 1, "cpuhp/c": 2,
                                            "cpuhp/d": 3, "e": 4})

    def test_no_map(self):
        with self.assertRaises(rooms.LabError):
            rooms.ranks("/* nothing */")

    def test_symbols(self):
        self.assertEqual(rooms.symbols("f T 0 1\ng t 1 1\nh U\nv D 2 4\nw W 3 1\n"),
                         ({"f", "v", "w"}, {"h"}))

    def test_upwards(self):
        places = rooms.ranks(MAP)
        objects = {"cpuhp/a": ({"fa"}, {"fb", "fc"}), "cpuhp/b": ({"fb"}, {"fe"}),
                   "cpuhp/c": ({"fc"}, set()), "e": ({"fe"}, {"fc"})}
        self.assertEqual(rooms.upwards(places, objects), [("e", "cpuhp/c", {"fc"})])
        objects["cpuhp/b"] = ({"fb"}, {"fa"})
        self.assertEqual(rooms.upwards(places, objects)[0], ("cpuhp/b", "cpuhp/a", {"fa"}))

    def test_not_on_the_map(self):
        self.assertEqual([user for user, _, _ in rooms.upwards({}, {"cpuhp/q": (set(), set())})],
                         ["cpuhp/q"])


if __name__ == "__main__":
    unittest.main()
