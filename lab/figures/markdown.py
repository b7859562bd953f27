# SPDX-License-Identifier: GPL-2.0
"""A run of the benchmark as Markdown. Pure: a Run in, text out."""
import math
import statistics

from lab.figures import kernels
from lab.figures.record import OURS, STOCK, WITH

HEAD = """\
# Figures

Written by `make bench`, which writes it anew: nothing here is edited by hand. Stock is
the base alone, ours the same base with this repository's work on it, both with the same
configuration and the same QEMU line. Times are taken inside the guest around the write
to sysfs, or are differences of the kernel's own time stamps; each is the median of as
many runs as the last column says. A ratio above 1: ours is faster.

Beside a time stands what a bystander has noticed, a CPU that does not move. Its gap is
the longest time that a real-time thread on CPU 0 did not run although it should have;
interrupts off is the longest time that CPU 0 took no timer interrupt. Both are the median
of the runs, with the longest of all runs in brackets. Thread and timer have a period of a
millisecond, so what is much shorter passes unseen; what the host does to the guest is in
it as well, and the rows in which nothing happens show how much that is. The write comes
from another CPU, but where all CPUs but one go off: there it comes from CPU 0.
"""

# title, what it means, (measurement, its name) of each table
TABLES = (
    ("SMT", "One write to `smt/control`: a thread of each core goes or comes.",
     (("smt-off", "off"), ("smt-on", "on"))),
    ("All CPUs but one", "One write to `hotplug/offline` and `hotplug/online`; the stock kernel "
     "moves them one by one.", (("all-off", "off"), ("all-on", "back on"))),
    ("One CPU", "One write to `cpuN/online`.", (("one-off", "off"), ("one-on", "on"))),
    ("Nothing", "One second in which nothing happens.", (("idle", "nothing"),)),
    ("Suspend", "Up to the processors and back (`pm_test`). Off and on are the CPUs alone. "
     "Without a bystander: it would be frozen.",
     (("suspend-off", "off"), ("suspend-on", "on"), ("suspend", "all of it"))),
    ("Boot", "From \"Bringing up secondary CPUs\" to \"Brought up\".", (("boot", "boot"),)),
)
COUNTS = ("write locks", "stops of the machine", "calls that wait for a grace period",
          "grace periods begun", "expedited ones", "wake-ups of hotplug threads",
          "interrupts between CPUs")
IRQS = ("LOC", "RES", "CAL", "TLB", "IWI", "others")
IRQS_TEXT = ("What a CPU with `nohz_full=` gets from an operation that leaves it alone: its lines "
             "of `/proc/interrupts`, from the start of the operation until 200 ms after its end. A "
             "task spins there in user mode. \"Most\" is all CPUs but this one and CPU 0. The "
             "first rows are what any program may cause: nothing, a grace period, an expedited one. "
             "The thread of pktgen on that CPU wakes up ten times a second and is in all rows.")
IRQS_ROWS = {"nothing": "nothing", "gp": "a grace period", "expedited-gp": "an expedited one",
             "one-off": "one CPU off", "one-on": "one CPU on", "smt-off": "SMT off",
             "smt-on": "SMT on", "most-off": "most off", "most-on": "most back on"}
BURDEN_TEXT = ("With and without code that waits for grace periods in its callbacks: an algorithm "
               "of pcrypt, a cpufreq driver with the governor schedutil, and a module that knows "
               "nothing of batches and calls synchronize_rcu() in two of its states. All of it is "
               "loaded and removed again in one boot, and the operations are timed in turn. A "
               "ratio above 1: it takes longer with that code.")
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


def ratio(theirs, ours):
    if not ours:
        return "-"
    return f"{theirs / ours:.{0 if theirs / ours >= 10 else 1}f}"


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def table(head, rows):
    return [row(*head), "|" + "---|" * len(head), *(row(*cells) for cells in rows)]


def over(samples):
    """The limit that an operation has exceeded, None if it has not."""
    return max((sample.seconds for sample in samples if sample.over), default=None)


def median(samples, name):
    """Of one of the three values of the samples; None where it was not measured."""
    values = [value for sample in samples if (value := getattr(sample, name)) is not None]
    return statistics.median(values) if values and over(samples) is None else None


def pair(run, flavour, cpus, what):
    """Median times of stock and ours, None where one was not measured."""
    both = [median(run.samples.get((flavour, kernel, cpus, what), ()), "seconds")
            for kernel in (STOCK, OURS)]
    return None if None in both else both


def spread(samples, name):
    """The median of a gap, and the longest in brackets."""
    middle = median(samples, name)
    if middle is None:
        return "-"
    longest = max(getattr(sample, name) for sample in samples)
    return f"{duration(middle)} ({duration(longest)})"


def time_cell(samples):
    limit = over(samples)
    return f"over {limit:.0f} s" if limit else duration(median(samples, "seconds"))


def ratio_cell(samples, ours, name):
    """How many times ours a kernel takes; "over" if it was not waited for."""
    base, limit = median(ours, name), over(samples)
    if limit and name == "seconds" and base is not None:
        return "over " + ratio(limit, base)
    value = median(samples, name)
    return "-" if value is None or base is None else ratio(value, base)


def cells(run, key, ours, bystander):
    """Time, ratio, runs; with a @bystander, its gap, ratio and interrupts off in between."""
    samples = run.samples[key]
    ratios = ["", ""] if key[1] == OURS else [ratio_cell(samples, ours, name)
                                              for name in ("seconds", "gap")]
    noticed = [spread(samples, "gap"), ratios[1], spread(samples, "off")]
    return [time_cell(samples), ratios[0], *(noticed if bystander else ()), len(samples)]


def times(run, flavour):
    lines = []
    for title, text, columns in TABLES:
        measured = [(name, key) for cpus in run.sizes() for what, name in columns
                    for kernel in run.kernels()
                    if (key := (flavour, kernel, cpus, what)) in run.samples]
        if measured:
            bystander = any(sample.gap is not None for _, key in measured
                            for sample in run.samples[key])
            noticed = ("gap", "ratio", "interrupts off") if bystander else ()
            lines += ["", f"### {title}", "", text, ""]
            lines += table(("CPUs", "", "kernel", "time", "ratio", *noticed, "runs"),
                           ([key[2], name, key[1],
                             *cells(run, key, of_ours(run, key), bystander)]
                            for name, key in measured))
    return lines


def of_ours(run, key):
    """Our samples of what another kernel has done."""
    flavour, _, cpus, what = key
    return run.samples.get((flavour, OURS, cpus, what), ())


def exponent(run, flavour, kernel, what):
    """(from, to, x): between these sizes the time grows with the number of CPUs to the x."""
    known = {cpus: middle for cpus in run.sizes() if
             (middle := median(run.samples.get((flavour, kernel, cpus, what), ()), "seconds"))}
    if len(known) < 2:
        return None
    most = max(known)
    least = 64 if 64 in known and most > 64 else min(known)
    return least, most, math.log(known[most] / known[least]) / math.log(most / least)


def growth(run, flavour):
    rows = [(name, kernel, f"{found[0]} to {found[1]}", f"{found[2]:.2f}")
            for what, name in README for kernel in run.kernels()
            if (found := exponent(run, flavour, kernel, what))]
    if not rows:
        return []
    return ["", "### Growth", "", "The exponent of the number of CPUs with which a time grows, from "
            "64 CPUs or the smallest size to the largest.", "",
            *table(("operation", "kernel", "CPUs", "exponent"), rows)]


def counted(run, flavour, numbers, order):
    """The rows of one configuration: by size and operation, kernels as they take turns."""
    kernels_of = run.kernels()
    found = [key[1:] for key in numbers if key[0] == flavour]
    return sorted(found, key=lambda key: (key[0], order.index(key[1]), kernels_of.index(key[2])))


def counts(run, flavour):
    rows = counted(run, flavour, run.counts, ORDER)
    if not rows:
        return []
    return ["", "### Counts", "", "Costs of one operation that are no time.", "",
            *table(("CPUs", "operation", "kernel", *COUNTS),
                   ([*key, *run.counts[(flavour, *key)]] for key in rows))]


def irqs(run, flavour):
    rows = counted(run, flavour, run.irqs, list(IRQS_ROWS))
    if not rows:
        return []
    return ["", "### Interrupts of a nohz_full CPU", "", IRQS_TEXT, "",
            *table(("CPUs", "operation", "kernel", *IRQS),
                   ([cpus, IRQS_ROWS[what], kernel, *run.irqs[flavour, cpus, what, kernel]]
                    for cpus, what, kernel in rows))]


def burden(run, flavour):
    found = {key[1:]: values for key, values in run.burdened.items() if key[0] == flavour}
    rows = []
    for cpus, kernel in sorted({(cpus, kernel) for cpus, _, kernel in found}):
        for what, name in README:
            both = [found.get((cpus, prefix + what, kernel)) for prefix in ("", WITH)]
            if None not in both:
                without, with_it = map(statistics.median, both)
                rows.append((cpus, name, kernel, duration(without), duration(with_it),
                             f"{with_it / without:.2f}", len(both[1])))
    if not rows:
        return []
    return ["", "### Code that waits", "", BURDEN_TEXT, "",
            *table(("CPUs", "operation", "kernel", "without", "with", "ratio", "runs"), rows)]


def page(run):
    """The whole of FIGURES.md."""
    lines = [HEAD.rstrip("\n"), "", "## Setup", "",
             *table(("", ""), ([name, value] for name, value in run.setup.items())),
             "", "![Time of four operations over the number of CPUs](../pictures/bench.svg)"]
    for flavour in run.flavours():
        lines += ["", f"## The {kernels.title(flavour)} configuration"]
        for part in (times, growth, burden, counts, irqs):
            lines += part(run, flavour)
    return "\n".join(lines) + "\n"


def readme_cells(run, flavour, cpus, what):
    """Times of stock and ours with their ratio, and the same of the gap."""
    samples = [run.samples.get((flavour, kernel, cpus, what), ()) for kernel in (STOCK, OURS)]
    if not all(samples):
        return ["-"] * 6
    gaps = [median(one, "gap") for one in samples]
    return [*map(time_cell, samples), ratio_cell(*samples, "seconds"),
            *("-" if gap is None else duration(gap) for gap in gaps),
            ratio_cell(*samples, "gap")]


def readme(run):
    """The rows for README: the largest size alone, a table for each configuration."""
    cpus = max(run.sizes())
    lines = []
    for flavour in run.flavours():
        lines += table((f"{cpus} CPUs, {kernels.title(flavour)}", "stock", "ours", "ratio",
                        "gap of stock", "of ours", "ratio"),
                       ([name, *readme_cells(run, flavour, cpus, what)]
                        for what, name in README)) + [""]
    where = f"{run.setup.get('date', 'no date')}, commit {run.setup.get('commit', 'unknown')}"
    return "\n".join([*lines, f"({where})"])
