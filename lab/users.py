# SPDX-License-Identifier: GPL-2.0
"""The part of "make check" about what people already use: Debian's own programs in a guest.

Puts them, with the shared libraries they want, into an archive of their own
that the kernel unpacks behind the guest's, which stays small. What is not
installed here is not in it, and lab/guest/users.sh skips it and says so.
"""
import os
import subprocess

import cpio
import parts
import trees
from common import LAB

FLAVOUR = "x86_64"
# As the guest's script calls them.
PROGRAMS = ("/usr/bin/lscpu", "/usr/sbin/chcpu", "/usr/sbin/rtcwake", "/usr/bin/stress-ng",
            "/usr/bin/perf", "/usr/bin/trace-cmd", "/usr/bin/cpupower")
# The tests of tools/cpuhp that want a machine of their own.
TOOL_TESTS = ("live.sh", "lib.sh")


def contents():
    """(path in the guest, file) of what is installed here, and of the tool's tests."""
    there = [program for program in PROGRAMS if os.path.exists(program)]
    wanted = cpio.libraries_of(there).union(there)
    tests = os.path.join(trees.source(), "tools/cpuhp/tests")
    return [(path, os.path.realpath(path)) for path in sorted(wanted)] + \
        [("/lab/cpuhp/" + name, os.path.join(tests, name)) for name in TOOL_TESTS]


def run():
    """Boot with Debian's programs and use them."""
    # Where apt cannot help, what is missing is skipped.
    subprocess.run([os.path.join(LAB, "packages"), "users"], check=False,
                   stdin=subprocess.DEVNULL)
    parts.build(FLAVOUR)
    rootfs = cpio.pack_behind("users", FLAVOUR, contents())
    results, _ = parts.in_guest(FLAVOUR, "users", ["/lab/users.sh"], rootfs=rootfs)
    return results
