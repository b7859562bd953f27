# SPDX-License-Identifier: GPL-2.0
"""Where assembled trees and their object directories are, and how make is called there.

An object directory is a direct child of its tree: kbuild then writes ".." for
the source, so that compiler calls, and with them the cache's entries, are the
same wherever the repository was cloned to.
"""
import os

from lab import arches, common
from lab.common import BUILD


def arguments(parser):
    """How a command's line names a build."""
    parser.add_argument("--stock", action="store_true", help="of the base alone")
    parser.add_argument("flavour", nargs="?", default="x86_64",
                        help="a configuration: " + " ".join(arches.FLAVOURS))


def source(stock=False):
    return os.path.join(BUILD, "stock" if stock else "linux")


def objects(flavour, stock=False):
    return os.path.join(source(stock), "o-" + flavour)


def image(flavour, stock=False):
    return os.path.join(objects(flavour, stock), arches.machine(flavour).image)


def state(flavour, stock=False):
    """What is made in an object directory is made from: the tree's content and the .config."""
    return (common.read_text(source(stock) + ".content") or "") + \
        (common.read_text(os.path.join(objects(flavour, stock), ".config")) or "")


def label(flavour, stock=False):
    """How logs and messages call a build."""
    return ("stock-" if stock else "") + flavour


def make(flavour, *words, stock=False):
    """Command line of kbuild for a flavour; give it common.build_env() as environment."""
    mach = arches.machine(flavour)
    return make_in("o-" + flavour, mach.kernel_arch, mach.cross, stock) + list(words)


def make_in(directory, kernel_arch, cross="", stock=False, tree=""):
    """The same for any object directory below a tree, named relative to it."""
    return ["make", "-C", tree or source(stock), f"O={directory}", f"ARCH={kernel_arch}",
            f"CROSS_COMPILE={cross}", f"-j{common.JOBS}"]
