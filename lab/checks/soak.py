# SPDX-License-Identifier: GPL-2.0
"""The soak: a real build in the guest beside CPUs that come and go all the time.

There, a program is built once in peace, and then again and again with make -j8,
while random sets of CPUs go off and come on in the given mode of hotplug/quiesce. In
the mode "mixed" both take turns, single CPUs rest half-way, and the machine is
suspended as far as to its CPUs. Tasks change their affinity, read a disk and write
files meanwhile. Every build must come out the same, every operation must succeed,
nothing may be left behind, and the kernel must have nothing to report. Prints how long
operations took, what was refused, and what memory, threads and slab there were before
and afterwards. Leaves all operations in build/soak/*.csv.

What the guest needs for it beyond the usual, the build machine's C compiler and a
project of the kernel tree, is an archive of its own, which the kernel unpacks
behind the guest's.
"""
import collections
import csv
import errno
import math
import os
import re
import subprocess
import time

from lab import common
from lab.checks import ktap
from lab.common import BASE, BUILD, LAB, LabError
from lab.guest import cpio, guests, ready

FLAVOUR = "x86_64"
ROOTFS = cpio.archive("soak")
MODES = ("lock", "freezer", "mixed")
# Making the project in peace, booting, and the last build that begins in time.
SLACK_SECONDS = 900

# A program in C with a Makefile of its own, and what it is made from.
PROJECT = ("tools/power/acpi", "tools/scripts", "drivers/acpi/acpica", "include/acpi")

PROGRAMS = ("gcc", "as", "ld", "make")
# The compiler's own: asked for by gcc, found where gcc says.
HELPERS = ("cc1", "collect2", "lto-wrapper", "liblto_plugin.so")
LIBRARIES = ("Scrt1.o", "crt1.o", "crti.o", "crtn.o", "crtbegin.o", "crtbeginS.o", "crtend.o",
             "crtendS.o", "libgcc.a", "libgcc_s.so", "libgcc_s.so.1", "libc.so", "libc.so.6",
             "libc_nonshared.a")
HEADERS = ("libc6-dev", "linux-libc-dev")

OP = re.compile(r"([a-z]+(?:-[a-z]+)?):(\d+):(\d+):(\d+)")
KINDS = ("set-off", "set-on", "one-off", "one-on", "smt-off", "smt-on", "target-down", "target-up",
         "suspend")
# What the guest says of the whole, for the end.
SUMMARY = re.compile(r"# (?:moved |slowest step: |before: |after: |slab |beside it, |\d+ builds, )")
COLUMNS = (("min", 0), ("median", 50), ("p90", 90), ("p99", 99), ("max", 100))

Op = collections.namedtuple("Op", "kind cpus ns error")


# --- what the guest needs --------------------------------------------------------------

def output_of(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=True, text=True).stdout


def compiler_file(name):
    """Where gcc finds one of its parts: a path to look for it in the guest, too."""
    kind = "prog" if name in HELPERS and not name.endswith(".so") else "file"
    path = os.path.normpath(output_of("gcc", f"-print-{kind}-name={name}").strip())
    if not os.path.isabs(path):
        raise LabError(f"gcc does not know where {name} is")
    return path


def below(directory):
    return [os.path.join(here, name) for here, _, names in os.walk(directory) for name in names]


def headers():
    listed = output_of("dpkg", "-L", *HEADERS).splitlines()
    return [path for path in listed if path.startswith("/usr/include/") and os.path.isfile(path)]


def toolchain():
    """(path in the guest, file) pairs of a compiler that can link programs."""
    programs = {"/usr/bin/" + name: os.path.realpath("/usr/bin/" + name) for name in PROGRAMS}
    own = {name: compiler_file(name) for name in HELPERS}
    elves = [*programs.values(), *own.values()]
    files = [*own.values(), *map(compiler_file, LIBRARIES), *cpio.libraries_of(elves), *headers(),
             *below(compiler_file("include"))]
    return [*programs.items(), *((path, path) for path in files)]


def project():
    return [(os.path.join("/soak/src", os.path.relpath(path, BASE)), path)
            for part in PROJECT for path in below(os.path.join(BASE, part))]


def driver():
    """The script, and the programs that move CPUs and that work beside them."""
    source = os.path.join(LAB, "guest", "inside", "soak")
    pairs = [("/soak/soak.sh", os.path.join(source, "soak.sh"))]
    for name in ("stir", "load"):
        binary = os.path.join(BUILD, "guest-" + FLAVOUR, name)
        common.run_logged(["gcc", "-static", "-O2", "-Wall", "-Wextra", "-o", binary,
                           os.path.join(source, name + ".c")], "guest-" + name)
        pairs.append(("/soak/" + name, binary))
    return pairs


def make_rootfs():
    """The guest's archive with ours behind it; the former must be there."""
    with common.step("add a compiler to the initramfs"):
        pairs = dict([*toolchain(), *project(), *driver()]).items()
        cpio.pack_behind("soak", FLAVOUR, pairs)


# --- running it --------------------------------------------------------------------------

def build():
    """The kernel, the guest's usual files, and the compiler on top of them."""
    ready.ensure(FLAVOUR)
    make_rootfs()


def guest(seconds, modes, log, seed="", append="", cpus=common.NCPU):
    """A guest that soaks in one mode after the other."""
    jobs = [f"/soak/soak.sh {mode} {seconds} {seed}".strip() for mode in modes]
    return guests.Guest(jobs=" + ".join(jobs), rootfs=ROOTFS, log=log, append=append, cpus=cpus,
                        disk=True, job_timeout=seconds + SLACK_SECONDS,
                        limit=len(modes) * (seconds + SLACK_SECONDS))


def results(outcome, modes):
    """Each mode's tests, and the kernel's own reports."""
    found = ktap.Results()
    for job in outcome.console.jobs:
        found.add(ktap.of_job(job))
    if len(outcome.console.jobs) < len(modes):
        found.fail("not every mode was run")
    for report in outcome.console.reports[:20]:
        found.fail(f"kernel report: {report}")
    if outcome.why:
        found.fail(f"the guest: {outcome.why}")
    return found


def part(seconds):
    """All modes, one after the other, with a look at every task before each takedown."""
    build()
    common.say(f"  boot and build in it, {seconds} s in each mode")
    outcome = guests.run(guest(seconds, MODES, "soak", append="cpuhp.verify=1"),
                         on_job=lambda job: common.say(f"    {job}"))
    found = results(outcome, MODES)
    if found.failed:
        found.notes.append(f"        console: {outcome.log}")
    return found


def operations(job):
    """The operations that a job's "# ops" lines tell of."""
    return [Op(kind, int(cpus), int(ns), int(error))
            for line in job.lines if line.startswith("# ops ")
            for kind, cpus, ns, error in OP.findall(line)]


def mode_of(job):
    """The mode that stands in the job's command."""
    return next((mode for mode in MODES if f" {mode} " in job.name + " "), "?")


def percentile(values, percent):
    """The smallest of the sorted values that so many percent do not exceed."""
    return values[max(0, math.ceil(len(values) * percent / 100) - 1)]


def table(by_mode):
    """How long operations took that moved CPUs, one row per kind and mode."""
    lines = [f"{'kind':<11} {'mode':<8} {'count':>6} {'CPUs':>5}"
             + "".join(f"{name + ' ms':>11}" for name, _ in COLUMNS)]
    for kind in KINDS:
        for mode, ops in by_mode.items():
            mine = [op for op in ops if op.kind == kind and op.cpus and not op.error]
            if not mine:
                continue
            times = sorted(op.ns / 1e6 for op in mine)
            mean = sum(op.cpus for op in mine) / len(mine)
            lines.append(f"{kind:<11} {mode:<8} {len(times):>6} {mean:>5.1f}"
                         + "".join(f"{percentile(times, percent):>11.1f}"
                                   for _, percent in COLUMNS))
    return lines


def refusals(ops):
    """How often an errno was the answer, by kind of operation."""
    counts = collections.Counter((op.kind, errno.errorcode.get(op.error, str(op.error)))
                                 for op in ops if op.error)
    return ", ".join(f"{kind} {name} {count}" for (kind, name), count
                     in sorted(counts.items())) or "none"


def summary(mode, job):
    """What a person wants to know of a mode at the end."""
    ops = operations(job)
    return [f"{mode}: {len(ops)} operations, refused: {refusals(ops)}"] + [
        "  " + line[2:] for line in job.lines if SUMMARY.match(line)]


# --- the command -------------------------------------------------------------------------

def save(by_mode):
    directory = os.path.join(BUILD, "soak")
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, time.strftime("%Y%m%d-%H%M%S-") + "-".join(by_mode) + ".csv")
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("mode", "kind", "cpus", "ns", "errno"))
        for mode, ops in by_mode.items():
            rows.writerows((mode, *op) for op in ops)
    return path


def arguments(parser):
    parser.add_argument("mode", nargs="?", choices=(*MODES, "all"), default="all")
    parser.add_argument("seconds", nargs="?", type=int, default=1800, help="for each mode")
    parser.add_argument("--cpus", type=int, default=common.NCPU)
    parser.add_argument("--seed", default="", help="of the random operations")
    parser.add_argument("--as-it-is", action="store_true", help="build nothing first")


def main(options):
    if not options.as_it_is:
        build()
    modes = MODES if options.mode == "all" else [options.mode]
    outcome = guests.run(guest(options.seconds, modes, "soak-" + "-".join(modes), options.seed,
                               cpus=options.cpus),
                         on_line=lambda line: line.startswith("# ops ") or common.say(line),
                         on_job=common.say)
    by_mode = {mode_of(job): operations(job) for job in outcome.console.jobs}
    print("\n" + "\n".join(table(by_mode)) + "\n")
    for job in outcome.console.jobs:
        print("\n".join(summary(mode_of(job), job)))
    print(f"\nall operations: {save(by_mode)}")
    if not outcome.good:
        print(guests.describe(outcome))
    return results(outcome, modes).report()
