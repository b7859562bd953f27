# SPDX-License-Identifier: GPL-2.0
"""Compiles every commit of the series, one after the other, without a warning.

Not the whole kernel each time, for a patch to a header would cost hours, but
the sources that the series touches: those of the core in a lean x86_64
configuration, as often as a header of theirs changes; the others, drivers above
all, in one with everything switched on, after the commits that touch them and
after the last one. Nothing is linked. That it could be follows from comparing
symbols with the base and with the end, which are known to link: what the objects
want of the rest of the kernel is what they want there, and what both have for
the rest is there in between.
"""
import glob
import os
import re
import subprocess

from lab import arches, common
from lab.common import BUILD, LAB, say
from lab.tree import trees

TREE = os.path.join(BUILD, "series.tree")
LEAN = "o-lean"

# Where the sources are that the lean kernel does not have, and who compiles them.
ALONE = (
    ("arch/arm64/", "arm64"),
    ("arch/s390/", "s390x"),
    ("arch/x86/events/", "x86_64"),
    ("arch/x86/hyperv/", "x86_64"),
    ("drivers/base/arch_topology.c", "arm64"),
    ("drivers/base/", None),
    ("drivers/gpu/", "x86_64"),
    ("drivers/platform/x86/", "x86_64"),
    ("drivers/scsi/", "x86_64"),
    ("drivers/", "arm64"),
    ("kernel/bpf/", "x86_64"),
    ("net/", "x86_64"),
    ("samples/", "x86_64"),
)
# Compiled as a part of another source.
INCLUDED = {"kernel/sched/deadline.c": "kernel/sched/build_policy.o",
            "kernel/sched/topology.c": "kernel/sched/build_utility.o"}
# New with the series: wholly ours, once its Makefile is there.
FOLDER = "kernel/cpuhp/"
FAILED = "make: exit status"
# Programs and texts, which have builds of their own.
NO_KERNEL = ("tools/", "scripts/", "Documentation/")
# For architectures that can be SMP without hotplug, which the comparison of symbols compiles,
# and for those of which nobody has a compiler here.
NOT_HERE = ("kernel/cpuhp/down_absent.c", "arch/arm/", "arch/mips/", "arch/powerpc/",
            "arch/xtensa/")

# Taken out of allmodconfig: what makes a compilation long and finds nothing here.
WITHOUT = ("DEBUG_INFO", "GCC_PLUGINS", "GCOV_KERNEL", "KASAN", "KCOV", "KCSAN", "UBSAN",
           "WERROR", "RUST", "MODVERSIONS", "DRM_I915_WERROR", "DRM_WERROR")


class Commits:
    """The commits of a repository from a tag, the base, to a branch."""

    def __init__(self, repo, base, branch):
        self.repo, self.base, self.branch = repo, base, branch
        self.list = self.git("rev-list", "--reverse", f"{base}..{branch}").decode().split()

    def git(self, *words):
        return subprocess.run(["git", "-C", self.repo, *words], stdout=subprocess.PIPE,
                              check=True).stdout

    def title(self, revision):
        return self.git("log", "-1", "--format=%s", revision).decode().strip()

    def touched(self, revision=None):
        """Paths that a commit touches; without one, all that the series touches."""
        ends = [f"{revision}~", revision] if revision else [self.base, self.branch]
        return self.git("diff", "--no-renames", "--name-only", *ends).decode().split()

    def content(self, revision, path):
        """A file's bytes after a commit, None where there is no such file."""
        if not self.git("ls-tree", "--name-only", revision, "--", path):
            return None
        return self.git("show", f"{revision}:{path}")


def check(repo, base, branch, flavours=None):
    """Compile commit by commit, for all flavours or some; returns what is not good."""
    commits = Commits(repo, base, branch)
    flavours = flavours or tuple(arches.MACHINES)
    everything = commits.touched()
    lay_out()
    # Whatever the last run left, begin with the base, and forgive what is said about it.
    put(commits, base, everything)
    known = set(configure_lean() + lean(everything))
    if any(FAILED in line for line in known):
        return ["the base itself does not compile: " + line for line in sorted(known)]
    symbols = {base: linkage(everything)}
    complaints = []
    for revision in commits.list:
        paths = [path for path in commits.touched(revision) if is_kernel(path)]
        put(commits, revision, paths)
        found = compiled(paths, everything, flavours) if paths else []
        found = [line for line in found if line not in known]
        symbols[revision] = linkage(everything)
        say(f"    {'fails' if found else 'builds'}: {commits.title(revision)}")
        complaints += [f"{commits.title(revision)}: {line}" for line in found]
    for revision in commits.list:
        complaints += [f"{commits.title(revision)}: {line}" for line in
                       unlinkable(symbols[revision], symbols[base], symbols[commits.list[-1]])]
    complaints += [f"at the end: {line}" for line in alone(everything, flavours)]
    return complaints + [f"{path} was never compiled" for path in everything
                         if is_compiled(path) and not flavour_of(path) and not was_compiled(path)]


def compiled(paths, everything, flavours):
    """What the compilers say after a commit that touches some paths."""
    said = configure_lean() if any("Kconfig" in path for path in paths) else []
    return said + lean(everything) + alone(paths, flavours)


# --- the tree ----------------------------------------------------------------------------

def lay_out():
    """A tree of hard links to the base; object directories of the last run stay."""
    stamp, identity = TREE + ".base", common.read_text(common.BASE + ".from")
    if common.read_text(stamp) != identity:
        subprocess.run(["rm", "-rf", TREE], check=True)
        subprocess.run(["cp", "-al", common.BASE, TREE], check=True)
        common.write_if_changed(stamp, identity.encode())


def put(commits, revision, paths):
    """Make these files what they are after a commit."""
    for path in paths:
        content = commits.content(revision, path)
        target = os.path.join(TREE, path)
        if content is not None:
            if common.write_if_changed(target, content):
                os.chmod(target, 0o755 if content.startswith(b"#!") else 0o644)
        elif os.path.exists(target):
            os.unlink(target)


# --- what is compiled how ----------------------------------------------------------------

def is_kernel(path):
    return not path.startswith(NO_KERNEL) and path != "MAINTAINERS"


def is_compiled(path):
    return is_kernel(path) and path.endswith(".c") and not path.startswith(NOT_HERE)


def flavour_of(path):
    """Who compiles a source alone; None where the lean kernel has it."""
    return next((flavour for prefix, flavour in ALONE if path.startswith(prefix)), None)


def was_compiled(path):
    """Does an object of the lean kernel come from this source, or include it?"""
    result = subprocess.run(["grep", "-rqF", "--include=.*.cmd", "../" + path,
                             os.path.join(TREE, LEAN, os.path.dirname(path))], check=False)
    return result.returncode == 0


# --- symbols -----------------------------------------------------------------------------

def linkage(paths):
    """(wanted of others, there for others) of the objects of the lean kernel."""
    files = [os.path.join(TREE, LEAN, name) for name in targets(paths)]
    if files[-1].endswith("/"):
        files += [name for name in glob.glob(files.pop() + "**/*.o", recursive=True)]
    listing = subprocess.run(["nm", "-g", "-P", *files], stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.DEVNULL, check=False).stdout
    rows = [line.split()[:2] for line in listing.splitlines() if not line.endswith(":")]
    there = {name for name, kind in rows if kind not in "Uwv"}
    return {name for name, kind in rows if kind == "U"} - there, there


def unlinkable(now, base, end):
    """What keeps the objects of a commit from being linked into a kernel."""
    return [f"{name} is defined nowhere" for name in sorted(now[0] - base[0] - end[0])] + \
        [f"{name} is gone" for name in sorted((base[1] & end[1]) - now[1])]


# --- make --------------------------------------------------------------------------------

def targets(paths):
    """What make is asked for in the lean kernel: single objects, and last the folder."""
    names = {INCLUDED.get(path, path[:-2] + ".o") for path in paths
             if is_compiled(path) and not flavour_of(path) and not path.startswith(FOLDER)
             and os.path.exists(os.path.join(TREE, path))}
    folder = [FOLDER] if os.path.exists(os.path.join(TREE, FOLDER, "Makefile")) else []
    return sorted(names) + folder


def configure_lean():
    with open(os.path.join(LAB, "configs", "series.config")) as file:
        return configured(LEAN, "x86_64", "allnoconfig", file.read())


def lean(paths):
    """Compile in the lean kernel; what the compiler says."""
    return make(LEAN, "x86_64", "--keep-going", *targets(paths))


def alone(paths, flavours):
    """Compile those of some sources that the lean kernel does not have."""
    said = []
    for flavour in flavours:
        objects = [path[:-2] + ".o" for path in paths
                   if path.endswith(".c") and is_kernel(path) and flavour_of(path) == flavour
                   and os.path.exists(os.path.join(TREE, path))]
        if objects:
            directory = "o-alone-" + flavour
            said += configured(directory, flavour, "allmodconfig",
                               "".join(f"# CONFIG_{name} is not set\n" for name in WITHOUT)) or \
                make(directory, flavour, "--keep-going", *objects)
    return said


def configured(directory, flavour, goal, text):
    seed = os.path.join(TREE, directory, ".lab-fragment")
    common.write_if_changed(seed, text.encode())
    return make(directory, flavour, goal, env={"KCONFIG_ALLCONFIG": seed})


def make(directory, flavour, *goals, env=None):
    """Run kbuild; the lines with warnings and errors, or else the status if it fails."""
    mach = arches.machine(flavour)
    command = [word if word != trees.source() else TREE
               for word in trees.make_in(directory, mach.kernel_arch, mach.cross)]
    status, log = common.try_logged(["nice", *command, *goals], "series-" + directory,
                                    env={**common.build_env(), **(env or {})})
    with open(log, errors="replace") as file:
        lines = [line.strip() for line in file
                 if re.search(r"\b(warning|error|undefined reference|WARNING)\b:? ", line)]
    if goals[0].endswith("config") and not status:
        return []
    return lines + ([f"{FAILED} {status}, see {log}"] if status else [])
