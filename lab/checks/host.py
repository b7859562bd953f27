# SPDX-License-Identifier: GPL-2.0
"""Tests that run on the host: programs with tests of their own, builds, the lab itself."""
import os
import unittest

from lab import common
from lab.checks import ktap
from lab.common import BUILD, LAB, ROOT, LabError
from lab.results import Results
from lab.tree import assemble, htmldocs, trees


def command(argv, name):
    status, log = common.try_logged(argv, name, env=common.build_env())
    with open(log, errors="replace") as file:
        results = ktap.of_command(status, file.read(), name)
    if results.failed:
        results.notes.append(f"        see {log}")
    return results


def directory(path):
    full = os.path.join(ROOT, path)
    if not os.path.isdir(full):
        raise LabError(f"{path} is not there")
    return full


def model(target):
    """A goal of the user-space tests: planner and walker, models of the protocol, litmus tests."""
    out = os.path.join(BUILD, "model")
    os.makedirs(out, exist_ok=True)
    return command(["make", "-C", directory("tools/testing/cpuhp"), f"OUTPUT={out}",
                    f"BASE={os.path.join(BUILD, 'base')}", target], "model-" + target)


def user_tool():
    """The tests of tools/cpuhp, which run against a made-up sysfs."""
    out = os.path.join(BUILD, "tool-cpuhp")
    return command(["make", "-C", directory("tools/cpuhp"), f"O={out}", "check"], "tool")


def documentation():
    """It renders; a warning is an error."""
    htmldocs.ensure()
    results = Results()
    results.ok()
    return results


def plain_build(target):
    """One of kbuild's own configurations builds with our files in the tree."""
    assemble.ensure()
    words = trees.make_in("o-" + target, "x86_64")
    results = Results()
    for goal in (target, "vmlinux"):
        with common.step(f"make {target}: {goal}"):
            status, log = common.try_logged(["nice", *words, goal], f"{target}-{goal}",
                                            env=common.build_env())
        if status:
            results.fail(f"make {target}: exit status {status}, see {log}")
            return results
    results.ok()
    return results


def lab():
    """The lab's own parsers and its structure."""
    suite = unittest.defaultTestLoader.discover(os.path.join(LAB, "tests"), "*_test.py", ROOT)
    found = unittest.TestResult()
    suite.run(found)
    results = Results(passed=found.testsRun)
    for test, why in found.failures + found.errors:
        results.passed -= 1
        results.fail(test.id(), why.splitlines())
    return results
