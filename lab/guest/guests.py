# SPDX-License-Identifier: GPL-2.0
"""Runs a guest under QEMU and never waits for one that has stopped talking.

Owns the QEMU command line, the watchdog on the console's progress and the
probe that decides whether KVM may be used.
"""
import contextlib
import dataclasses
import os
import selectors
import subprocess
import time

from lab import arches, common
from lab.common import BUILD, LabError
from lab.guest import console
from lab.tree import trees

# The end of a guest's life, from good to bad.
DONE, FAILED, DIED, HUNG, OVERTIME = "done", "failed", "died", "hung", "overtime"
WHY = {
    FAILED: "the guest's verdict is fail",
    DIED: "the guest went away without a verdict",
    HUNG: "no line on the console for {watchdog} s",
    OVERTIME: "not finished after {limit} s",
}
PROBE_SECONDS = 40
# A panic that does not even get as far as the reset is not waited for.
PANIC_SECONDS = 10
# A job that there is not: it is run, and fails, in a guest that should have woken up.
NOT_WOKEN = "/lab/the-guest-did-not-wake-up"


@dataclasses.dataclass
class Outcome:
    """How a guest ended and what its console said."""
    end: str
    console: console.Console
    log: str
    seconds: float
    why: str

    @property
    def good(self):
        return self.end == DONE and not self.console.reports

    def usable(self, stock):
        """To measure with: what the stock kernel reports of itself spoils nothing."""
        return self.end == DONE if stock else self.good


@dataclasses.dataclass
class Guest:
    """A guest to run: which kernel, how many CPUs, which jobs."""
    flavour: str = "x86_64"
    stock: bool = False
    cpus: int = common.NCPU
    nodes: int = 1              # NUMA nodes, each with as many CPUs and as much memory
    threads: int = 2            # per core, where the architecture has SMT
    disk: bool = False          # a slow disk with two queues, for the tests of blk-mq
    flips: bool = False         # a disk and two network cards whose interrupts can be directed
    swap: str = ""              # a file that the guest has for a disk, before the slow one
    wake: str = ""              # it hibernates: command line of the kernel that wakes it up
    bare: bool = False          # x86: the guest takes itself for hardware
    kernel: str = ""            # an image, if not the flavour's own
    rootfs: str = ""            # an initramfs, if not the flavour's own
    jobs: str = ""              # words behind "--": jobs separated by " + "
    append: str = ""            # more of the kernel's command line
    log: str = "guest"
    watchdog: int = common.WATCHDOG
    limit: int = 1800           # seconds for the whole life
    job_timeout: int = 300
    accel: str = ""             # "": what ACCEL says, after the probe


def memory(cpus, flavour):
    """MiB: per-CPU areas grow with the CPUs, and the sanitizers eat a multiple."""
    plain = max(768, 256 + 32 * cpus)
    return 2 * plain if flavour in arches.WATCHED else plain


def command_line(guest):
    """The kernel's command line, with the jobs for /init behind "--"."""
    mach = arches.machine(guest.flavour)
    words = [mach.options, "ignore_loglevel", "panic=-1", "printk.devkmsg=on",
             f"lab.timeout={guest.job_timeout}"]
    if "kunit.enable=" not in guest.append:
        words.append("kunit.enable=0")
    return " ".join([*words, guest.append, "--", guest.jobs]).strip()


def qemu(guest, accel, serial):
    mach = arches.machine(guest.flavour)
    label = trees.label(guest.flavour, guest.stock)
    return [*mach.qemu, "-accel", arches.accelerator(guest.flavour, accel),
            "-cpu", arches.cpu_model(mach, accel, guest.bare),
            "-smp", arches.topology(mach, guest.cpus, guest.nodes, guest.threads),
            "-m", str(memory(guest.cpus, guest.flavour)), *numa(guest), *swap(guest.swap),
            *disk(guest.disk), *flips(guest.flips),
            "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            *serial_of(guest.flavour, serial),
            "-kernel", guest.kernel or trees.image(guest.flavour, guest.stock),
            "-initrd", guest.rootfs or os.path.join(BUILD, f"initramfs-{label}.cpio.gz"),
            "-append", command_line(guest)]


def numa(guest):
    """Two nodes need half of the memory each; one is no NUMA machine at all."""
    if guest.nodes == 1:
        return []
    size = memory(guest.cpus, guest.flavour) // guest.nodes
    share = guest.cpus // guest.nodes
    words = []
    for node in range(guest.nodes):
        words += ["-object", f"memory-backend-ram,id=node{node},size={size}M", "-numa",
                  f"node,nodeid={node},cpus={node * share}-{(node + 1) * share - 1},"
                  f"memdev=node{node}"]
    return words


def swap(path):
    """A disk that outlives the machine: /dev/vda where the kernel looks for virtio."""
    if not path:
        return []
    return ["-blockdev", f"driver=file,node-name=swap,filename={path}", "-device",
            "virtio-blk-pci,drive=swap"]


def disk(wanted):
    """Requests take 150 ms: some are on their way when a CPU goes, until its interrupts move."""
    if not wanted:
        return []
    return ["-blockdev", "driver=null-co,node-name=slow,size=67108864,latency-ns=150000000,"
            "read-zeroes=on", "-device", "virtio-blk-pci,drive=slow,num-queues=2"]


def flips(wanted):
    """A disk without MSI, for the kernel directs that of queues itself; two connected cards."""
    if not wanted:
        return []
    words = ["-blockdev", "driver=null-co,node-name=line,size=67108864,read-zeroes=on",
             "-device", "virtio-blk-pci,drive=line,vectors=0"]
    for card in ("card0", "card1"):
        words += ["-netdev", f"hubport,id={card},hubid=0", "-device",
                  f"virtio-net-pci,netdev={card},romfile="]
    return words


def serial_of(flavour, backend):
    """Console device: s390 has its SCLP, the others a UART that -serial knows."""
    if arches.machine(flavour).kernel_arch == "s390":
        return ["-chardev", f"{backend},id=console", "-device", "sclpconsole,chardev=console"]
    return ["-chardev", f"{backend},id=console", "-serial", "chardev:console"]


def accelerator():
    """ACCEL, but KVM only where a guest has really booted with it."""
    if common.ACCEL != "kvm":
        return "tcg"
    verdict = os.path.join(BUILD, "kvm-works")
    if not os.path.exists(verdict):
        with common.step("probe whether a guest boots under KVM"):
            probe = run(Guest(log="kvm-probe", watchdog=PROBE_SECONDS, limit=PROBE_SECONDS,
                              accel="kvm"))
        if probe.end != DONE:
            common.say(f"  KVM is of no use here ({probe.why}); using TCG")
        with open(verdict, "w") as file:
            file.write("kvm" if probe.end == DONE else "tcg")
    with open(verdict) as file:
        return file.read()


def ignore(_text):
    """For who does not want to hear."""


def run(guest, on_line=ignore, on_job=ignore):
    """Boot, follow the console to the end, return an Outcome; always ends.

    @on_line gets each line that a job of the guest writes, as it comes; @on_job
    the name of each job that begins.
    """
    path = common.log_path(guest.log)
    start = time.monotonic()
    seen = console.Console(on_line, on_job)
    with open(path, "w") as log:
        end = boot(guest, seen, log)
        if end == DIED and not seen.verdict and guest.wake:
            end = boot(waking(guest), seen, log)
    if end == DIED and seen.verdict:
        end = DONE if seen.verdict == "pass" else FAILED
    why = WHY.get(end, "").format(watchdog=guest.watchdog, limit=guest.limit)
    return Outcome(end, seen, path, time.monotonic() - start, why)


def waking(guest):
    """The machine that goes on where a hibernated one has stopped.

    Its own kernel gets as far as /init only if there is nothing to go on with.
    """
    return dataclasses.replace(guest, append=guest.wake, jobs=NOT_WOKEN)


def boot(guest, seen, log):
    """Run QEMU until it ends (DIED), or the watchdog bites."""
    argv = qemu(guest, guest.accel or accelerator(), "stdio,signal=off")
    log.write("$ " + " ".join(argv) + "\n")
    log.flush()
    try:
        proc = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, start_new_session=True)
    except FileNotFoundError as error:
        raise LabError(f"{argv[0]} is not installed") from error
    try:
        return follow(proc, guest, seen, log)
    finally:
        common.kill_session(proc)


def follow(proc, guest, seen, log):
    """Feed console lines until QEMU ends (DIED), or the watchdog bites."""
    begun = quiet_since = time.monotonic()
    pending = b""
    with selectors.DefaultSelector() as ready:
        ready.register(proc.stdout, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if now - quiet_since > (PANIC_SECONDS if seen.fatal else guest.watchdog):
                return HUNG
            if now - begun > guest.limit:
                return OVERTIME
            if not ready.select(1):
                continue
            chunk = os.read(proc.stdout.fileno(), 65536)
            if not chunk:
                take(pending, seen, log)
                return DIED
            *lines, pending = (pending + chunk).split(b"\n")
            for raw in lines:
                quiet_since = time.monotonic()
                take(raw, seen, log)


def take(raw, seen, log):
    line = raw.decode(errors="replace").rstrip("\r")
    log.write(line + "\n")
    log.flush()
    seen.feed(line)


def interactive(guest):
    """Give the terminal to the guest's console; returns QEMU's exit status."""
    argv = qemu(guest, guest.accel or accelerator(), "stdio,mux=on,signal=off")
    argv += ["-mon", "chardev=console,mode=readline"]
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.run(argv, check=False).returncode
    return 130


def describe(outcome, lines=25):
    """For a person: what is wrong with a guest, the end of its console, where the log is."""
    text = [outcome.why] if outcome.why else []
    if outcome.console.reports:
        text.append("the kernel reported:")
        text += ["    " + report for report in outcome.console.reports[:10]]
    text += [f"last lines of the console ({outcome.log}):",
             common.tail(outcome.log, lines).rstrip()]
    return "\n".join(text)
