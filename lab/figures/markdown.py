# SPDX-License-Identifier: GPL-2.0
"""A run of the benchmark as Markdown. Pure: a Run in, text out."""
import statistics

from lab.figures.record import OURS, STOCK

HEAD = """\
# Figures

Written by `make bench`, which writes it anew: nothing here is edited by hand. Stock is
the base alone, ours the same base with this repository's work on it, both with the same
configuration and the same QEMU line. Times are taken inside the guest around the write
to sysfs, or are differences of the kernel's own time stamps; each is the median of as
many runs as the last column says. A ratio above 1: ours is faster.
"""

# title, what it means, (measurement, its name) of each table
TABLES = (
    ("SMT", "One write to `smt/control`: a thread of each core goes or comes.",
     (("smt-off", "off"), ("smt-on", "on"))),
    ("All CPUs but one", "One write to `hotplug/offline` and `hotplug/online`; the stock kernel "
     "moves them one by one.", (("all-off", "off"), ("all-on", "back on"))),
    ("One CPU", "One write to `cpuN/online`.", (("one-off", "off"), ("one-on", "on"))),
    ("Suspend", "Up to the processors and back (`pm_test`). Off and on are the CPUs alone.",
     (("suspend-off", "off"), ("suspend-on", "on"), ("suspend", "all of it"))),
    ("Boot", "From \"Bringing up secondary CPUs\" to \"Brought up\".", (("boot", "boot"),)),
)
COUNTS = ("write locks", "stops of the machine", "calls that wait for a grace period",
          "grace periods begun", "wake-ups of hotplug threads")
ORDER = [what for _, _, columns in TABLES for what, _ in columns]

# What README shows, of the largest size.
README = (("smt-off", "SMT off"), ("smt-on", "SMT on"), ("all-off", "all CPUs but one off"),
          ("all-on", "all back on"), ("one-off", "one CPU off"), ("one-on", "one CPU on"))


def duration(seconds):
    """Three digits that count, in the unit that suits them."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        value = seconds * factor
        if value >= 1:
            break
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def ratio(stock, ours):
    if not ours:
        return "-"
    return f"{stock / ours:.{0 if stock / ours >= 10 else 1}f}"


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def table(head, rows):
    return [row(*head), "|" + "---|" * len(head), *(row(*cells) for cells in rows)]


def pair(run, cpus, what):
    """Medians of stock and ours, None where one was not measured."""
    both = [run.times.get((kernel, cpus, what)) for kernel in (STOCK, OURS)]
    return [statistics.median(seconds) for seconds in both] if all(both) else None


def cells(run, cpus, what):
    """Four cells: stock, ours, ratio, runs."""
    medians = pair(run, cpus, what)
    if not medians:
        return ["-"] * 4
    runs = {len(run.times[kernel, cpus, what]) for kernel in (STOCK, OURS)}
    return [*map(duration, medians), ratio(*medians), "/".join(map(str, sorted(runs)))]


def times(run):
    lines = []
    for title, text, columns in TABLES:
        measured = [(cpus, what, name) for cpus in run.sizes() for what, name in columns
                    if pair(run, cpus, what)]
        if measured:
            lines += ["", f"## {title}", "", text, ""]
            lines += table(("CPUs", "", "stock", "ours", "ratio", "runs"),
                           ([cpus, name, *cells(run, cpus, what)]
                            for cpus, what, name in measured))
    return lines


def counts(run):
    if not run.counts:
        return []
    rows = sorted(run.counts.items(), key=lambda item: (item[0][0], ORDER.index(item[0][1]),
                                                        item[0][2] != STOCK))
    return ["", "## Counts", "", "Costs of one operation that are no time.", "",
            *table(("CPUs", "operation", "kernel", *COUNTS),
                   ([*key, *numbers] for key, numbers in rows))]


def page(run):
    """The whole of FIGURES.md."""
    lines = [HEAD.rstrip("\n"), "", "## Setup", "",
             *table(("", ""), ([name, value] for name, value in run.setup.items())),
             "", "![Time of four operations over the number of CPUs](../pictures/bench.svg)",
             *times(run), *counts(run)]
    return "\n".join(lines) + "\n"


def readme(run):
    """The rows for README: the largest size alone."""
    cpus = max(run.sizes())
    rows = [[name, *cells(run, cpus, what)[:3]] for what, name in README]
    where = f"{run.setup.get('date', 'no date')}, commit {run.setup.get('commit', 'unknown')}"
    return "\n".join(table((f"{cpus} CPUs", "stock", "ours", "ratio"), rows) +
                     ["", f"({where})"])
