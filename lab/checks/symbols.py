# SPDX-License-Identifier: GPL-2.0
"""Compare the symbols of the base's replaced objects with those of ours.

For each case, a configuration, only the objects in question are built, in
build/stock and in build/linux, and joined into one object per tree. nm then
tells the global symbols and their binding, the kernel's modpost what is
exported and to whom. A symbol of the base that is missing, a weak hook that
became strong or the reverse, and an export of another class are failures, and
so is what the compiler, with W=1, says about our files. What ours has beyond
the base is counted, and is no failure.
"""
import concurrent.futures
import dataclasses
import os
import shutil
import subprocess

from lab.common import LabError, say
from lab.results import Results
from lab.tree import assemble, partial

# What kernel/Makefile may list of the objects in question; each tree has its own part.
OBJECTS = ("cpu.o", "smpboot.o", "freezer.o", "freezer_events.o", "cpu_mitigations.o",
           "kthread_bound.o", "kthread_bound_cpu.o", "cpuhp/")

# Options that add code, and with it symbols, to those objects.
RICH = ("MODULES PRINTK BUG PROC_FS SYSFS FUTEX CGROUPS CGROUP_FREEZER FTRACE "
        "ENABLE_DEFAULT_TRACERS DEBUG_KERNEL DEBUG_FS PROVE_LOCKING")
HOTPLUG = "SMP HOTPLUG_CPU CPU_HOTPLUG_STATE_CONTROL"
SLEEP = "SUSPEND PM_SLEEP"


@dataclasses.dataclass(frozen=True)
class Case:
    """One configuration: allnoconfig with @on set and @off known to be off."""
    arch: str
    cross: str
    on: str
    off: str = ""
    link: tuple = ()    # what the linker must be told


CASES = {
    # full, split and parallel start-up, SMT
    "x86_64": Case("x86_64", "", f"{RICH} {HOTPLUG} {SLEEP}"),
    "x86_64-lean": Case("x86_64", "", "SMP HOTPLUG_CPU"),
    "x86_64-up": Case("x86_64", "", f"{RICH} {SLEEP}", "SMP"),
    "x86_64-allno": Case("x86_64", "", "", "SMP"),
    # split start-up that is not parallel
    "i386": Case("i386", "", f"{RICH} {HOTPLUG} {SLEEP} X86_LOCAL_APIC", link=("-m", "elf_i386")),
    # dead-sync; x86 and s390 cannot be SMP without HOTPLUG_CPU, these can
    "arm64": Case("arm64", "aarch64-linux-gnu-", f"{RICH} {HOTPLUG} {SLEEP}"),
    "arm64-nohotplug": Case("arm64", "aarch64-linux-gnu-", f"{RICH} SMP", "HOTPLUG_CPU"),
    "riscv": Case("riscv", "riscv64-linux-gnu-", f"{RICH} {HOTPLUG} {SLEEP} MMU"),
    # no sync protocol
    "s390x": Case("s390", "s390x-linux-gnu-", f"{RICH} {HOTPLUG}"),
    # no sync protocol, SMT whose threads per core are known at run time only
    "powerpc": Case("powerpc", "powerpc64le-linux-gnu-",
                    f"{RICH} {HOTPLUG} PPC64 PPC_BOOK3S_64 PPC_PSERIES CPU_LITTLE_ENDIAN"),
}


@dataclasses.dataclass(frozen=True)
class Symbol:
    """What the rest of the kernel can rely on."""
    weak: bool
    export: str         # "", "EXPORT_SYMBOL" or "EXPORT_SYMBOL_GPL"


def configure(build, case):
    """allnoconfig with the case's options, each of which must have been accepted."""
    build.configure("".join(f"CONFIG_{option}=y\n" for option in case.on.split()))
    enabled = build.enabled()
    wrong = [f"{option} is off" for option in case.on.split() if option not in enabled]
    wrong += [f"{option} is on" for option in case.off.split() if option in enabled]
    if wrong:
        raise LabError(f"not the configuration meant: {', '.join(wrong)}")


def objects(build):
    """The objects in question that this configuration builds, as kernel/Makefile says."""
    query = (f"include {build.path}/.config\n"
             f"include {build.tree}/kernel/Makefile\n"
             "print-objects:\n\t@echo $(obj-y)\n")
    listed = subprocess.run(["make", "-s", "-f", "-", "print-objects"], input=query, text=True,
                            capture_output=True, check=True).stdout.split()
    return [f"kernel/{name}" for name in OBJECTS if name in listed]


def join(build, case):
    """The objects as one, in a directory of its own, whose path is returned."""
    files = [os.path.join(build.path, name + "built-in.a" if name.endswith("/") else name)
             for name in objects(build)]
    directory = os.path.join(build.path, "symbols")
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    # modpost takes a file of this name for what it is: a part of the kernel image.
    tool(directory, case.cross + "ld", *case.link, "-r", "-o", "vmlinux.o", "--whole-archive",
         *files)
    return directory


def examined(case, stock):
    """One tree's symbols, and what the compiler said about our files."""
    # Cases of one architecture share a directory: make keeps host tools and headers.
    build = partial.Partial("symbols-" + case.arch, case.arch, case.cross, stock)
    configure(build, case)
    complaints = []
    if stock:
        build.make(*objects(build))
    else:
        complaints = build.complaints("W=1", *objects(build))
    return symbols(build, case), complaints


def symbols(build, case):
    """What the objects define for others: {name: Symbol}."""
    directory = join(build, case)
    tool(directory, "../scripts/mod/modpost", "-M", "-o", "exports", "vmlinux.o")
    with open(os.path.join(directory, "exports")) as exports:
        classes = {f[1]: f[3] for f in (line.rstrip("\n").split("\t") for line in exports)}
    found = {}
    listing = tool(directory, case.cross + "nm", "-g", "-P", "--defined-only", "vmlinux.o")
    for line in listing.splitlines():
        name, kind = line.split()[:2]
        if not name.startswith("__pfx_"):
            found[name] = Symbol(kind in "VvWw", classes.get(name, ""))
    return found


def tool(cwd, *argv):
    result = subprocess.run(argv, cwd=cwd, text=True, capture_output=True)
    if result.returncode:
        raise LabError(f"{' '.join(argv)} in {cwd}:\n{result.stderr}")
    return result.stdout


def differences(base, ours):
    """Lines for a person: what the base gives to the kernel and ours does not."""
    for name in sorted(base):
        want, have = base[name], ours.get(name)
        if not have:
            yield f"{name} is missing"
            continue
        if have.weak != want.weak:
            yield f"{name} is {'weak' if have.weak else 'strong'}, the base's is not"
        if have.export != want.export:
            yield f"{name}: {have.export or 'not exported'}, the base: {want.export or 'not'}"


def compare(name, results):
    """Say the case's row, and count whether ours has all that the base has."""
    case = CASES[name]
    try:
        # Much of each is one process at a time: both side by side.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            trees = [pool.submit(examined, case, stock) for stock in (True, False)]
            (base, _), (ours, complaints) = [tree.result() for tree in trees]
    except LabError as error:
        say(f"{name:<18}  not compared")
        results.fail(name, str(error).splitlines())
        return
    found = list(differences(base, ours)) + complaints
    exports = sum(bool(symbol.export) for symbol in base.values())
    say(f"{name:<18} {len(base):6} {exports:8} {len(ours):6} {len(ours.keys() - base.keys()):6} "
        f"{len(found):6}  {'FAIL' if found else 'ok'}")
    results.found(name, found)


def run(names=tuple(CASES)):
    """These cases; returns Results."""
    unknown = [name for name in names if name not in CASES]
    if unknown:
        raise LabError(f"no such case: {' '.join(unknown)} (there are: {' '.join(CASES)})")
    for stock in (False, True):
        assemble.ensure(stock)
    say(f"{'configuration':<18} {'base':>6} {'exported':>8} {'ours':>6} {'added':>6} {'wrong':>6}")
    results = Results()
    for name in names:
        compiler = CASES[name].cross + "gcc"
        if not shutil.which(compiler):
            say(f"{name:<18}  skipped: no {compiler}")
            results.skip(name)
        else:
            compare(name, results)
    return results


def arguments(parser):
    parser.add_argument("cases", nargs="*", metavar="CASE", default=list(CASES),
                        help=" ".join(CASES))


def main(options):
    return run(options.cases).report()
