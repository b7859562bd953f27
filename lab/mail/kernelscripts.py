# SPDX-License-Identifier: GPL-2.0
"""The kernel's own scripts that judge files and patches, run in the assembled tree."""
import concurrent.futures
import os
import subprocess

from lab import common
from lab.tree import trees

# Not asked for: MAINTAINERS is a patch of its own, and whoever mails a patch signs it.
OPTIONS = ("--strict", "--terse", "--show-types", "--no-summary", "--quiet", "--showfile",
           "--no-signoff", "--ignore=FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID")

# Where and which complaint of checkpatch does not hold in our files, and why.
EXCEPTIONS = (
    ("include/trace/events/", ("PARENTHESIS_ALIGNMENT", "OPEN_ENDED_LINE", "FUNCTION_ARGUMENTS"),
     "the form in which the whole kernel writes TRACE_EVENT"),
    ("kernel/cpu.c", ("BRACKET_SPACE", "COMPLEX_MACRO", "MACRO_ARG_REUSE", "NR_CPUS"),
     "rows of a table whose size is NR_CPUS, with constants for arguments"),
    ("kernel/cpu.c", ("EXPORT_SYMBOL",),
     "does follow its variable, which DECLARE_BITMAP() hides"),
    ("kernel/freezer.c", ("EXPORT_SYMBOL",),
     "does follow its variable, which DEFINE_STATIC_KEY_FALSE() hides"),
    ("include/linux/freezer.h", ("ENOSYS",), "what freezing returns where it is not built"),
    ("arch/x86/kernel/cpu/mtrr/", ("CAMELCASE",), "what the kernel calls these registers"),
    ("arch/x86/include/asm/stop_machine.h", ("ARCH_INCLUDE_LINUX",),
     "the header in include/linux is about loading modules for features"),
    ("kernel/kthread.c", ("ENOSYS",), "what kthread_park() returns for a thread that exits"),
    ("kernel/cpuhp/steps.c", ("PARENTHESIS_ALIGNMENT",), "a table, aligned as one"),
    ("tools/testing/cpuhp/", ("CAMELCASE",), "a name that libFuzzer calls"),
    ("tools/testing/cpuhp/linux/", ("VOLATILE", "PREFER_DEFINED_ATTRIBUTE_MACRO"),
     "defines what the kernel's headers would"),
    ("tools/testing/cpuhp/scale/", ("AVOID_EXTERNS", "COMPLEX_MACRO", "MACRO_ARG_REUSE",
                                    "MACRO_ARG_UNUSED", "MEMORY_BARRIER", "NEW_TYPEDEFS",
                                    "PREFER_DEFINED_ATTRIBUTE_MACRO", "PREFER_KERNEL_TYPES"),
     "the same, per-CPU data as copies of a section, and nothing to order in one thread"),
    ("tools/testing/selftests/", ("COMPLEX_MACRO", "MACRO_ARG_REUSE", "MACRO_WITH_FLOW_CONTROL"),
     "loops, main() and SKIP() of the harness are made of such macros"),
    ("tools/testing/selftests/cpu-hotplug/cpumap_test.c", ("ENOSYS",),
     "what bpf() answers in a kernel without it"),
    ("tools/testing/selftests/cpu-hotplug/eintr_test.c", ("ENOSYS",),
     "what a kernel answers that lacks a system call"),
)


def script(name, *words):
    """The lines that a script of scripts/ prints.

    It runs in the assembled tree, not in the checkout: inside one, checkpatch
    takes a patch that git tracks for a source file.
    """
    result = subprocess.run([os.path.join("scripts", name), *words], cwd=trees.source(),
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            check=False)
    return [line for line in result.stdout.splitlines() if line.strip()]


def checkpatch(*words):
    """What checkpatch.pl has to say, without what the table of exceptions names."""
    return [line for line in script("checkpatch.pl", *OPTIONS, *words) if not excused(line)]


def checkpatch_each(function, parts):
    """The lines of @function for each of @parts, several of which run at a time."""
    with concurrent.futures.ThreadPoolExecutor(common.JOBS) as pool:
        return [line for lines in pool.map(function, parts) for line in lines]


def checkpatch_files(paths):
    """What it says about source files."""
    shares = [paths[share::common.JOBS] for share in range(common.JOBS)]
    return checkpatch_each(lambda share: checkpatch("-f", *share), filter(None, shares))


def checkpatch_patches(paths):
    """What it says about patches; lines about a message begin with the patch's name."""
    return checkpatch_each(checkpatch_patch, paths)


def checkpatch_patch(path):
    name = os.path.basename(path)
    return [name + line if line.startswith(":") else line for line in checkpatch(path)]


def excused(line):
    path, _, complaint = line.partition(":")
    return any(path.startswith(prefix) and f":{kind}: " in complaint
               for prefix, kinds, _ in EXCEPTIONS for kind in kinds)
