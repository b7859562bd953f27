# SPDX-License-Identifier: GPL-2.0
"""A run of the benchmark, kept: NAME.csv has every time, NAME.json setup and counts."""
import csv
import dataclasses
import json
import os
import subprocess
import time

from lab import arches, common
from lab.common import BASE, ROOT, LabError
from lab.guest import guests
from lab.tree import base

STOCK, OURS = "stock", "ours"
HEAD = ("flavour", "kernel", "cpus", "round", "what", "seconds", "gap", "off", "end")
DONE, OVER = "done", "over"
WITH = "with-"      # before the name of an operation: beside code that waits in its callbacks


@dataclasses.dataclass(frozen=True)
class Sample:
    """One operation, in seconds."""
    seconds: float
    gap: float = None       # longest gap of the bystander
    off: float = None       # longest time that it had interrupts off
    over: bool = False      # it takes longer than @seconds, the limit


@dataclasses.dataclass
class Run:
    """What was measured, and where."""
    setup: dict = dataclasses.field(default_factory=dict)   # words for the table, in order
    # (flavour, kernel, cpus, what) -> samples
    samples: dict = dataclasses.field(default_factory=dict)
    # (flavour, cpus, what, kernel) -> numbers
    counts: dict = dataclasses.field(default_factory=dict)
    # the same: interrupts of a nohz_full CPU
    irqs: dict = dataclasses.field(default_factory=dict)
    # the same: seconds of an operation, each without or with code that waits
    burdened: dict = dataclasses.field(default_factory=dict)

    def add(self, flavour, kernel, cpus, what, sample):
        self.samples.setdefault((flavour, kernel, cpus, what), []).append(sample)

    def flavours(self):
        """In the order in which they were measured."""
        return list(dict.fromkeys(flavour for flavour, *_ in self.samples))

    def kernels(self):
        return list(dict.fromkeys(kernel for _, kernel, _, _ in self.samples))

    def sizes(self):
        return sorted({cpus for _, _, cpus, _ in self.samples})


def setup(flavours, kernels, rounds, limit):
    """Where this run takes place; @flavours has the title of each."""
    accel, first = guests.accelerator(), arches.machine(next(iter(flavours)))
    rows = {
        "date": time.strftime("%-d %B %Y"),
        "commit": commit(),
        "base": "Linux " + base.version(BASE),
        "host": f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the start",
        "QEMU": said_by(first.qemu[0], "--version").splitlines()[0].split("version ")[-1],
        "command line": first.options,
        "boots": f"{rounds} of each kernel and size, alternating",
        "limit": f"{limit} s for one operation; a group of operations that has taken as long "
                 "is not repeated",
    }
    for flavour, name in flavours.items():
        mach = arches.machine(flavour)
        files = ", ".join(f"lab/configs/{part}.config" for part in arches.fragments(flavour))
        rows[f"configuration, {name}"] = files
        rows[f"machine, {name}"] = (
            " ".join(mach.qemu[1:]) + f" -accel {arches.accelerator(flavour, accel)} -cpu "
            f"{arches.cpu_model(mach, accel)}, two threads per core")
    rows.update({f"kernel: {kernel.name}": kernel.append or "an image built before"
                 for kernel in kernels if kernel.append or kernel.image})
    return rows


def commit():
    """The checkout's, with a mark if it has changes."""
    try:
        return said_by("git", "-c", "safe.directory=*", "-C", ROOT, "describe", "--always",
                       "--abbrev=12", "--exclude=*", "--dirty= with changes").strip()
    except LabError:
        return "not a checkout"


def said_by(*argv):
    try:
        return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise LabError(f"{' '.join(argv)}: {error}") from error


def sidecar(path):
    return path.removesuffix(".csv") + ".json"


def row(flavour, kernel, cpus, turn, what, sample):
    """A sample as the file has it."""
    return (flavour, kernel, cpus, turn, what,
            *("" if value is None else f"{value:.6f}"
              for value in (sample.seconds, sample.gap, sample.off)),
            OVER if sample.over else DONE)


def sample_of(cells):
    seconds, gap, off = (float(cells[name]) if cells[name] else None
                         for name in ("seconds", "gap", "off"))
    return Sample(seconds, gap, off, cells["end"] == OVER)


def save(run, path):
    """Write what goes beside the times at @path."""
    data = {"setup": run.setup,
            **{name: [[*key, *numbers] for key, numbers in table.items()]
               for name, table in (("counts", run.counts), ("irqs", run.irqs),
                                   ("burdened", run.burdened))}}
    common.write_if_changed(sidecar(path), (json.dumps(data, indent=1) + "\n").encode())


def join(setups, more):
    """Add to a setup the words of one more that it does not have yet."""
    for name, words in more.items():
        old = setups.get(name, words)
        setups[name] = old if words in old else f"{old}; {words}"


def load(paths):
    """One run of what several files hold; its setup has what each of them says."""
    run = Run()
    for path in paths:
        with open(path, newline="") as file:
            for cells in csv.DictReader(file):
                run.add(cells["flavour"], cells["kernel"], int(cells["cpus"]), cells["what"],
                        sample_of(cells))
        if text := common.read_text(sidecar(path)):
            data = json.loads(text)
            join(run.setup, data["setup"])
            for table, rows in ((run.counts, data["counts"]), (run.irqs, data["irqs"]),
                                (run.burdened, data.get("burdened", []))):
                table.update({tuple(cells[:4]): cells[4:] for cells in rows})
    return run
