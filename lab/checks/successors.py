# SPDX-License-Identifier: GPL-2.0
"""The parts of "make check" in which one kernel follows another: hibernation and kexec.

A guest hibernates to a disk, QEMU ends, and another QEMU with that disk wakes it up.
Or it has a kernel in its archive, which takes its place in the same QEMU.
"""
import os

from lab.checks import inguest
from lab.common import BUILD
from lab.guest import cpio, ready
from lab.results import Results
from lab.tree import trees

# What is set before the machine goes to sleep, and how the kernel boots that wakes it.
NIGHTS = (
    ("", ""),
    ("", "nosmt"),
    ("hotplug/offline=2-3", ""),
    ("hotplug/offline=1-3", "maxcpus=1"),
    ("smt/control=off", ""),
    ("smt/control=off hotplug/offline=2", ""),
)
# Steps that fail while the CPUs leave for the image: the first, one between, the last.
REFUSING = ("sched:active", "workqueue:online", "smpboot/threads:online")
DISK_BYTES = 1 << 29
# What a kernel does before it starts the next one.
SETTINGS = ("hotplug/offline=2-3", "hotplug/offline=1-3", "smt/control=off",
            "smt/control=off,hotplug/offline=2")


def hibernate(flavour):
    """CPUs, SMT, masks and affinities survive the night, and a hibernation that is refused."""
    ready.ensure(flavour)
    results = Results()
    for number, (settings, wake) in enumerate(NIGHTS):
        results.add(night(flavour, f"hibernate-{flavour}-{number}", settings, wake))
    jobs = [f"/lab/hibernate.sh refuse {step}" for step in REFUSING]
    refused, _ = inguest.in_guest(flavour, f"hibernate-{flavour}-refused", jobs,
                                  swap=fresh_disk(flavour))
    results.add(refused)
    return results


def night(flavour, log, settings, wake):
    """One machine that goes to sleep, and one that wakes it up."""
    results, outcome = inguest.in_guest(flavour, log, [f"/lab/hibernate.sh {settings}".strip()],
                                        swap=fresh_disk(flavour), wake=f"resume=/dev/vda {wake}")
    kernels = sum(text.startswith("Linux version") for _, text in outcome.console.kernel)
    if kernels == 2:
        results.ok()
    else:
        results.fail(f"{log}: of a sleeper and one that wakes it, {kernels} kernels have booted")
    return results


def fresh_disk(flavour):
    """A file with nothing in it, for swap and image."""
    path = os.path.join(BUILD, f"swap-{flavour}.img")
    with open(path, "wb") as file:
        file.truncate(DISK_BYTES)
    return path


def kexec(flavour):
    """However few CPUs a kernel has left, the one that it starts has them all."""
    ready.ensure(flavour)
    rootfs = cpio.pack_behind(f"kexec-{flavour}", flavour,
                              [("/lab/next/kernel", trees.image(flavour)),
                               ("/lab/next/initrd", cpio.archive(flavour))])
    results = Results()
    for number, setting in enumerate(SETTINGS):
        first = f"/lab/kexec {setting}"
        one, _ = inguest.in_guest(flavour, f"kexec-{flavour}-{number}", [first],
                                  [first, "/lab/kexec"], rootfs=rootfs)
        results.add(one)
    return results
