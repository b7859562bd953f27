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
HEAD = ("kernel", "cpus", "round", "what", "seconds")


@dataclasses.dataclass
class Run:
    """What was measured, and where."""
    setup: dict = dataclasses.field(default_factory=dict)   # words for the table, in order
    times: dict = dataclasses.field(default_factory=dict)   # (kernel, cpus, what) -> seconds
    counts: dict = dataclasses.field(default_factory=dict)  # (cpus, what, kernel) -> numbers

    def add(self, kernel, cpus, what, seconds):
        self.times.setdefault((kernel, cpus, what), []).append(seconds)

    def sizes(self):
        return sorted({cpus for _, cpus, _ in self.times})


def setup(flavour, rounds):
    """Where this run takes place."""
    mach, accel = arches.machine(flavour), guests.accelerator()
    return {
        "date": time.strftime("%-d %B %Y"),
        "commit": commit(),
        "base": "Linux " + base.version(BASE),
        "host": f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the start",
        "QEMU": said_by(mach.qemu[0], "--version").splitlines()[0].split("version ")[-1],
        "machine": " ".join(mach.qemu[1:]) + f" -accel {arches.accelerator(flavour, accel)} -cpu "
                   f"{arches.cpu_model(mach, accel)}, two threads per core",
        "configuration": ", ".join(f"lab/configs/{name}.config"
                                   for name in arches.fragments(flavour)),
        "command line": mach.options,
        "boots": f"{rounds} of each kernel and size, alternating",
    }


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


def save(run, path):
    """Write what goes beside the times at @path."""
    data = {"setup": run.setup, "counts": [[*key, *numbers] for key, numbers in
                                           run.counts.items()]}
    common.write_if_changed(sidecar(path), (json.dumps(data, indent=1) + "\n").encode())


def load(paths):
    """One run of what several files hold; the last setup is the run's."""
    run = Run()
    for path in paths:
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                run.add(row["kernel"], int(row["cpus"]), row["what"], float(row["seconds"]))
        if text := common.read_text(sidecar(path)):
            data = json.loads(text)
            run.setup.update(data["setup"])
            run.counts.update({(cpus, what, kernel): numbers
                               for cpus, what, kernel, *numbers in data["counts"]})
    return run
