# SPDX-License-Identifier: GPL-2.0
"""Builds a kernel from nothing: base, assembly, configuration, compilation.

Does only what is needed: when neither the tree nor the configuration changed
since the last success, make is not even called. On success the image is at
build/linux/o-FLAVOUR/ (build/stock/o-FLAVOUR/ for the stock kernel).
"""
import glob
import os

from lab import arches, common
from lab.common import ROOT, LabError
from lab.tree import assemble, config, packages, trees

# The kernel whose core counts how often each of its lines runs.
PROFILED = "gcov"
CORE = ("kernel/cpu.c", "kernel/smpboot.c", "kernel/freezer*.c", "kernel/kthread_bound*.c",
        "kernel/sched/affinity_keep.c", "kernel/cpuhp/*.c")


def core_sources():
    """The sources of the core, without its tests."""
    return {os.path.relpath(path, ROOT) for pattern in CORE
            for path in glob.glob(os.path.join(ROOT, pattern))}


def profile(flavour):
    """What tells kbuild which objects count, each in its own directory: there are others of
    the same name, one of them in the code that starts the kernel, which cannot count."""
    if flavour != PROFILED:
        return []
    parts = [os.path.split(path) for path in sorted(core_sources())]
    return [f"GCOV_PROFILE_{name[:-2]}.o=$(filter {directory},$(obj))"
            for directory, name in parts]


def compile_kernel(flavour, stock):
    mark = os.path.join(trees.objects(flavour, stock), ".lab-built")
    now = trees.state(flavour, stock)
    if os.path.isfile(trees.image(flavour, stock)) and common.read_text(mark) == now:
        return
    label = trees.label(flavour, stock)
    command = trees.make(flavour, arches.machine(flavour).target, "modules",
                         *profile(flavour), stock=stock)
    with common.step(f"compile the {label} kernel"):
        common.run_logged(["nice", *command], "build-" + label, env=common.build_env())
    if not os.path.isfile(trees.image(flavour, stock)):
        raise LabError(f"make succeeded, but there is no {trees.image(flavour, stock)}")
    with open(mark, "w") as file:
        file.write(now)


def ensure(flavour, stock=False):
    """Have a kernel of the flavour that is made from what is there now."""
    packages.ensure(*arches.machine(flavour).packages, "source")
    assemble.ensure(stock)
    config.ensure(flavour, stock)
    compile_kernel(flavour, stock)


def arguments(parser):
    trees.arguments(parser)


def main(options):
    ensure(options.flavour, options.stock)
