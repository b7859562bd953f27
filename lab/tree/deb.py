# SPDX-License-Identifier: GPL-2.0
"""Builds Debian packages of the kernel with our core, for a machine of one's own.

CONFIG is a complete kernel configuration. By default it is the one that the
running kernel came with, else that of Debian's linux-config-6.12. New options
take their defaults; keys that only the distribution has are left out, and so
is debug information, which would multiply time and size. The kernel's own
bindeb-pkg does the rest. The packages land in build/deb.

--check stops before the compilation: it configures and lets the kernel's
scripts write the control files.
"""
import glob
import lzma
import os
import platform
import shutil
import subprocess

from lab import common
from lab.common import BUILD, LabError, say
from lab.tree import assemble, packages, trees

NAME = "lockstep"
DIRECTORY = "o-deb"
OUT = os.path.join(BUILD, "deb")
DEBIAN_CONFIG = "/usr/src/linux-config-6.12/config.amd64_none_amd64.xz"

# What the distribution's configuration cannot have outside its own builds, and what we add.
CHANGES = (
    ("--set-str", "LOCALVERSION", "-" + NAME),
    ("--set-str", "BUILD_SALT", ""),
    ("--set-str", "SYSTEM_TRUSTED_KEYS", ""),
    ("--set-str", "SYSTEM_REVOCATION_KEYS", ""),
    ("--disable", "MODULE_SIG_ALL"),
    ("--disable", "DEBUG_INFO_BTF"),
    ("--disable", "DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT"),
    ("--disable", "DEBUG_INFO_DWARF4"),
    ("--disable", "DEBUG_INFO_DWARF5"),
    ("--enable", "DEBUG_INFO_NONE"),
)

# Without these the packages would not be worth their name.
REQUIRED = ("SMP", "HOTPLUG_CPU", "MODULES")


def find_config(named):
    running = "/boot/config-" + platform.release()
    for path in [named] if named else [running, DEBIAN_CONFIG]:
        if os.path.isfile(path):
            return path
    raise LabError(f"no configuration at {named or running + ' nor ' + DEBIAN_CONFIG}")


def read_config(path):
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rb") as file:
        return file.read()


def make(*words, log):
    command = ["nice", *trees.make_in(DIRECTORY, "x86_64"), "DPKG_FLAGS=-d", *words]
    common.run_logged(command, log, env=common.build_env())


def configure(directory, path):
    config = os.path.join(directory, ".config")
    os.makedirs(directory, exist_ok=True)
    with open(config, "wb") as file:
        file.write(read_config(path))
    script = os.path.join(trees.source(), "scripts", "config")
    for change in CHANGES:
        subprocess.run([script, "--file", config, *change], check=True)
    make("olddefconfig", log="deb-config")
    with open(config) as file:
        lines = set(file.read().splitlines())
    missing = [option for option in REQUIRED if f"CONFIG_{option}=y" not in lines]
    if missing:
        raise LabError(f"{path} gives a kernel without {' '.join(missing)}")


def write_control_files(directory):
    """What bindeb-pkg does first; returns the names of the packages that it will make."""
    make("include/config/kernel.release", log="deb-release")
    make("run-command", "KBUILD_RUN_COMMAND=../scripts/package/mkdebian", log="deb-control")
    with open(os.path.join(directory, "debian", "control")) as file:
        return [line.split()[1] for line in file if line.startswith("Package:")]


def build():
    """bindeb-pkg leaves the packages beside its object directory, that is, in the tree."""
    leftovers = os.path.join(trees.source(), "linux-*_*")
    for path in glob.glob(leftovers):
        os.unlink(path)
    make("bindeb-pkg", log="deb")
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    for path in glob.glob(leftovers):
        shutil.move(path, OUT)
    return sorted(glob.glob(os.path.join(OUT, "*.deb")))


def arguments(parser):
    parser.add_argument("--check", action="store_true", help="stop before the compilation")
    parser.add_argument("config", nargs="?", help="a complete kernel configuration")


def main(options):
    packages.ensure("deb", "source")
    assemble.ensure()
    path = find_config(options.config)
    directory = os.path.join(trees.source(), DIRECTORY)
    with common.step(f"configure as {path}"):
        configure(directory, path)
    names = write_control_files(directory)
    if options.check:
        say("  would build: " + " ".join(names))
        return 0
    with common.step("compile and package"):
        built = build()
    say("\n".join("  " + os.path.relpath(package, common.ROOT) for package in built))
    say(f"\nInstall linux-image-*{NAME}*.deb with dpkg -i, then reboot into it.")
    return 0
