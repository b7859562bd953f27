# SPDX-License-Identifier: GPL-2.0
"""Boots a kernel that is built and runs jobs in it.

A job is a program of the initramfs, or @FILE for a file of jobs. Prints what
the jobs write. The exit status is 0 if the guest's verdict is pass and the
kernel reported nothing; the console is in build/logs.
"""
import argparse

from lab import common
from lab.guest import guests


def arguments(parser):
    parser.add_argument("--flavour", default="x86_64")
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--cpus", type=int, default=common.NCPU)
    parser.add_argument("--threads", type=int, default=2, help="per core, where there is SMT")
    parser.add_argument("--nodes", type=int, default=1, help="NUMA nodes")
    parser.add_argument("--disk", action="store_true", help="a slow disk with two queues")
    parser.add_argument("--flips", action="store_true",
                        help="a disk and network cards whose interrupts can be directed")
    parser.add_argument("--append", default="", help="more kernel command line")
    parser.add_argument("--log", default="vm", help="name of the log in build/logs")
    parser.add_argument("--limit", type=int, default=1800, help="seconds for everything")
    parser.add_argument("--job-timeout", type=int, default=300, help="seconds for one job")
    parser.add_argument("jobs", nargs=argparse.REMAINDER, metavar="JOB [ARG...] [+ JOB...]")


def main(given):
    words = given.jobs[1:] if given.jobs[:1] == ["--"] else given.jobs
    outcome = guests.run(
        guests.Guest(flavour=given.flavour, stock=given.stock, cpus=given.cpus,
                     threads=given.threads, nodes=given.nodes, disk=given.disk,
                     flips=given.flips, append=given.append, log=given.log, limit=given.limit,
                     job_timeout=given.job_timeout, jobs=" ".join(words)),
        on_line=lambda text: print(text, flush=True))
    if outcome.good:
        return 0
    print(guests.describe(outcome))
    return 1
