# SPDX-License-Identifier: GPL-2.0
"""The part of "make check" that runs the base's own test of cpuset partitions, as it is.

CPUs go and come under partitions in many of its cases. It is a bash script and
wants two programs that busybox has not; like those of users.py they are in an
archive of their own that the kernel unpacks behind the guest's.
"""
import os

from lab import common
from lab.checks import inguest
from lab.common import BASE
from lab.guest import cpio, ready

FLAVOUR = "x86_64"
TEST = "tools/testing/selftests/cgroup/test_cpuset_prs.sh"
IN_GUEST = "/lab/base/test_cpuset_prs.sh"
PROGRAMS = ("/usr/bin/lscpu", "/usr/bin/fmt")
CPUS = 8                # the least that it accepts
LIMIT = 1500            # seconds; it pauses after each of its steps


def contents():
    """(path in the guest, file) of the test and of its programs."""
    wanted = cpio.libraries_of(PROGRAMS).union(PROGRAMS)
    return [(path, os.path.realpath(path)) for path in sorted(wanted)] + \
        [(IN_GUEST, os.path.join(BASE, TEST))]


def run():
    """Boot and let it go through its table."""
    missing = [program for program in PROGRAMS if not os.path.exists(program)]
    if missing:
        raise common.LabError(f"{', '.join(missing)}: not installed")
    ready.ensure(FLAVOUR)
    rootfs = cpio.pack_behind("partitions", FLAVOUR, contents())
    results, outcome = inguest.in_guest(FLAVOUR, "partitions", [f"/bin/bash {IN_GUEST}"],
                                        rootfs=rootfs, cpus=CPUS, job_timeout=LIMIT)
    # What it cannot do it leaves out, and says so.
    for job in outcome.console.jobs:
        for line in job.lines:
            if "SKIPPED" in line:
                results.skip(line.strip())
    return results
