# SPDX-License-Identifier: GPL-2.0
"""Installs the Debian packages that are needed and missing.

The work is done by lab/packages, a shell script: where it is first called,
there may be no Python yet.
"""
import os
import subprocess

from lab.common import LAB, LabError


def ensure(*sets):
    """Have the packages of these sets of lab/packages.list; nobody is asked anything."""
    if subprocess.run([os.path.join(LAB, "packages"), *sets], stdin=subprocess.DEVNULL,
                      check=False).returncode:
        raise LabError(f"packages are missing for: {' '.join(sets)}")


def arguments(parser):
    parser.add_argument("sets", nargs="*", metavar="SET", help="as lab/packages.list has them")


def main(options):
    ensure(*options.sets)
