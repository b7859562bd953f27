# SPDX-License-Identifier: GPL-2.0
"""Data races of the project are told from those of the base."""
import unittest

from lab.checks import races

NM = "kernel/cpuhp/walk.o:\ncpuhp_walk_run T 0 10\nf.part.0 t 10 20\nvariable d 0 8\n__udelay U\n"
PATCH = """--- a/kernel/x.c
+++ b/kernel/x.c
@@ -1,2 +1,3 @@ static void changed(struct x *x)
 a
@@ -9,2 +10,3 @@
 b
"""


class Races(unittest.TestCase):
    def test_functions(self):
        self.assertEqual(races.functions_of(NM), {"cpuhp_walk_run", "f"})

    def test_changed_by(self):
        self.assertEqual(races.changed_by(PATCH), {"changed"})

    def test_concerns(self):
        ours = {"f", "changed", "set_cpu_f"}
        for text, counts in (("BUG: KCSAN: data-race in f.isra.0 / g", True),
                             ("BUG: KCSAN: data-race in g / changed", True),
                             ("BUG: KCSAN: data-race in changed", True),
                             ("BUG: KCSAN: data-race in g / h", False),
                             ("BUG: KCSAN: data-race in _find_first_bit / set_cpu_f", False),
                             ("BUG: KCSAN: data-race in f / set_cpu_f", True),
                             ("WARNING: CPU: 1 PID: 2 at kernel/g.c:3", True)):
            self.assertEqual(races.concerns(text, ours), counts, text)


if __name__ == "__main__":
    unittest.main()
