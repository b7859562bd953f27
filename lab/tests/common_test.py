# SPDX-License-Identifier: GPL-2.0
"""Commands with a log, time that is up, and results that are added."""
import concurrent.futures
import unittest

from lab import common
from lab.common import LabError
from lab.results import Results, guarded


class Commands(unittest.TestCase):
    def test_status_and_log(self):
        status, path = common.try_logged(["sh", "-c", "echo said; exit 3"], "lab-test")
        self.assertEqual(status, 3)
        self.assertIn("said\n", common.tail(path))

    def test_a_failure_shows_the_end_of_the_log(self):
        with self.assertRaisesRegex(LabError, "why(.|\n)*exit status 1"):
            common.run_logged(["sh", "-c", "echo why; exit 1"], "lab-test")

    def test_time_that_is_up_ends_a_command_for_which_a_thread_waits(self):
        with self.assertRaisesRegex(LabError, "not finished"):
            with common.limited(1), concurrent.futures.ThreadPoolExecutor() as pool:
                pool.submit(common.try_logged, ["sleep", "1000"], "lab-test").result()
        self.assertFalse(common.RUNNING)

    def test_a_name_can_be_taken_out_of_the_environment(self):
        self.assertNotIn("PATH", common.environment({"PATH": None}))


class Sums(unittest.TestCase):
    def test_add_names_the_part(self):
        total, part = Results(), Results(passed=2)
        part.fail("a", ["why"])
        part.skip("b")
        total.add(part, "leak: ")
        self.assertEqual(total.line(), "2 passed, 1 failed, 1 skipped")
        self.assertEqual(total.notes, ["FAILED  leak: a", "        leak: why", "skipped leak: b"])

    def test_guarded(self):
        def broken():
            raise LabError("no disk\nat all")

        self.assertEqual(guarded(broken).notes, ["FAILED  no disk", "        at all"])
        self.assertEqual(guarded(Results).notes, ["FAILED  not one test ran"])
        self.assertEqual(guarded(lambda: Results(passed=1)).failed, 0)


if __name__ == "__main__":
    unittest.main()
