# SPDX-License-Identifier: GPL-2.0
"""Object directories in which only a few objects are ever built: for checks, not for boots."""
import os
import re

from lab import common
from lab.tree import overlay, trees

# Names what a line is about: "../kernel/cpu.c:12:3: warning: ...", also indented.
PLACE = re.compile(r"^\s*(?:\.\./|\./)?([\w./+-]+):\d+[:,]? ?")


def kernel_sources():
    """Our C files that kbuild compiles; tools/ and samples/ have builds of their own."""
    outside = ("tools/", "samples/", "Documentation/")
    return [path for path in overlay.files()
            if path.endswith(".c") and not path.startswith(outside)]


def about_ours(text):
    """The lines of a compiler's or checker's output that name a file of ours."""
    names = set(overlay.files())
    places = ((line, PLACE.match(line)) for line in text.splitlines())
    return sorted({line.strip() for line, place in places
                   if place and os.path.normpath(place[1]) in names})


class Partial:
    """One object directory of a tree, with the words that make needs there."""

    def __init__(self, name, kernel_arch, cross="", stock=False, words=()):
        self.name = ("stock-" if stock else "") + name
        self.tree = trees.source(stock)
        self.path = os.path.join(self.tree, "o-" + name)
        self.command = ["nice", *trees.make_in("o-" + name, kernel_arch, cross, stock), *words]
        self.log = os.path.join(common.LOGS, self.name + ".log")

    def make(self, *targets, env=None):
        """Run kbuild; LabError with the log's tail if it fails, else what it printed."""
        common.run_logged([*self.command, *targets], self.name,
                          env={**common.build_env(), **(env or {})})
        return self.output()

    def output(self):
        """What the last make printed."""
        with open(self.log, errors="replace") as log:
            return log.read()

    def configure(self, text):
        """allnoconfig with the options that @text, a configuration, sets."""
        seed = os.path.join(self.path, ".lab-fragment")
        common.write_if_changed(seed, text.encode())
        self.make("allnoconfig", env={"KCONFIG_ALLCONFIG": seed})

    def complaints(self, *targets):
        """Compile our files anew and return what is said about them."""
        for source in kernel_sources():
            target = os.path.join(self.path, source[:-2] + ".o")
            if os.path.exists(target):
                os.unlink(target)
        return about_ours(self.make("--keep-going", *targets))

    def enabled(self):
        """The options that are y, without their prefix."""
        with open(os.path.join(self.path, ".config")) as config:
            return {line[len("CONFIG_"):-len("=y\n")] for line in config
                    if line.endswith("=y\n")}
