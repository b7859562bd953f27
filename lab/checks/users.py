# SPDX-License-Identifier: GPL-2.0
"""The part of "make check" about what people already use: Debian's own programs in a guest.

Puts them, with the shared libraries they want, into an archive of their own
that the kernel unpacks behind the guest's, which stays small. What is not
installed here is not in it, and users.sh skips it and says so.
"""
import contextlib
import os
import re
import subprocess

from lab.checks import inguest
from lab.common import BASE, LabError
from lab.guest import cpio, ready
from lab.tree import packages, trees

FLAVOUR = "x86_64"
# As the guest's script calls them.
PROGRAMS = ("/usr/bin/lscpu", "/usr/sbin/chcpu", "/usr/sbin/rtcwake", "/usr/bin/stress-ng",
            "/usr/bin/perf", "/usr/bin/trace-cmd", "/usr/bin/cpupower")
# Six times as large as all others together, for a compiler is in it: it has a guest of its own.
LARGE = ("/usr/bin/bpftrace",)
LARGE_HEADER = "linux/types.h"
# For a kernel with PREEMPT_RT.
REALTIME = ("/usr/bin/cyclictest",)
# The tests of tools/cpuhp that want a machine of their own.
TOOL_TESTS = ("live.sh", "lib.sh")
# The kernel's own picture of a suspend, a script in Python; and what that loads late.
SLEEPGRAPH = os.path.join(BASE, "tools/power/pm-graph/sleepgraph.py")
SLEEPGRAPH_LATE = ("_strptime", "encodings.ascii", "encodings.zlib_codec")


def installed(programs):
    """(path in the guest, file) of those that are installed here, with their libraries."""
    there = [program for program in programs if os.path.exists(program)]
    return from_here(cpio.libraries_of(there).union(there))


def from_here(paths):
    return [(path, os.path.realpath(path)) for path in sorted(paths)]


def headers_of(name):
    """The files that the compiler reads here for an #include."""
    listing = subprocess.run(["gcc", "-M", "-x", "c", "-"], input=f"#include <{name}>\n",
                             stdout=subprocess.PIPE, text=True, check=True)
    return set(re.findall(r"/\S+", listing.stdout))


def ours():
    """What comes from the tree: the tool's tests, and the picture of a suspend."""
    tests = os.path.join(trees.source(), "tools/cpuhp/tests")
    return [("/lab/cpuhp/" + name, os.path.join(tests, name)) for name in TOOL_TESTS] + \
        [("/lab/base/sleepgraph.py", SLEEPGRAPH)]


def run():
    """Boot with Debian's programs and use them."""
    # Where apt cannot help, what is missing is skipped.
    with contextlib.suppress(LabError):
        packages.ensure("users")
    ready.ensure(FLAVOUR)
    python = from_here(cpio.python_of(SLEEPGRAPH, SLEEPGRAPH_LATE))
    results = boot("users", sorted({*installed(PROGRAMS), *python}) + ours())
    results.add(boot("users-bpftrace", installed(LARGE) + from_here(headers_of(LARGE_HEADER)),
                     "bpftrace"))
    return results


def realtime(flavour):
    """Boot a kernel with what measures its latencies."""
    with contextlib.suppress(LabError):
        packages.ensure("rt")
    ready.ensure(flavour)
    return boot(f"users-{flavour}", installed(REALTIME), "cyclictest", flavour=flavour)


def boot(name, contents, *tests, flavour=FLAVOUR):
    """Run tests of users.sh, all that there are if none is named, in a guest with these files."""
    rootfs = cpio.pack_behind(name, flavour, contents)
    job = " ".join(["/lab/users.sh", *tests])
    results, _ = inguest.in_guest(flavour, name, [job], rootfs=rootfs)
    return results
