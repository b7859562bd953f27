# SPDX-License-Identifier: GPL-2.0
"""Unpacks the base kernel into build/base and watches the files that we replace.

The record of what we replace is lab/tree/replaced.sha256; --record writes it anew
from the present base.

The base is Debian's linux-source-6.12, or the unpacked tree that KERNEL_SRC
names. Nothing in the lab ever writes to it.
"""
import hashlib
import os
import re
import shutil
import subprocess

from lab import common
from lab.common import BASE, LAB, LabError
from lab.tree import overlay

TARBALL = "/usr/src/linux-source-6.12.tar.xz"
RECORD = os.path.join(LAB, "tree", "replaced.sha256")
SERIES = "6.12"


def source():
    """Where the base comes from, and a text that changes when it does."""
    named = os.environ.get("KERNEL_SRC")
    path = os.path.abspath(named) if named else TARBALL
    probe = os.path.join(path, "Makefile") if named else path
    if not os.path.isfile(probe):
        raise LabError(f"no kernel source at {path}: install linux-source-6.12, or let "
                       "KERNEL_SRC name an unpacked 6.12.y")
    stat = os.stat(probe)
    return path, f"{path} {stat.st_size} {stat.st_mtime_ns}\n"


def version(tree):
    """Version of a kernel tree, from its Makefile."""
    with open(os.path.join(tree, "Makefile")) as makefile:
        head = makefile.read(2000)
    number = [re.search(rf"^{part} = *(\S*)", head, re.M)[1]
              for part in ("VERSION", "PATCHLEVEL", "SUBLEVEL")]
    return ".".join(number)


def unpack():
    path, identity = source()
    stamp = BASE + ".from"
    if common.read_text(stamp) == identity:
        return
    if os.path.isdir(path) and not version(path).startswith(SERIES + "."):
        raise LabError(f"{path} is Linux {version(path)}; this core is for {SERIES}.y")
    with common.step(f"unpack the base from {path}"):
        scratch = BASE + ".new"
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)
        if os.path.isdir(path):
            copy_tree(path, scratch)
        else:
            command = ["tar", "-C", scratch, "--strip-components=1", "-xJf", path]
            common.run_logged(command, "unpack", env={"XZ_OPT": "-T0"})
        shutil.rmtree(BASE, ignore_errors=True)
        os.rename(scratch, BASE)
        with open(stamp, "w") as file:
            file.write(identity)


def copy_tree(path, scratch):
    """Copy a source tree without what a build may have left in it."""
    if os.path.exists(os.path.join(path, ".config")):
        raise LabError(f"{path} has been configured in place: run 'make mrproper' there, or "
                       "name a clean tree")
    subprocess.run(["rsync", "-a", "--exclude=/.git", path + "/", scratch + "/"], check=True)


def replaced():
    """Files of the base that a file of ours takes the place of, sorted."""
    return sorted(path for path in overlay.files() if os.path.isfile(os.path.join(BASE, path)))


def checksum(path):
    with open(os.path.join(BASE, path), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def recorded():
    """path -> checksum, as noted when our version of the file was last compared with it."""
    if not os.path.isfile(RECORD):
        return {}
    with open(RECORD) as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {path: value for value, path in rows}


def record():
    with open(RECORD, "w") as file:
        file.write(f"# Base files that ours take the place of, as of Linux {version(BASE)}.\n"
                   "# Made by 'lab/lab base --record' once somebody has looked at the "
                   "differences.\n")
        file.writelines(f"{checksum(path)}  {path}\n" for path in replaced())


def report_changes():
    """Tell of base files that moved under our replacements; never stops the build."""
    known = recorded()
    ours = replaced()
    changed = [path for path in ours if path in known and known[path] != checksum(path)]
    unknown = [path for path in ours if path not in known]
    if changed:
        print(f"\n  NOTICE: Linux {version(BASE)} changed files that this project replaces:")
        print("".join(f"    {path}\n" for path in changed) +
              "  The build goes on with our versions. Look what the change was for, then run\n"
              "  'lab/lab base --record'.\n")
    if unknown:
        print("  NOTICE: replaced, but not in lab/tree/replaced.sha256: " + " ".join(unknown))


def ensure():
    """Have the base in build/base, and tell of changes to files that we replace."""
    unpack()
    report_changes()


def arguments(parser):
    parser.add_argument("--record", action="store_true", help="note the present checksums")


def main(options):
    unpack()
    if options.record:
        record()
    report_changes()
