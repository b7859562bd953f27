# SPDX-License-Identifier: GPL-2.0
"""Which of the data races that KCSAN reports are the project's.

The base has many of its own. A report counts if one of the functions that it names
is compiled from a file of the project, or changed by a patch.
"""
import functools
import glob
import os
import re
import subprocess

from lab.common import ROOT
from lab.tree import trees

FLAVOUR = "kcsan"
OBJECTS = ("kernel/cpu.o", "kernel/smpboot.o", "kernel/freezer*.o", "kernel/kthread_bound*.o",
           "kernel/sched/affinity_keep.o", "kernel/cpuhp/*.o")
RACE = re.compile(r"KCSAN: data-race in (\S+)(?: / (\S+))?")
# The masks of CPUs are read without a lock: who has to know holds the hotplug lock.
MASKS = re.compile(r"KCSAN: data-race in _find_\w+ / set_cpu_\w+$")
# What a hunk's header says of the place: the line that begins the function.
HUNK = re.compile(r"^@@ [^@]*@@ .*?(\w+)\(")


def plain(name):
    """A function's name without what the compiler has added for a part or a copy of it."""
    return name.split(".")[0]


def functions_of(text):
    """The functions in the output of nm -P."""
    return {plain(line.split()[0]) for line in text.splitlines() if line.split()[1] in "tT"}


def changed_by(patch):
    """The functions that a patch's hunks are in."""
    return {match[1] for match in map(HUNK.match, patch.splitlines()) if match}


def concerns(report, functions):
    """Is this one of the project's reports? Those that are no data race all are."""
    race = RACE.search(report)
    if MASKS.search(report):
        return False
    return not race or any(plain(name) in functions for name in race.groups() if name)


@functools.cache
def functions_of_project():
    top = trees.objects(FLAVOUR)
    paths = [path for pattern in OBJECTS for path in glob.glob(os.path.join(top, pattern))]
    functions = functions_of(subprocess.run(["nm", "-P", *paths], stdout=subprocess.PIPE,
                                            text=True, check=True).stdout)
    for path in glob.glob(os.path.join(ROOT, "patches/*.patch")):
        with open(path) as file:
            functions |= changed_by(file.read())
    return functions


def of_project(flavour, reports):
    """The reports that count, of those in a guest's log."""
    if flavour != FLAVOUR:
        return reports
    return [report for report in reports if concerns(report, functions_of_project())]
