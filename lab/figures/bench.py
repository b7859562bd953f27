# SPDX-License-Identifier: GPL-2.0
"""Stock and ours side by side: the command behind "make bench".

Sizes are in BENCH_N="4 8 16 32 64", rounds of each size in BENCH_RUNS=2,
configurations in BENCH_FLAVOURS="x86_64 bench", the seconds that one operation
may take in BENCH_LIMIT=300. Same configuration, same QEMU line, alternating.
Times first, each with what a bystander on CPU 0 has noticed, then times of ours
with and without code that waits in its callbacks, then what can be counted, at
the smallest size and at the largest up to BENCH_COUNTS=64, then the steps of one
CPU. All times are taken inside the guest by lab/guest/inside/bench.c, or are
differences of time stamps of the kernel's own messages. Every measurement goes to
build/bench/*.csv; lab/figures/FIGURES.md and its picture are written anew, and
README's rows of it are printed. Run it on a machine that does nothing else.

More kernels take part, each in its turn:

  --also 'PATH=NAME'        an image, with {flavour} in its path if there are several
  --also-append 'NAME=...'  ours, with more on its command line
"""
import csv
import os
import shutil
import subprocess
import time

from lab import common
from lab.common import BUILD, LAB, LabError
from lab.figures import kernels, markdown, measure, record
from lab.guest import ready
from lab.tree import trees

FIGURES = os.path.join(LAB, "figures", "FIGURES.md")
PICTURE = os.path.join(LAB, "pictures", "bench.svg")
DIRECTORY = os.path.join(BUILD, "bench")
SIZES = [int(word) for word in (os.environ.get("BENCH_N") or "4 8 16 32 64").split()]
ROUNDS = int(os.environ.get("BENCH_RUNS") or 2)
FLAVOURS = (os.environ.get("BENCH_FLAVOURS") or "x86_64 bench").split()
LIMIT = int(os.environ.get("BENCH_LIMIT") or 300)
COUNTS_UP_TO = int(os.environ.get("BENCH_COUNTS") or 64)
COUNTS_LIMIT = 1200     # seconds for a guest that counts
COUNTS_TRIES = 4

# The one CPU that is nohz_full: the first that stays when SMT goes off.
NOHZ_FULL = "nohz_full=2"


def take_times(run, chosen, path):
    """Alternate between the kernels; each measurement is on disk at once."""
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(record.HEAD)
        for flavour, cpus, turn, kernel in turns(chosen):
            what_for = f"{kernels.title(flavour)}, {cpus} CPUs, round {turn + 1}, {kernel.name}"
            with common.step(what_for):
                log = f"bench-{flavour}-{kernel.name}-{cpus}-{turn}"
                for what, sample in measure.times(kernel, flavour, cpus, LIMIT, log):
                    rows.writerow(record.row(flavour, kernel.name, cpus, turn, what, sample))
                    run.add(flavour, kernel.name, cpus, what, sample)
            file.flush()


def turns(chosen):
    """The kernels change last: what is compared is measured one after the other."""
    return [(flavour, cpus, turn, kernel) for flavour in FLAVOURS for cpus in SIZES
            for turn in range(ROUNDS) for kernel in chosen]


def take_counts(run, chosen):
    """Costs that are no time."""
    sizes = [cpus for cpus in SIZES if cpus <= COUNTS_UP_TO] or [min(SIZES)]
    for flavour in FLAVOURS:
        for cpus in sorted({min(sizes), max(sizes)}):
            for kernel in chosen:
                count(run.counts, kernel, flavour, cpus, "/lab/counts.sh", measure.COUNTS)
        if not measure.has_option(trees.objects(flavour), "NO_HZ_FULL"):
            continue
        for kernel in chosen:
            count(run.irqs, kernel, flavour, max(sizes), "/lab/nohz_full", measure.IRQS,
                  NOHZ_FULL)


def take_burdened(run, chosen):
    """Ours with and without code that waits, at the largest size of the counts; such code
    can come and go where pcrypt is a module, and is not there on foreign kernels."""
    cpus = max([cpus for cpus in SIZES if cpus <= COUNTS_UP_TO] or [min(SIZES)])
    for flavour in FLAVOURS:
        if not measure.has_option(trees.objects(flavour), "CRYPTO_PCRYPT", "m"):
            continue
        for kernel in (kernel for kernel in chosen if not kernel.foreign):
            with common.step(f"{kernels.title(flavour)}, {cpus} CPUs, with and without code that "
                             f"waits, {kernel.name}"):
                log = f"bench-burden-{flavour}-{kernel.name}-{cpus}"
                for what, sample in measure.burdened(kernel, flavour, cpus, ROUNDS, LIMIT, log):
                    if not sample.over:
                        run.burdened.setdefault((flavour, cpus, what, kernel.name),
                                                []).append(sample.seconds)


def count(table, kernel, flavour, cpus, job, pattern, append=""):
    """Count once, in another boot if the first ones say that they cannot."""
    name = os.path.basename(job).removesuffix(".sh")
    for _ in range(COUNTS_TRIES):
        with common.step(f"{kernels.title(flavour)}, {cpus} CPUs, {name}, {kernel.name}"):
            log = f"bench-{name}-{flavour}-{kernel.name}-{cpus}"
            seen = measure.boot(kernel, flavour, cpus, job, COUNTS_LIMIT, log, append)
            found = measure.numbers(pattern, measure.lines_of(seen))
        if found:
            break
        common.say("\n".join(measure.lines_of(seen)))
    else:
        raise LabError(f"{name} counts nothing")
    table.update({(flavour, cpus, what, kernel.name): numbers for what, numbers in found})


def print_steps(chosen):
    flavour = FLAVOURS[0]
    for kernel in chosen:
        lines = measure.steps(kernel, flavour, f"bench-steps-{flavour}-{kernel.name}")
        print(f"\nWhere the time goes, {kernel.name}, {common.NCPU} CPUs:")
        print("\n".join(lines))


def plot(run):
    """The medians as the picture in FIGURES.md, where gnuplot is installed."""
    if not shutil.which("gnuplot"):
        common.say("  no picture: gnuplot is not installed")
        return
    flavour = run.flavours()[0]
    data = os.path.join(DIRECTORY, "bench.dat")
    with open(data, "w") as file:
        for what in ("smt-off", "smt-on", "all-off", "all-on"):
            file.write(f"# {what}: CPUs, seconds of stock, seconds of ours\n")
            for cpus in run.sizes():
                if medians := markdown.pair(run, flavour, cpus, what):
                    file.write(f"{cpus} {medians[0]:.6f} {medians[1]:.6f}\n")
            file.write("\n\n")
    subprocess.run(["gnuplot", "-e", f"data='{data}'; picture='{PICTURE}'",
                    os.path.join(LAB, "figures", "bench.gnuplot")], check=True)


def publish(run):
    """Write what the repository shows of a run."""
    if not run.samples:
        raise LabError("no measurements there")
    plot(run)
    common.write_if_changed(FIGURES, markdown.page(run).encode())
    print(f"\n{os.path.relpath(FIGURES)} is new. For README:\n\n{markdown.readme(run)}")


def bench(images, appends):
    chosen = kernels.chosen(images, appends, FLAVOURS)
    for flavour in FLAVOURS:
        for stock in (True, False):
            ready.ensure(flavour, stock)
    os.makedirs(DIRECTORY, exist_ok=True)
    path = os.path.join(DIRECTORY, time.strftime("%Y%m%d-%H%M%S.csv"))
    load = os.getloadavg()[0]
    if load > 0.5:
        common.say(f"  NOTICE: the load is {load:.1f}; the figures will be worth little")
    titles = {flavour: kernels.title(flavour) for flavour in FLAVOURS}
    run = record.Run(record.setup(titles, chosen, ROUNDS, LIMIT))
    take_times(run, chosen, path)
    record.save(run, path)
    take_burdened(run, chosen)
    record.save(run, path)
    take_counts(run, chosen)
    record.save(run, path)
    print_steps(chosen)
    publish(run)
    print(f"\nall measurements: {path}")


def burden():
    """Only what code that waits costs: a table for a person."""
    chosen = kernels.chosen([], [], FLAVOURS)
    for flavour in FLAVOURS:
        ready.ensure(flavour)
    run = record.Run()
    take_burdened(run, chosen)
    for flavour in FLAVOURS:
        print("\n".join(markdown.burden(run, flavour)))


def arguments(parser):
    parser.add_argument("--from", dest="files", nargs="+", metavar="CSV",
                        help="measure nothing: publish these runs as one")
    parser.add_argument("--burden", action="store_true",
                        help="only: ours with and without code that waits in its callbacks")
    parser.add_argument("--also", dest="images", action="append", default=[],
                        metavar="PATH=NAME", help="one more kernel: an image")
    parser.add_argument("--also-append", dest="appends", action="append", default=[],
                        metavar="NAME=PARAMETERS", help="one more: ours with these parameters")


def main(options):
    if options.files:
        publish(record.load(options.files))
    elif options.burden:
        burden()
    else:
        bench(options.images, options.appends)
