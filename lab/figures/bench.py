# SPDX-License-Identifier: GPL-2.0
"""Stock and ours side by side: the command behind "make bench".

Sizes are in BENCH_N="4 8 16 32 64", rounds of each size in BENCH_RUNS=2.
Same configuration, same QEMU line, alternating. Times first, then what can be
counted, then the steps of one CPU. All times are taken inside the guest by
lab/guest/inside/bench.c, or are differences of time stamps of the kernel's own
messages. Every measurement goes to build/bench/*.csv; lab/figures/FIGURES.md
and its picture are written anew, and README's rows of it are printed. Run it on a machine that does
nothing else.
"""
import csv
import os
import re
import shutil
import subprocess
import time

from lab import common
from lab.common import BUILD, LAB, LabError
from lab.figures import both, markdown, record
from lab.figures.record import OURS, STOCK
from lab.guest import guests

FIGURES = os.path.join(LAB, "figures", "FIGURES.md")
PICTURE = os.path.join(LAB, "pictures", "bench.svg")
DIRECTORY = os.path.join(BUILD, "bench")
SIZES = [int(word) for word in (os.environ.get("BENCH_N") or "4 8 16 32 64").split()]
ROUNDS = int(os.environ.get("BENCH_RUNS") or 2)
ONE_CPU_RUNS = 20

MEASUREMENT = re.compile(r"^bench (\S+) (\d+) (\d+)$")
COUNTS = re.compile(r"^count (\S+) (\d+) (\d+) (\d+) (\d+) (\d+)$")
# what: (message at the start, message at the end), both of the kernel
SPANS = {
    "boot": (r"smp: Bringing up secondary CPUs", r"smp: Brought up \d+ node"),
    "suspend-off": (r"Disabling non-boot CPUs", r"suspend debug: Waiting"),
    "suspend-on": (r"Enabling non-boot CPUs", r"ACPI: PM: Waking up|PM: resume|Restarting tasks"),
}


def boot(kernel, cpus, job, log):
    """Run one job in one of the two kernels; the same guest but for the kernel."""
    stock = kernel == STOCK
    outcome = guests.run(guests.Guest(stock=stock, cpus=cpus, jobs=job, log=log,
                                      job_timeout=1200, limit=1500))
    if not outcome.usable(stock):
        raise LabError(f"{kernel} with {cpus} CPUs:\n" + guests.describe(outcome))
    if outcome.console.reports:
        common.say(f"  the stock kernel reports: {outcome.console.reports[0]}")
    return outcome.console


def measure(kernel, cpus, turn):
    """(what, seconds) pairs of one guest's life."""
    seen = boot(kernel, cpus, f"/lab/bench {ONE_CPU_RUNS}", f"bench-{kernel}-{cpus}-{turn}")
    times = [(match[1], int(match[3]) / 1e9)
             for match in map(MEASUREMENT.match, seen.jobs[0].lines) if match]
    return times + spans(seen.kernel)


def spans(records):
    """Times between two messages of the kernel, each time the pair occurs."""
    found = []
    for what, (first, last) in SPANS.items():
        start = None
        for stamp, text in records:
            if re.search(first, text):
                start = stamp
            elif start is not None and stamp is not None and re.search(last, text):
                found.append((what, stamp - start))
                start = None
    return found


def take_times(run, path):
    """Alternate between the kernels; each measurement is on disk at once."""
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(record.HEAD)
        for cpus in SIZES:
            for turn in range(ROUNDS):
                for kernel in (STOCK, OURS):
                    with common.step(f"{cpus} CPUs, round {turn + 1}, {kernel}"):
                        for what, seconds in measure(kernel, cpus, turn):
                            rows.writerow((kernel, cpus, turn, what, f"{seconds:.6f}"))
                            run.add(kernel, cpus, what, seconds)
                    file.flush()


def take_counts(run):
    """Costs that are no time, at the smallest and at the largest size."""
    for cpus in sorted({min(SIZES), max(SIZES)}):
        for kernel in (STOCK, OURS):
            with common.step(f"{cpus} CPUs, counts, {kernel}"):
                seen = boot(kernel, cpus, "/lab/counts.sh", f"bench-counts-{kernel}-{cpus}")
            for match in filter(None, map(COUNTS.match, seen.jobs[0].lines)):
                run.counts[cpus, match[1], kernel] = [int(word) for word in match.groups()[1:]]


def print_steps():
    for kernel in (STOCK, OURS):
        seen = boot(kernel, common.NCPU, "/lab/steps.sh", f"bench-steps-{kernel}")
        print(f"\nWhere the time goes, {kernel}, {common.NCPU} CPUs:")
        print("\n".join(seen.jobs[0].lines))


def plot(run):
    """The medians as the picture in FIGURES.md, where gnuplot is installed."""
    if not shutil.which("gnuplot"):
        common.say("  no picture: gnuplot is not installed")
        return
    data = os.path.join(DIRECTORY, "bench.dat")
    with open(data, "w") as file:
        for what in ("smt-off", "smt-on", "all-off", "all-on"):
            file.write(f"# {what}: CPUs, seconds of stock, seconds of ours\n")
            for cpus in run.sizes():
                if medians := markdown.pair(run, cpus, what):
                    file.write(f"{cpus} {medians[0]:.6f} {medians[1]:.6f}\n")
            file.write("\n\n")
    subprocess.run(["gnuplot", "-e", f"data='{data}'; picture='{PICTURE}'",
                    os.path.join(LAB, "figures", "bench.gnuplot")], check=True)


def publish(run):
    """Write what the repository shows of a run."""
    if not run.times:
        raise LabError("no measurements there")
    plot(run)
    common.write_if_changed(FIGURES, markdown.page(run).encode())
    print(f"\n{os.path.relpath(FIGURES)} is new. For README:\n\n{markdown.readme(run)}")


def bench():
    both.ensure()
    os.makedirs(DIRECTORY, exist_ok=True)
    path = os.path.join(DIRECTORY, time.strftime("%Y%m%d-%H%M%S.csv"))
    load = os.getloadavg()[0]
    if load > 0.5:
        common.say(f"  NOTICE: the load is {load:.1f}; the figures will be worth little")
    run = record.Run(record.setup(both.FLAVOUR, ROUNDS))
    take_times(run, path)
    take_counts(run)
    record.save(run, path)
    print_steps()
    publish(run)
    print(f"\nall measurements: {path}")


def arguments(parser):
    parser.add_argument("--from", dest="files", nargs="+", metavar="CSV",
                        help="measure nothing: publish these runs as one")


def main(options):
    if options.files:
        publish(record.load(options.files))
    else:
        bench()
