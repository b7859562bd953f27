# SPDX-License-Identifier: GPL-2.0
"""No file of kernel/cpuhp uses one that stands above it on the map in cpuhp.h.

The map lists the files from the top down; files in one line are in order, too.
Which file uses which is read from the compiled objects: a symbol that one of
them lacks and another one has.
"""
import os
import re
import subprocess

from lab.common import ROOT, LabError
from lab.results import Results
from lab.tree import kernel, trees

FLAVOUR = "x86_64"
MAP = "kernel/cpuhp/cpuhp.h"


def ranks(text):
    """file -> its place on the map, 0 for the top; a file is named from kernel/ on."""
    listed = re.search(r"Dependencies point down.*?\n \*\n(.*?)\n \*\n", text, re.S)
    if not listed:
        raise LabError(f"{MAP} has no map")
    names = []
    for line in listed.group(1).splitlines():
        files = line.removeprefix(" *").lstrip(" ").split("\t")[0]
        names += [os.path.normpath(os.path.join("cpuhp", name[:-2])) for name in files.split()]
    return {name: place for place, name in enumerate(names)}


def symbols(text):
    """What an object has for others and what it lacks, from the output of nm -P."""
    has, lacks = set(), set()
    for line in text.splitlines():
        name, kind = line.split()[:2]
        if kind == "U":
            lacks.add(name)
        elif kind.isupper():
            has.add(name)
    return has, lacks


def upwards(places, objects):
    """What is wrong: (user, used, symbols) against the order, and names that the map lacks."""
    wrong = [(name, "the map", {"does not have it"}) for name in objects if name not in places]
    for user, (_, lacks) in objects.items():
        for used, (has, _) in objects.items():
            if user in places and used in places and places[used] < places[user] and lacks & has:
                wrong.append((user, used, lacks & has))
    return sorted(wrong)


def compiled():
    """The map, and the objects of the folder and of the other files on it."""
    top = os.path.join(trees.objects(FLAVOUR), "kernel")
    with open(os.path.join(ROOT, MAP)) as file:
        places = ranks(file.read())
    folder = output("ar", "t", os.path.join(top, "cpuhp/built-in.a")).split()
    names = {os.path.relpath(path, top)[:-2] for path in folder if "/tests/" not in path}
    objects = {}
    for name in sorted(names | set(places)):
        path = os.path.join(top, name + ".o")
        if name in names or (not name.startswith("cpuhp/") and os.path.isfile(path)):
            objects[name] = symbols(output("nm", "-P", path))
    return places, objects


def output(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout


def run():
    kernel.ensure(FLAVOUR)
    results = Results()
    results.found("the map of kernel/cpuhp", [
        f"{user} uses {used}: {' '.join(sorted(names))}"
        for user, used, names in upwards(*compiled())])
    return results
