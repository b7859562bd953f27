# SPDX-License-Identifier: GPL-2.0
"""What checks/ktap.py makes of the output of tests."""
import unittest

from lab.checks import ktap
from lab.guest.console import Job


def counts(text):
    """(passed, failed, skipped) of a document."""
    results = ktap.parse(text.splitlines())
    return results.passed, results.failed, results.skipped


class Document(unittest.TestCase):
    def test_flat(self):
        self.assertEqual(counts("TAP version 13\n1..2\nok 1 one\nnot ok 2 two\n"), (1, 1, 0))

    def test_names_are_optional_and_so_is_the_dash(self):
        results = ktap.parse(["1..3", "not ok 1", "not ok 2 - two", "not ok 3 three"])
        self.assertEqual(results.notes, ["FAILED  1", "FAILED  two", "FAILED  three"])

    def test_skip_and_todo(self):
        results = ktap.parse(["1..3", "ok 1 a # SKIP no disk", "not ok 2 b # TODO later",
                              "ok 3 c # fine"])
        self.assertEqual((results.passed, results.failed, results.skipped), (1, 0, 2))
        self.assertEqual(results.notes, ["skipped a: no disk", "skipped b: later"])

    def test_skipped_as_a_whole(self):
        results = ktap.parse(["TAP version 13", "1..0 # SKIP needs 2 CPUs"])
        self.assertEqual(results.notes, ["skipped needs 2 CPUs"])
        self.assertEqual(results.total, 1)

    def test_verdict_on_one(self):
        lines = ["1..4", "ok 1 f.a", "not ok 2 f.a.b", "ok 3 f.c # SKIP no disk", "ok 4 - a text"]
        self.assertEqual([ktap.verdict_on(name, lines)
                          for name in ("f.a", "f.a.b", "f.c", "a text", "f")],
                         ["passed", "failed", "skipped", "passed", ""])

    def test_no_document(self):
        self.assertEqual(counts("hello\nok then\n"), (0, 0, 0))

    def test_plan_not_kept(self):
        self.assertEqual(counts("1..3\nok 1 a\nok 2 b\n"), (2, 1, 0))
        self.assertEqual(counts("1..1\nok 1 a\nok 2 b\n"), (2, 1, 0))

    def test_no_plan(self):
        self.assertEqual(counts("TAP version 13\nok 1 a\n"), (1, 1, 0))

    def test_plan_at_the_end(self):
        self.assertEqual(counts("ok 1 a\n1..1\n"), (1, 0, 0))

    def test_bail_out(self):
        self.assertEqual(counts("1..1\nok 1 a\nBail out! no memory\n"), (1, 1, 0))


class Nested(unittest.TestCase):
    SUITE = "1..1\n    1..2\n    ok 1 a\n    {}ok 2 b\n{}ok 1 suite\n"

    def test_only_leaves_count(self):
        self.assertEqual(counts(self.SUITE.format("", "")), (2, 0, 0))

    def test_a_failure_below_explains_the_suite(self):
        self.assertEqual(counts(self.SUITE.format("not ", "not ")), (1, 1, 0))

    def test_a_suite_that_fails_though_its_tests_passed(self):
        results = ktap.parse(self.SUITE.format("", "not ").splitlines())
        self.assertEqual((results.passed, results.failed), (2, 1))
        self.assertIn("FAILED  suite (as a whole)", results.notes)

    def test_the_inner_plan_is_kept_too(self):
        results = ktap.parse(["1..1", "    1..3", "    ok 1 a", "ok 1 suite"])
        self.assertEqual(results.notes, ["FAILED  suite: 3 tests planned, 1 came"])

    def test_a_suite_whose_end_never_came(self):
        self.assertEqual(counts("1..1\n    1..2\n    ok 1 a\n"), (1, 2, 0))

    def test_two_suites_one_after_the_other(self):
        text = "1..2\n" + "".join(f"    1..1\n    ok 1 t\nok {n} suite\n" for n in (1, 2))
        self.assertEqual(counts(text), (2, 0, 0))


class Program(unittest.TestCase):
    @staticmethod
    def of_job(status, *lines):
        results = ktap.of_job(Job("/lab/x", list(lines), status))
        return results.passed, results.failed, results.skipped

    def test_exit_status_counts_where_there_is_no_document(self):
        self.assertEqual(self.of_job(0, "all well"), (1, 0, 0))
        self.assertEqual(self.of_job(1, "all well"), (0, 1, 0))
        self.assertEqual(self.of_job(4, "not here"), (0, 0, 1))

    def test_never_ended(self):
        self.assertEqual(ktap.of_job(Job("/lab/x", ["1..1", "ok 1 a"])).notes,
                         ["FAILED  /lab/x: never ended"])

    def test_status_and_document_disagree(self):
        self.assertEqual(self.of_job(1, "1..1", "ok 1 a"), (1, 1, 0))
        self.assertEqual(self.of_job(4, "1..1", "ok 1 a # SKIP why"), (0, 0, 1))
        self.assertEqual(self.of_job(1, "1..1", "not ok 1 a"), (0, 1, 0))


class Command(unittest.TestCase):
    @staticmethod
    def of(status, text):
        results = ktap.of_command(status, text, "x")
        return results.passed, results.failed, results.skipped

    def test_the_last_plain_line_counts(self):
        self.assertEqual(self.of(0, "1 passed, 0 failed, 0 skipped\n"
                                    "5 passed, 0 failed, 2 skipped\n"), (5, 0, 2))

    def test_status_alone(self):
        self.assertEqual(self.of(0, ""), (1, 0, 0))
        self.assertEqual(self.of(2, "make: ***"), (0, 1, 0))

    def test_fails_but_counts_no_failure(self):
        self.assertEqual(self.of(1, "3 passed, 0 failed, 0 skipped"), (3, 1, 0))

    def test_says_what_failed(self):
        text = "FAIL: two lines\nskipped: no root\n1 passed, 1 failed, 1 skipped"
        self.assertEqual(ktap.of_command(1, text, "x").notes,
                         ["FAILED  FAIL: two lines", "skipped skipped: no root"])


if __name__ == "__main__":
    unittest.main()
