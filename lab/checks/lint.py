# SPDX-License-Identifier: GPL-2.0
"""Static checks of our files: no output about them is what passes.

The kernel's own checkers and compilers look at what this repository adds to
the tree; what they say about other files is not ours to mend and is left out.
Only the objects of our files are compiled, in object directories of their own.
Other architectures' compilers have their say in the comparison of symbols.
"""
import dataclasses
import os
import re
import shutil
import subprocess

from lab import arches, common
from lab.common import LAB, ROOT, LabError, say
from lab.mail import kernelscripts
from lab.results import Results
from lab.tree import assemble, overlay, partial

# What checkpatch has rules for.
CHECKED = (".c", ".h", ".sh", ".py", ".rst", ".cocci", "Makefile", "Kconfig")


@dataclasses.dataclass(frozen=True)
class Compiler:
    """How our objects are compiled for one check."""
    flavour: str
    words: tuple        # for make


COMPILERS = {
    # Sparse without its count of locks, which follows neither guard() nor a conditional lock.
    "gcc": Compiler("x86_64", ("W=1", "C=2", "CF=-Wno-context")),
    # With the debug options, for the code that only they compile.
    "clang": Compiler("debug", ("W=1", "LLVM=1", "HOSTCC=gcc")),
}


def ours(*endings):
    return [path for path in overlay.files() if path.endswith(endings)]


# --- with the compiler ---------------------------------------------------------------

def configuration(flavour):
    text = ""
    for name in arches.fragments(flavour):
        with open(os.path.join(LAB, "configs", name + ".config")) as file:
            text += file.read()
    return text


def prepared(name):
    """An object directory that is ready to compile our files."""
    how = COMPILERS[name]
    mach = arches.machine(how.flavour)
    build = partial.Partial("lint-" + name, mach.kernel_arch, mach.cross, words=how.words)
    build.configure(configuration(how.flavour))
    build.make("prepare")
    return build


def targets():
    """What make is asked for: directories that are wholly ours, and single objects."""
    sources = partial.kernel_sources()
    wholes = {os.path.dirname(source) for source in sources
              if not os.path.exists(os.path.join(common.BASE, os.path.dirname(source)))}
    tops = {path for path in wholes if os.path.dirname(path) not in wholes}
    singles = [source[:-2] + ".o" for source in sources if os.path.dirname(source) not in wholes]
    return [path + "/" for path in sorted(tops)] + singles


def compile_check(name):
    return prepared(name).complaints(*targets())


# --- without ---------------------------------------------------------------------------

def checkpatch():
    """The patches have their turn with the series."""
    return kernelscripts.checkpatch_files(ours(*CHECKED))


def kernel_doc():
    """Every kernel-doc comment is complete and agrees with what it documents."""
    return kernelscripts.script("kernel-doc", "-none", "-Wall", *ours(".c", ".h"))


def written_in(ending, interpreter):
    """Scripts of the whole repository, told by their name or by their first line."""
    listing = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached",
                              "--others", "--exclude-standard"], cwd=ROOT,
                             stdout=subprocess.PIPE, check=True).stdout.decode()
    first_line = re.compile(rb"#!.*\b" + interpreter + rb"\b")
    found = []
    for name in sorted(set(filter(None, listing.split("\0")))):
        path = os.path.join(ROOT, name)
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            if name.endswith(ending) or first_line.match(file.readline()):
                found.append(name)
    return found


def reader(ending, interpreter, *command):
    """What a checker says about all scripts in one language."""
    files = written_in(ending, interpreter)
    if not files:
        return []
    result = subprocess.run([*command, *files], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    return result.stdout.splitlines()


def shellcheck():
    """Errors and warnings; quoting what cannot hold white space is a matter of taste."""
    return reader(".sh", rb"(?:ba|da)?sh", "shellcheck", "--format=gcc", "--severity=warning",
                  "--external-sources", "--source-path=SCRIPTDIR")


def pyflakes():
    return reader(".py", rb"python3", "pyflakes3")


@dataclasses.dataclass(frozen=True)
class Check:
    """One row of the output."""
    what: str
    run: callable
    args: tuple = ()
    needs: tuple = ()       # programs


CHECKS = {
    "checkpatch": Check("checkpatch.pl --strict over our files", checkpatch),
    "kernel-doc": Check("kernel-doc -Wall", kernel_doc),
    "shellcheck": Check("shellcheck over our scripts", shellcheck, (), ("shellcheck",)),
    "pyflakes": Check("pyflakes over our scripts", pyflakes, (), ("pyflakes3",)),
    "gcc": Check("gcc W=1 and sparse, x86_64", compile_check, ("gcc",), ("sparse",)),
    "clang": Check("clang W=1, x86_64 with the debug options", compile_check, ("clang",),
                   ("clang", "ld.lld")),
}


def run_check(name, results):
    check = CHECKS[name]
    absent = [program for program in check.needs if not shutil.which(program)]
    if absent:
        say(f"  {check.what:<50} skipped: no {' '.join(absent)}")
        results.skip(name)
        return
    try:
        found = check.run(*check.args)
    except LabError as error:
        found = str(error).splitlines()
    say(f"  {check.what:<50} {f'{len(found)} lines' if found else 'nothing'}")
    results.found(name, found)


def run(names=tuple(CHECKS)):
    """These checks; returns Results."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise LabError(f"no such check: {' '.join(unknown)} (there are: {' '.join(CHECKS)})")
    assemble.ensure()
    results = Results()
    for name in names:
        run_check(name, results)
    return results


def arguments(parser):
    parser.add_argument("checks", nargs="*", metavar="CHECK", default=list(CHECKS),
                        help=" ".join(CHECKS))


def main(options):
    return run(options.checks).report()
