# SPDX-License-Identifier: GPL-2.0
"""The table of patches and tests is complete, and what finds that it is not."""
import os
import unittest

from lab.checks import proof
from lab.common import BASE, LabError

SUBJECT = "tree: Move one CPU"
SOURCES = {
    "a_test": "/*\n * Guards: tree: Move\n * one CPU\n */\nTEST_F_TIMEOUT(fix, one, 300)\nTEST_F(fix, two)\nFIXTURE_VARIANT_ADD(fix, big) {\n"
              "VARIANT(small, 1);\n",
    "b_test.sh": '# tree: Move one CPU\ncheck "it works" function\n',
}


def line(number="0101", program="a_test", test="fix.one", machine="-", remark="-"):
    return "\t".join((number, program, test, machine, remark)) + "\n"


def problems(text, numbers=("0101",)):
    return proof.problems(proof.parse(text), dict.fromkeys(numbers, SUBJECT), SOURCES.get)


class Table(unittest.TestCase):
    def test_every_patch_has_a_test_or_a_reason(self):
        self.assertEqual(proof.all_problems(), [])

    @unittest.skipUnless(os.path.isdir(BASE), "there is no base yet")
    def test_what_takes_a_patch_back_applies(self):
        self.assertEqual(proof.taken_back_problems(), [])

    def test_good(self):
        for good in (line(), line(test="fix.big.two"), line(test="fix.small.one"),
                     line(program="b_test.sh", test="it works"),
                     line(program="-", test="-", remark="no such machine")):
            self.assertEqual(problems("# a comment\n" + good), [])

    def test_patches(self):
        self.assertEqual(problems(line(), ("0101", "0102")), ["patch 0102 has no line"])
        self.assertEqual(problems(line(), ()), ["there is no patch 0101"])
        self.assertEqual(problems(line() * 2), ["patch 0101 has 2 lines"])

    def test_tests(self):
        for bad in (line(test="fix.three"), line(test="other.one"), line(test="fix.tall.one"),
                    line(test="fix.on"), line(program="b_test.sh", test="it work")):
            self.assertEqual(len(problems(bad)), 1, bad)
        self.assertEqual(problems(line(program="c_test")),
                         ["patch 0101: there is no program c_test"])
        self.assertEqual(problems(line(program="-", test="-")),
                         ["patch 0101: neither a test nor a reason"])
        self.assertEqual(problems(line(machine="with=0102")),
                         ["patch 0101: left out with 0102, which does not exist"])

    def test_the_program_names_the_patch(self):
        found = proof.problems(proof.parse(line()), {"0101": "tree: Move two CPUs"}, SOURCES.get)
        self.assertEqual(found, ["patch 0101: a_test does not name it: tree: Move two CPUs"])

    def test_columns(self):
        with self.assertRaises(LabError):
            proof.parse("0101\ta_test\n")


class Machine(unittest.TestCase):
    def test_words(self):
        entry = proof.parse(line(machine="cpus=8 disk flavour=arm64 with=0102,0103 a.b=2 C=1"))[0]
        self.assertEqual(entry.guest(), {"cpus": 8, "disk": True, "append": "a.b=2 C=1"})
        self.assertEqual((entry.flavour, entry.together), ("arm64", ["0102", "0103"]))

    def test_none(self):
        entry = proof.parse(line())[0]
        self.assertEqual((entry.guest(), entry.flavour), ({"append": ""}, proof.FLAVOUR))

    def test_job(self):
        self.assertEqual(proof.parse(line())[0].job, "/kselftest/cpu-hotplug/a_test -r fix.one")
        self.assertEqual(proof.parse(line(program="b_test.sh"))[0].job,
                         "/kselftest/cpu-hotplug/b_test.sh")


if __name__ == "__main__":
    unittest.main()
