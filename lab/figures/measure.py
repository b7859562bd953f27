# SPDX-License-Identifier: GPL-2.0
"""One guest of the benchmark: boots it, and reads what it says.

The times come from lab/guest/inside/bench.c, and from the time stamps of the
kernel's own messages.
"""
import os
import re

from lab import common
from lab.common import LabError
from lab.figures.record import Sample
from lab.guest import console, guests

MEASUREMENT = re.compile(r"^bench (\S+) (\d+) (\d+) (-?\d+) (-?\d+)$")
TOO_LONG = re.compile(r"^bench-over (\S+) (\d+)$")
COUNTS = re.compile(r"^count (\S+)" + r" (\d+)" * 7 + "$")
IRQS = re.compile(r"^irqs (\S+)" + r" (\d+)" * 6 + "$")
# what: (message at the start, message at the end), both of the kernel
SPANS = {
    "boot": (r"smp: Bringing up secondary CPUs", r"smp: Brought up \d+ node"),
    "suspend-off": (r"Disabling non-boot CPUs", r"suspend debug: Waiting"),
    "suspend-on": (r"Enabling non-boot CPUs", r"ACPI: PM: Waking up|PM: resume|Restarting tasks"),
}
# Groups of operations in bench.c; one that does not end within the limit ends its guest,
# and those behind it get a guest of their own.
GROUPS = ("idle", "one-cpu", "smt", "all", "suspend")
# Of which group an operation is that has taken too long.
GROUP_OF = {"idle": "idle", "one-off": "one-cpu", "one-on": "one-cpu", "smt-off": "smt",
            "smt-on": "smt", "all-off": "all", "all-on": "all"}
ONE_CPU_RUNS = 20
# Those that are timed with and without code that waits in its callbacks, in one boot.
BURDENED = ("one-cpu", "smt", "all")
REHEARSED = "rehearsed-"


class TooLong(Exception):
    """An operation has used up its time, and nobody can stop it."""


def watch(text):
    if TOO_LONG.match(text):
        raise TooLong


def reread(path):
    """The console of a guest that was cut short."""
    seen = console.Console(guests.ignore, guests.ignore)
    with open(path, errors="replace") as log:
        for line in log:
            seen.feed(line.rstrip("\r\n"))
    return seen


def boot(kernel, flavour, cpus, job, limit, log, append=""):
    """Run one job; returns the console, also of a guest whose operation took too long."""
    guest = kernel.guest(flavour, cpus=cpus, jobs=job, log=log, append=append,
                         job_timeout=limit, limit=limit + 600)
    try:
        outcome = guests.run(guest, on_line=watch)
    except TooLong:
        return reread(common.log_path(log))
    if not outcome.usable(kernel.foreign):
        raise LabError(f"{kernel.name}, {flavour}, {cpus} CPUs:\n" + guests.describe(outcome))
    if outcome.console.reports:
        common.say(f"  the kernel {kernel.name} reports: {outcome.console.reports[0]}")
    return outcome.console


def lines_of(seen):
    return seen.jobs[0].lines if seen.jobs else []


def samples(lines):
    """(what, sample) pairs of what bench.c has printed."""
    found = []
    for text in lines:
        if match := MEASUREMENT.match(text):
            took, gap, off = (int(word) / 1e9 if int(word) >= 0 else None
                              for word in match.groups()[2:])
            found.append((match[1], Sample(took, gap, off)))
        elif match := TOO_LONG.match(text):
            found.append((match[1], Sample(float(match[2]), over=True)))
    return found


def times(kernel, flavour, cpus, limit, log):
    """(what, sample) pairs of all groups; a guest, and one more behind each operation that
    takes too long.
    """
    found, todo = [], list(GROUPS)
    while todo:
        job = f"/lab/bench {ONE_CPU_RUNS} {limit} {' '.join(todo)}"
        # Each group may take its limit, and the operation that ends it as long again.
        seen = boot(kernel, flavour, cpus, job, 2 * limit * len(todo) + 60, log)
        new = samples(lines_of(seen))
        found += new + spans(seen.kernel)
        over = [GROUP_OF[what] for what, sample in new if sample.over]
        todo = todo[todo.index(over[-1]) + 1:] if over else []
        if "all" in over:
            todo = []       # a suspend takes all CPUs off as well, and cannot be watched
    return found


def burdened(kernel, flavour, cpus, rounds, limit, log):
    """(what, sample) pairs of one guest that loads and removes the code again and again.

    An operation that takes too long ends it. What is slow only the first time is rehearsed.
    """
    words = ("rehearsal", *BURDENED, "performance",
             *(*BURDENED, "burden", *BURDENED, "relief") * rounds)
    job = f"/lab/bench {ONE_CPU_RUNS} {limit} {' '.join(words)}"
    seen = boot(kernel, flavour, cpus, job, 2 * limit * len(words), log)
    return [(what, sample) for what, sample in samples(lines_of(seen))
            if not what.startswith(REHEARSED)]


def spans(records):
    """Times between two messages of the kernel, each time the pair occurs."""
    found = []
    for what, (first, last) in SPANS.items():
        start = None
        for stamp, text in records:
            if re.search(first, text):
                start = stamp
            elif start is not None and stamp is not None and re.search(last, text):
                found.append((what, Sample(stamp - start)))
                start = None
    return found


def numbers(pattern, lines):
    """(what, numbers) pairs of the lines that match."""
    return [(match[1], [int(word) for word in match.groups()[1:]])
            for match in map(pattern.match, lines) if match]


def has_option(objects, name, value="y"):
    """Is an option y, or another value, in the kernel of an object directory?"""
    text = common.read_text(os.path.join(objects, ".config")) or ""
    return f"\nCONFIG_{name}={value}\n" in text


def steps(kernel, flavour, log):
    seen = boot(kernel, flavour, common.NCPU, "/lab/steps.sh", 300, log)
    return lines_of(seen)
