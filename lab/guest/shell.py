# SPDX-License-Identifier: GPL-2.0
"""The machine of "make run" with a shell on its console: the command behind "make shell"."""
import sys

from lab import arches, common
from lab.common import LabError
from lab.guest import guests, ready


def main(_options):
    flavour = arches.shown(common.ARCH)
    if not sys.stdin.isatty():
        raise LabError("make shell needs a terminal")
    ready.ensure(flavour)
    common.say("  'exit' turns the machine off; Ctrl-a x kills it\n")
    return guests.interactive(guests.Guest(flavour=flavour, jobs="shell", append="quiet"))
