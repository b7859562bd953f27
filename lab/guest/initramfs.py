# SPDX-License-Identifier: GPL-2.0
"""Makes the guest's root file system: build/initramfs-FLAVOUR.cpio.gz.

Everything in it is static. Always there: init.c of lab/guest/inside as /init,
the other programs there as /lab/NAME, our kselftests as the kernel's own
"make install" lays them out under /kselftest, and the kernel's modules under
/modules. Where the build machine is of the guest's architecture: busybox,
bash, the scripts of lab/guest/inside and the base's own hotplug test.
"""
import glob
import os
import shutil
import subprocess

from lab import arches, common
from lab.common import BASE, BUILD, LAB, ROOT
from lab.guest import cpio
from lab.tree import trees

INSIDE = os.path.join(LAB, "guest", "inside")
BASE_TEST = "tools/testing/selftests/cpu-hotplug/cpu-on-off-test.sh"
KSELFTEST_LIMIT = 600   # seconds to build them
DIRECTORIES = ("bin", "dev", "lab", "modules", "proc", "sys", "tmp", "usr", "usr/bin")
NODES = ("nod /dev/console 0600 0 0 c 5 1", "nod /dev/null 0666 0 0 c 1 3")


def compile_guest(mach, scratch):
    """Compile the programs of the guest; returns (path in the guest, file) pairs."""
    pairs = []
    shared = max(map(os.path.getmtime, glob.glob(os.path.join(INSIDE, "*.h"))))
    for source in sorted(glob.glob(os.path.join(INSIDE, "*.c"))):
        name = os.path.basename(source)[:-2]
        binary = os.path.join(scratch, name)
        newest = max(shared, os.path.getmtime(source))
        if not os.path.exists(binary) or os.path.getmtime(binary) < newest:
            common.run_logged([mach.cross + "gcc", "-static", "-O2", "-Wall", "-Wextra", "-pthread",
                               "-o", binary, source], "guest-" + name)
        pairs.append(("/init" if name == "init" else "/lab/" + name, binary))
    return pairs


def install_kselftests(flavour, stock, scratch):
    """The selftests of hotplug, built and installed the kernel's way.

    Static, against the build machine's headers. Returns (guest path, file) pairs.
    """
    if stock:
        return []
    mach = arches.machine(flavour)
    installed = os.path.join(scratch, "kselftest")
    mark, now = installed + ".made-from", trees.state(flavour)
    if common.read_text(mark) == now:
        return files_below(installed, "/kselftest")
    shutil.rmtree(installed, ignore_errors=True)
    objects = trees.objects(flavour)
    command = ["make", f"-j{common.JOBS}", "-C",
               os.path.join(trees.source(), "tools/testing/selftests"),
               "TARGETS=cpu-hotplug", f"O={objects}", f"ARCH={mach.kernel_arch}",
               f"CROSS_COMPILE={mach.cross}", f"CC={mach.cross}gcc", "USERLDFLAGS=-static",
               f"KDIR={objects}", f"KSFT_INSTALL_PATH={installed}"]
    # The test module is built beside its source, where another flavour's may lie.
    for goal in ("clean", "install"):
        with common.limited(KSELFTEST_LIMIT):
            common.run_logged([*command, goal], f"kselftest-{goal}-{flavour}",
                              env=common.build_env())
    with open(mark, "w") as file:
        file.write(now)
    return files_below(installed, "/kselftest")


def files_below(directory, where):
    pairs = []
    for here, _, names in os.walk(directory):
        relative = os.path.relpath(here, directory)
        pairs += [(os.path.normpath(os.path.join(where, relative, name)),
                   os.path.join(here, name)) for name in names]
    return pairs


def kselftest_jobs(pairs, mach, scratch):
    """A job file for /init from the installed list, scripts only where a shell is."""
    listing = os.path.join(scratch, "kselftest", "kselftest-list.txt")
    if not os.path.isfile(listing):
        return []
    with open(listing) as file:
        tests = ["/kselftest/" + line.strip().replace(":", "/") for line in file if line.strip()]
    there = dict(pairs)
    if not mach.busybox:
        tests = [test for test in tests if not is_script(there[test])]
    jobs = os.path.join(scratch, "kselftest.jobs")
    with open(jobs, "w") as file:
        file.writelines(test + "\n" for test in tests)
    return [("/lab/kselftest.jobs", jobs)]


def is_script(path):
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def modules(flavour, stock):
    """The modules that the kernel's build lists."""
    directory = trees.objects(flavour, stock)
    listing = common.read_text(os.path.join(directory, "modules.order")) or ""
    built = [os.path.join(directory, os.path.splitext(name)[0] + ".ko")
             for name in listing.split()]
    return [("/modules/" + os.path.basename(path), path) for path in built
            if os.path.isfile(path)]


def shell_world():
    """What needs a shell: busybox, bash, our scripts, the base's test as it is."""
    pairs = [("/bin/busybox", "/bin/busybox"), ("/bin/bash", "/bin/bash-static"),
             ("/lab/base/cpu-on-off-test.sh", os.path.join(BASE, BASE_TEST))]
    for script in sorted(glob.glob(os.path.join(INSIDE, "*.sh"))):
        pairs.append(("/lab/" + os.path.basename(script), script))
    for data in sorted(glob.glob(os.path.join(INSIDE, "*.awk"))):
        pairs.append(("/lab/" + os.path.basename(data), data))
    profile = os.path.join(INSIDE, "profile")
    if os.path.isfile(profile):
        pairs.append(("/etc/profile", profile))
    return pairs


def applets():
    """(link, target) pairs: busybox's commands, but bash stays bash."""
    listing = subprocess.run(["/bin/busybox", "--list"], stdout=subprocess.PIPE, check=True)
    return [("/bin/" + name, "busybox") for name in listing.stdout.decode().split()
            if name not in ("busybox", "bash", "[[")]


def user_tool(mach, scratch):
    """tools/cpuhp, the user's tool; its libraries are there for the build machine only."""
    directory = os.path.join(ROOT, "tools/cpuhp")
    if not mach.busybox:
        return []
    out = os.path.join(scratch, "cpuhp")
    common.run_logged(["make", "-C", directory, "STATIC=1", f"O={out}"], "tool-cpuhp",
                      env=common.build_env())
    return [("/usr/bin/cpuhp", os.path.join(out, "cpuhp"))]


def ensure(flavour, stock=False):
    """Have the archive of a kernel that is built."""
    mach = arches.machine(flavour)
    label = trees.label(flavour, stock)
    scratch = os.path.join(BUILD, "guest-" + label)
    os.makedirs(scratch, exist_ok=True)
    with common.step(f"make the initramfs for {label}"):
        pairs = compile_guest(mach, scratch)
        tests = install_kselftests(flavour, stock, scratch)
        pairs += tests + kselftest_jobs(tests, mach, scratch)
        pairs += modules(flavour, stock)
        links = []
        if mach.busybox:
            pairs += shell_world()
            links = applets()
        pairs += user_tool(mach, scratch)
        cpio.pack(os.path.join(BUILD, f"initramfs-{label}.cpio.gz"), flavour, stock,
                  pairs, links, DIRECTORIES, NODES)


def arguments(parser):
    trees.arguments(parser)


def main(options):
    ensure(options.flavour, options.stock)
