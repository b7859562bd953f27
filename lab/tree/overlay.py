# SPDX-License-Identifier: GPL-2.0
"""Which files of this repository belong into the kernel tree, and which patches.

The repository's top level mirrors the kernel's: a file below a directory of
that name goes to the same path there.
"""
import os
import subprocess

from lab.common import ROOT
from lab.tree import maintainers

TOP = ("arch", "block", "Documentation", "drivers", "fs", "include", "init", "kernel", "lib",
       "mm", "samples", "scripts", "security", "tools")


def files():
    """Paths of our kernel files, sorted, relative to both trees."""
    tracked = git_files()
    return tracked if tracked is not None else walked_files()


def git_files():
    """What git knows or would take; None outside a checkout."""
    if not os.path.exists(os.path.join(ROOT, ".git")):
        return None
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
               "--exclude-standard", "--", *TOP]
    try:
        listing = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    names = listing.stdout.decode().split("\0")
    return sorted({name for name in names
                   if name and os.path.isfile(os.path.join(ROOT, name))})


def walked_files():
    found = []
    for top in TOP:
        for directory, _, names in os.walk(os.path.join(ROOT, top)):
            relative = os.path.relpath(directory, ROOT)
            found += [os.path.join(relative, name) for name in names
                      if not name.endswith(("~", ".o", ".swp"))]
    return sorted(found)


def merged():
    """Paths of which the repository holds a part that goes into the base's file."""
    return [maintainers.NAME] if os.path.isfile(os.path.join(ROOT, maintainers.NAME)) else []


def patches():
    """Paths of patches/*.patch in the order in which they apply."""
    directory = os.path.join(ROOT, "patches")
    if not os.path.isdir(directory):
        return []
    return [os.path.join(directory, name) for name in sorted(os.listdir(directory))
            if name.endswith(".patch")]
