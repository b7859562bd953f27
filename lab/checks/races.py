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
from lab.tree import kernel, trees

FLAVOUR = "kcsan"
RACE = re.compile(r"KCSAN: data-race in (\S+)(?: / (\S+))?")
# The masks of CPUs are read without a lock: who has to know holds the hotplug lock.
MASKS = re.compile(r"KCSAN: data-race in _find_\w+ / set_cpu_\w+$")
# What a hunk's header says of the place: the line that begins the function.
HUNK = re.compile(r"^@@ [^@]*@@ .*?(\w+)\(")


def plain(name):
    """A function's name without what the compiler has added for a part or a copy of it."""
    return name.split(".")[0]


def functions_of(text):
    """The functions in the output of nm -P, which names each object in a line of its own."""
    rows = [line.split() for line in text.splitlines()]
    return {plain(name) for name, kind, *_ in (row for row in rows if len(row) > 1)
            if kind in "tT"}


def changed_by(patch):
    """The functions that a patch's hunks are in."""
    return {match[1] for match in map(HUNK.match, patch.splitlines()) if match}


def concerns(report, functions):
    """Is this one of the project's reports? Those that are no data race all are."""
    if MASKS.search(report):
        return False
    race = RACE.search(report)
    return not race or any(plain(name) in functions for name in race.groups() if name)


@functools.cache
def functions_of_project():
    objects = [os.path.join(trees.objects(FLAVOUR), path[:-2] + ".o")
               for path in kernel.core_sources()]
    paths = [path for path in objects if os.path.exists(path)]
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
