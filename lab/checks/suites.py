# SPDX-License-Identifier: GPL-2.0
"""All guest tests of one kernel, as one part."""
from lab.checks import inguest, successors, users
from lab.results import Results, guarded


def everything(flavour, cycles):
    """All guest tests of another kernel: the debug kernel, another architecture."""
    results = Results()
    for name, part in (("kunit", inguest.kunit), ("kselftest", inguest.kselftests)):
        results.add(guarded(part, flavour), f"{name}: ")
    results.add(guarded(inguest.leak, flavour, cycles), "leak: ")
    results.add(guarded(inguest.base_test, flavour), "base-test: ")
    return results


def distribution(flavour, cycles):
    """All guest tests, and one kernel after another."""
    results = everything(flavour, cycles)
    results.add(guarded(successors.hibernate, flavour), "hibernate: ")
    results.add(guarded(successors.kexec, flavour), "kexec: ")
    return results


def realtime(flavour, cycles):
    """All guest tests, and cyclictest beside CPUs that go and come."""
    results = everything(flavour, cycles)
    results.add(guarded(users.realtime, flavour), "cyclictest: ")
    return results
