# SPDX-License-Identifier: GPL-2.0
"""The machines of the lab, one row each: how their kernel is built and how QEMU runs it.

A flavour is a kernel configuration: an architecture's own, or one with
fragments of lab/configs on top. The rows are data; other tools ask, they do
not compare names.
"""
import dataclasses

from lab.common import LabError


@dataclasses.dataclass(frozen=True)
class Machine:
    """An architecture: how to compile for it and how to run it."""
    kernel_arch: str        # ARCH= of the kernel's make
    cross: str              # prefix of the compiler, "" on the build machine's own
    image: str              # the file that QEMU loads, below the object directory
    target: str             # what make is asked for
    qemu: tuple             # program and machine, without CPUs and memory
    options: str            # kernel command line: the console, and what QEMU needs
    busybox: bool           # a static busybox of this architecture exists here
    smt: bool               # the guest's CPUs come as two threads per core
    packages: tuple         # rows of lab/packages that it needs


MACHINES = {
    "x86_64": Machine(
        "x86_64", "", "arch/x86/boot/bzImage", "bzImage",
        ("qemu-system-x86_64", "-M", "q35"),
        # A starved host may not deliver the ticks that a check of the timer counts. All
        # CPUs of a guest read one TSC, so that nobody need compare them, nor watch them
        # by a slower clock of QEMU's.
        "console=ttyS0,115200 no_timer_check tsc=reliable", True, True, ("build", "x86_64")),
    "arm64": Machine(
        "arm64", "aarch64-linux-gnu-", "arch/arm64/boot/Image", "Image",
        ("qemu-system-aarch64", "-M", "virt,gic-version=3"),
        "console=ttyAMA0", False, False, ("build", "arm64")),
    "s390x": Machine(
        "s390", "s390x-linux-gnu-", "arch/s390/boot/bzImage", "bzImage",
        ("qemu-system-s390x", "-M", "s390-ccw-virtio"),
        "console=ttysclp0", False, False, ("build", "s390x")),
}

# flavour: (machine, fragments of lab/configs in the order they are laid on)
FLAVOURS = {
    "x86_64": ("x86_64", ("x86_64",)),
    "demo": ("x86_64", ("x86_64", "demo")),
    "real": ("x86_64", ("x86_64", "real")),
    "bench": ("x86_64", ("x86_64", "real", "bench")),
    "debug": ("x86_64", ("x86_64", "debug")),
    "proof": ("x86_64", ("x86_64", "proof")),
    "kasan": ("x86_64", ("x86_64", "kasan")),
    "kcsan": ("x86_64", ("x86_64", "kcsan")),
    "gcov": ("x86_64", ("x86_64", "gcov")),
    "rt": ("x86_64", ("x86_64", "rt")),
    "rt-debug": ("x86_64", ("x86_64", "debug", "rt")),
    "torture": ("x86_64", ("x86_64", "debug", "torture")),
    "arm64": ("arm64", ("arm64",)),
    "s390x": ("s390x", ("s390x",)),
}

# What "make run" and "make shell" boot; elsewhere there is no shell for the guest.
SHOWN = {"x86_64": "demo"}

# Their kernels watch themselves: everything takes long, and a multiple of the memory.
WATCHED = ("debug", "kasan", "kcsan", "torture", "rt-debug")

# They patch text that other CPUs run, with each switch of SMT. QEMU before 8.1 may then
# execute a breakpoint that is gone already, unless one thread runs all CPUs.
ONE_THREAD = ("real",)


def machine(flavour):
    return MACHINES[checked(flavour)[0]]


def fragments(flavour):
    return checked(flavour)[1]


def shown(arch):
    """The flavour of the demonstration on an architecture."""
    if arch not in SHOWN:
        raise LabError(f"there is no shell for a guest with ARCH={arch}, only static test "
                       f"programs: 'make check PART={arch}'")
    return SHOWN[arch]


def checked(flavour):
    if flavour not in FLAVOURS:
        raise LabError(f"no such configuration: {flavour} (there are: {' '.join(FLAVOURS)})")
    return FLAVOURS[flavour]


def accelerator(flavour, accel):
    """QEMU's -accel: as many threads of the translator as there are CPUs, or one."""
    if accel == "kvm":
        return "kvm"
    return "tcg,thread=" + ("single" if flavour in ONE_THREAD else "multi")


def cpu_model(mach, accel, bare=False):
    """QEMU's -cpu: what shows SMT to the guest, and what the accelerator allows.

    @bare: an x86 guest is not told that it is one, and does as on hardware

    Without MWAIT: QEMU's translator runs it as a busy loop, and a CPU that is
    offline would take the host's time from those that are not.
    """
    if accel == "kvm":
        return "host"
    if not mach.smt:
        return "max"
    return "max,vendor=GenuineIntel,-monitor" + (",-hypervisor" if bare else "")


def topology(mach, cpus, nodes=1, threads=2):
    """QEMU's -smp: threads of a core where the architecture has them, a socket per node."""
    if mach.smt and cpus % (threads * nodes) == 0:
        return f"{cpus},sockets={nodes},cores={cpus // threads // nodes},threads={threads}"
    return str(cpus)
