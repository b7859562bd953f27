# SPDX-License-Identifier: GPL-2.0
"""The machine of "make run" with a shell on its console: the command behind "make shell"."""
import sys

from lab import arches, common
from lab.common import LabError
from lab.guest import guests, ready


def main(_options):
    if not arches.machine(common.ARCH).busybox:
        raise LabError(f"there is no shell for a guest with ARCH={common.ARCH}, only static test "
                       "programs: 'make check PART=" + common.ARCH + "'")
    if not sys.stdin.isatty():
        raise LabError("make shell needs a terminal")
    ready.ensure(common.ARCH)
    common.say("  'exit' turns the machine off; Ctrl-a x kills it\n")
    return guests.interactive(guests.Guest(flavour=common.ARCH, jobs="shell", append="quiet"))
