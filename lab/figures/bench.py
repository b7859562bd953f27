# SPDX-License-Identifier: GPL-2.0
"""Stock and ours side by side: the command behind "make bench".

Sizes are in BENCH_N="4 8 16 32 64", rounds of each size in BENCH_RUNS=2.

Same configuration, same QEMU line, alternating. Times first, then what can be
counted, then the steps of one CPU. All times are taken inside
the guest by lab/guest/inside/bench.c, or are differences of time stamps of the
kernel's own messages. Every measurement goes to build/bench/*.csv; the table
shows medians in milliseconds, and the ratio stock / ours (above 1: ours is
faster). Run it on a machine that does nothing else.
"""
import csv
import os
import re
import shutil
import statistics
import subprocess
import time

from lab import common
from lab.common import BUILD, LAB, LabError
from lab.figures import both
from lab.guest import guests

SIZES = [int(word) for word in (os.environ.get("BENCH_N") or "4 8 16 32 64").split()]
ROUNDS = int(os.environ.get("BENCH_RUNS") or 2)
ONE_CPU_RUNS = 20

MEASUREMENT = re.compile(r"^bench (\S+) (\d+) (\d+)$")
# what: (message at the start, message at the end), both of the kernel
SPANS = {
    "boot": (r"smp: Bringing up secondary CPUs", r"smp: Brought up \d+ node"),
    "suspend-off": (r"Disabling non-boot CPUs", r"suspend debug: Waiting"),
    "suspend-on": (r"Enabling non-boot CPUs", r"ACPI: PM: Waking up|PM: resume|Restarting tasks"),
}
ORDER = ("one-off", "one-on", "smt-off", "smt-on", "all-off", "all-on", "suspend-off",
         "suspend-on", "suspend", "boot")


def label(stock):
    return "stock" if stock else "ours"


def boot(stock, cpus, job, log):
    """Run one job in one of the two kernels; the same guest but for the kernel."""
    outcome = guests.run(guests.Guest(stock=stock, cpus=cpus, jobs=job, log=log,
                                      job_timeout=1200, limit=1500))
    if not outcome.usable(stock):
        raise LabError(f"{label(stock)} with {cpus} CPUs:\n" + guests.describe(outcome))
    if outcome.console.reports:
        common.say(f"  the stock kernel reports: {outcome.console.reports[0]}")
    return outcome.console


def measure(stock, cpus, turn):
    """(what, seconds) pairs of one guest's life."""
    seen = boot(stock, cpus, f"/lab/bench {ONE_CPU_RUNS}",
                f"bench-{label(stock)}-{cpus}-{turn}")
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


def collect(path):
    """Alternate between the kernels; returns (stock, cpus, what) -> seconds."""
    times = {}
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("kernel", "cpus", "round", "what", "seconds"))
        for cpus in SIZES:
            for turn in range(ROUNDS):
                for stock in (True, False):
                    with common.step(f"{cpus} CPUs, round {turn + 1}, {label(stock)}"):
                        for what, seconds in measure(stock, cpus, turn):
                            rows.writerow((label(stock), cpus, turn, what, f"{seconds:.6f}"))
                            times.setdefault((stock, cpus, what), []).append(seconds)
                    file.flush()
    return times


def print_table(times):
    print(f"\n{'CPUs':>5} {'what':<12} {'stock ms':>10} {'ours ms':>10} {'stock/ours':>11}  "
          "(medians)")
    for cpus in SIZES:
        for what in ORDER:
            pair = [times.get((stock, cpus, what)) for stock in (True, False)]
            if not all(pair):
                continue
            stock, ours = map(statistics.median, pair)
            ratio = f"{stock / ours:>11.2f}" if ours else f"{'-':>11}"
            print(f"{cpus:>5} {what:<12} {stock * 1e3:>10.2f} {ours * 1e3:>10.2f} {ratio}  "
                  f"n={len(pair[0])},{len(pair[1])}")


def print_steps():
    for stock in (True, False):
        seen = boot(stock, common.NCPU, "/lab/steps.sh", f"bench-steps-{label(stock)}")
        print(f"\nWhere the time goes, {label(stock)}, {common.NCPU} CPUs:")
        print("\n".join(seen.jobs[0].lines))


COUNTS = re.compile(r"^count (\S+) (\d+) (\d+) (\d+) (\d+) (\d+)$")


def print_counts():
    """Costs that are no time, at the smallest and at the largest size."""
    print(f"\n{'CPUs':>5} {'what':<10} {'':<6} {'write':>7} {'stops of':>9} {'calls that':>10} "
          f"{'GPs begun':>10} {'wake-ups of':>12}\n"
          f"{'':>5} {'':<10} {'':<6} {'locks':>7} {'machine':>9} {'wait for GP':>11} "
          f"{'meanwhile':>9} {'hotplug threads':>15}")
    for cpus in sorted({min(SIZES), max(SIZES)}):
        rows = []
        for stock in (True, False):
            seen = boot(stock, cpus, "/lab/counts.sh", f"bench-counts-{label(stock)}-{cpus}")
            rows += [(match[1], label(stock), match.groups()[1:])
                     for match in map(COUNTS.match, seen.jobs[0].lines) if match]
        for what, kernel, (locks, stops, calls, gps, wakeups) in sorted(
                rows, key=lambda row: ORDER.index(row[0])):
            print(f"{cpus:>5} {what:<10} {kernel:<6} {locks:>7} {stops:>9} {calls:>10} "
                  f"{gps:>10} {wakeups:>12}")


def plot(times, directory):
    """The medians as a picture, where gnuplot is installed."""
    if not shutil.which("gnuplot"):
        common.say("  no picture: gnuplot is not installed")
        return
    data, picture = (os.path.join(directory, "bench." + end) for end in ("dat", "svg"))
    with open(data, "w") as file:
        for what in ("smt-off", "smt-on", "all-off", "all-on"):
            file.write(f"# {what}: CPUs, seconds of stock, seconds of ours\n")
            for cpus in SIZES:
                pair = [times.get((stock, cpus, what)) for stock in (True, False)]
                if all(pair):
                    stock, ours = map(statistics.median, pair)
                    file.write(f"{cpus} {stock:.6f} {ours:.6f}\n")
            file.write("\n\n")
    subprocess.run(["gnuplot", "-e", f"data='{data}'; picture='{picture}'",
                    os.path.join(LAB, "figures", "bench.gnuplot")], check=True)
    print(f"\npicture: {picture}")


def main(_options):
    both.ensure()
    directory = os.path.join(BUILD, "bench")
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, time.strftime("%Y%m%d-%H%M%S.csv"))
    load = os.getloadavg()[0]
    if load > 0.5:
        common.say(f"  NOTICE: the load is {load:.1f}; the figures will be worth little")
    times = collect(path)
    print_table(times)
    plot(times, directory)
    print_counts()
    print_steps()
    print(f"\nall measurements: {path}")
