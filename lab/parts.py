# SPDX-License-Identifier: GPL-2.0
"""The parts of "make check": a table, and one function per kind of part.

A part returns Results and never prints. It may raise LabError for what keeps
it from running; its caller counts that as a failure.
"""
import dataclasses
import os
import re
import subprocess

import arches
import common
import console
import guests
import ktap
import partitions
import soaking
import successors
import trees
import users
from common import BUILD, LAB, LabError
from ktap import Results

HOST_LIMIT = 1800       # seconds for a tool on the host


@dataclasses.dataclass(frozen=True)
class Part:
    """A row of the table: what "PART=name" runs."""
    name: str
    what: str
    run: callable
    args: tuple = ()
    packages: tuple = ()
    by_default: bool = True     # False: another part does it too, or it takes long


# --- on the host ---------------------------------------------------------------------

def tool(name):
    """A program of lab/ that ends with the plain line."""
    path = os.path.join(LAB, name)
    if not os.access(path, os.X_OK):
        raise LabError(f"lab/{name} is not there")
    return command([path], name)


def command(argv, name):
    status, log = common.try_logged(argv, name, env=common.build_env(), timeout=HOST_LIMIT)
    with open(log, errors="replace") as file:
        results = ktap.of_command(status, file.read(), name)
    if status == 124:
        results.notes.append(f"        {name} was stopped after {HOST_LIMIT} s")
    if results.failed:
        results.notes.append(f"        see {log}")
    return results


def model_directory():
    path = os.path.join(common.ROOT, "tools/testing/cpuhp")
    if not os.path.isdir(path):
        raise LabError("tools/testing/cpuhp is not there")
    return path


def model(target):
    """Planner and walker in user space, with sanitizers and the bounded fuzzer."""
    out = os.path.join(BUILD, "model")
    os.makedirs(out, exist_ok=True)
    return command(["make", "-C", model_directory(), f"OUTPUT={out}", target], "model-" + target)


def user_tool():
    """The tests of tools/cpuhp, which run against a made-up sysfs."""
    directory = os.path.join(common.ROOT, "tools/cpuhp")
    if not os.path.isdir(directory):
        raise LabError("tools/cpuhp is not there")
    out = os.path.join(BUILD, "tool-cpuhp")
    return command(["make", "-C", directory, f"O={out}", "check"], "tool")


def plain_build(target):
    """One of kbuild's own configurations builds with our files in the tree."""
    build_tree()
    words = trees.make_in("o-" + target, "x86_64")
    results = Results()
    for goal in (target, "vmlinux"):
        with common.step(f"make {target}: {goal}"):
            status, log = common.try_logged(["nice", *words, goal], f"{target}-{goal}",
                                            env=common.build_env(), timeout=HOST_LIMIT)
        if status:
            results.fail(f"make {target}: exit status {status}, see {log}")
            return results
    results.ok()
    return results


def build_tree():
    for name in ("base", "assemble"):
        must(name)


def must(name, *words):
    """Run a tool of the lab that has to succeed before a test can run."""
    result = subprocess.run([os.path.join(LAB, name), *words], stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, check=False)
    if result.returncode:
        said = result.stderr.decode(errors="replace").strip()
        raise LabError(said or f"lab/{name} failed, see above")


# --- in a guest ----------------------------------------------------------------------

def build(flavour):
    must("kernel", flavour)
    must("initramfs", flavour)


def in_guest(flavour, log, jobs, expected=None, **guest):
    """Boot, run jobs, and judge: the guest's end, the kernel's reports, each job.

    @expected: the jobs that must have run, where @jobs names a file of them
    """
    common.say(f"  boot {flavour} ({log})")
    outcome = guests.run(guests.Guest(flavour=flavour, jobs=" + ".join(jobs), log=log, **guest),
                         on_job=lambda job: common.say(f"    {job}"))
    results = Results()
    for job in outcome.console.jobs:
        results.add(ktap.of_job(job), f"{without_directory(job.name)}: ")
    names = [job.name for job in outcome.console.jobs]
    for missing in [job for job in expected or jobs if job not in names]:
        results.fail(f"{missing}: never ran")
    judge_kernel(outcome, results)
    if not outcome.good or results.failed:
        results.notes.append(f"        console: {outcome.log}")
    return results, outcome


def without_directory(command):
    return re.sub(r"^/\S*/", "", command)


def judge_kernel(outcome, results):
    """The machine itself is a test: it must end by itself, and have nothing to report."""
    if outcome.end in (guests.DONE, guests.FAILED):
        results.ok()
    else:
        results.fail(f"the guest: {outcome.why}")
        results.notes += ["        " + line for line in common.tail(outcome.log, 15).splitlines()]
    if not outcome.console.reports:
        results.ok()
    for report in outcome.console.reports[:20]:
        results.fail(f"kernel report: {report}")


def kunit(flavour):
    """The suites cpuhp* run while the kernel boots; their KTAP is on the console."""
    build(flavour)
    results, outcome = in_guest(flavour, f"kunit-{flavour}", [],
                                append="kunit.enable=1 kunit.filter_glob=cpuhp*")
    suites = ktap.parse(kunit_lines(outcome.console.kernel))
    if not suites.total:
        suites.fail("no KUnit suite cpuhp* ran")
    results.add(suites)
    return results


def kunit_lines(records):
    """From KUnit's header on, what looks like KTAP; other messages of the kernel lie between."""
    texts = [text for _, text in records]
    starts = [i for i, text in enumerate(texts) if text.startswith("KTAP version")]
    keep = re.compile(r"^ *(ok|not ok|1\.\.|Bail out)")
    return [text for text in texts[starts[0]:] if keep.match(text)] if starts else []


def kselftests(flavour):
    """Every test on the list that the selftests' Makefile installed."""
    build(flavour)
    listing = os.path.join(BUILD, f"guest-{flavour}", "kselftest.jobs")
    if not os.path.isfile(listing):
        raise LabError("the kselftests were not installed")
    with open(listing) as file:
        jobs = file.read().split("\n")[:-1]
    if not jobs:
        raise LabError("there is no kselftest to run")
    results, _ = in_guest(flavour, f"kselftest-{flavour}", ["@/lab/kselftest.jobs"], jobs,
                          append=parameters(flavour), job_timeout=900, limit=3000,
                          **hardware(flavour))
    if arches.machine(flavour).smt:
        results.add(smt_for_good(flavour), "forceoff: ")
    return results


def smt_for_good(flavour):
    """SMT forced off, which takes a machine of its own: only a reboot takes it back.
    Its cores have four threads, which leaves more to be taken off than two do."""
    results, _ = in_guest(flavour, f"forceoff-{flavour}", ["/kselftest/cpu-hotplug/smt_test"],
                          cpus=8, threads=4, append="CPUHP_SMT_FORCEOFF=1")
    return results


def parameters(flavour):
    """Leaves of RCU's tree so small that all of one's CPUs can go. What the kernel
    does not know reaches /init: fewer cycles where each takes long."""
    words = ["rcutree.rcu_fanout_leaf=2"]
    if flavour in arches.WATCHED + arches.ONE_THREAD:
        words.append("CPUHP_CYCLES=50")
    return " ".join(words)


def hardware(flavour):
    """What some tests need to have anything to test; of QEMU's machines, x86's offers it.

    A guest and hardware do some things differently. The kernels with checkers see
    to the second.
    """
    if arches.machine(flavour).kernel_arch != "x86_64":
        return {}
    return {"nodes": 2, "disk": True, "bare": flavour in arches.WATCHED}


def base_test(flavour):
    """The base's own test, as it is, over all CPUs."""
    if not arches.machine(flavour).busybox:
        return no_shell(flavour)
    build(flavour)
    job = "/bin/bash /lab/base/cpu-on-off-test.sh -a"
    results, outcome = in_guest(flavour, f"base-test-{flavour}", [job])
    complaints = [line for run in outcome.console.jobs for line in run.lines
                  if "unexpected" in line]
    for line in complaints:
        results.fail(f"cpu-on-off-test.sh: {line}")
    return results


def no_shell(flavour):
    results = Results()
    results.skip(f"there is no static shell for {flavour} here")
    return results


def leak(flavour, cycles):
    """Off and on, again and again; memory, threads and slab are the same afterwards."""
    build(flavour)
    results, _ = in_guest(flavour, f"leak-{flavour}", [f"/lab/leak {cycles}"], job_timeout=1500)
    return results


def crowd(flavour, cpus, batches):
    """More CPUs than the host has by far, all of them under one leaf of RCU's tree."""
    build(flavour)
    results, outcome = in_guest(flavour, f"crowd-{flavour}", [f"/lab/crowd {batches}"],
                                cpus=cpus, append=f"rcutree.rcu_fanout_leaf={cpus}",
                                job_timeout=900)
    for _, text in outcome.console.kernel:
        if console.SLOW.search(text):
            results.fail(f"a slow step: {text}")
    return results


def demo(flavour):
    """What make run shows, as a test."""
    if not arches.machine(flavour).busybox:
        return no_shell(flavour)
    build(flavour)
    results, _ = in_guest(flavour, f"demo-{flavour}", ["/lab/demo.sh"])
    return results


def everything(flavour, cycles):
    """All guest tests of another kernel: the debug kernel, another architecture."""
    results = Results()
    for name, part in (("kunit", kunit), ("kselftest", kselftests)):
        results.add(guarded(part, flavour), f"{name}: ")
    results.add(guarded(leak, flavour, cycles), "leak: ")
    results.add(guarded(base_test, flavour), "base-test: ")
    return results


def distribution(flavour, cycles):
    """All guest tests, and one kernel after another."""
    results = everything(flavour, cycles)
    results.add(guarded(successors.hibernate, flavour), "hibernate: ")
    results.add(guarded(successors.kexec, flavour), "kexec: ")
    return results


def guarded(function, *args):
    """Run a part; what keeps it from running is one failure."""
    try:
        results = function(*args)
    except LabError as error:
        results = Results()
        first, *rest = str(error).strip().splitlines() or ["failed without a word"]
        results.fail(first)
        results.notes += ["        " + line for line in rest[-30:]]
    if not results.total:
        results.fail("not one test ran")
    return results


PARTS = (
    Part("model", "planner and walker in user space: sanitizers, broken variants, fuzzer", model,
         ("check",), ("model",)),
    Part("busted", "only: the suite notices deliberately broken walkers", model, ("busted",),
         ("model",), by_default=False),
    Part("tool", "the tests of tools/cpuhp", user_tool, (), ("x86_64",)),
    Part("lint", "sparse, W=1, checkpatch, gcc and clang", tool, ("lint",),
         ("source", "lint")),
    Part("symbols", "every global symbol of the base is there", tool, ("symbols",),
         ("source", "symbols")),
    Part("htmldocs", "the documentation renders without a warning", tool, ("htmldocs",),
         ("source", "htmldocs")),
    Part("cocci", "the semantic patch for old CPU notifiers", tool, ("cocci",),
         ("source", "cocci")),
    Part("series", "the patches to mail apply, are the tree, and please checkpatch", tool,
         ("series",), ("source", "series")),
    Part("allnoconfig", "the smallest kernel builds; tinyconfig's is nearly the same", plain_build,
         ("allnoconfig",), ("source",), by_default=False),
    Part("tinyconfig", "the tiny kernel builds", plain_build, ("tinyconfig",), ("source",)),
    Part("demo", "the demonstration of make run", demo, (common.ARCH,)),
    Part("kunit", "KUnit suites in the booted kernel", kunit, (common.ARCH,)),
    Part("kselftest", "our kselftests in the guest", kselftests, (common.ARCH,)),
    Part("base-test", "the base's own cpu-on-off-test.sh", base_test, (common.ARCH,)),
    Part("partitions", "the base's own test_cpuset_prs.sh: cpuset partitions and CPUs that go",
         partitions.run, (), ("x86_64", "partitions")),
    Part("users", "what people use already: chcpu, lscpu, stress-ng, perf and others", users.run,
         (), ("x86_64",)),
    Part("soak", "a real make beside CPUs that never rest, in both quiesce modes", soaking.part,
         (60,), ("x86_64",), by_default=False),
    Part("leak", "1000 cycles leave memory, threads and slab as they were", leak,
         (common.ARCH, 1000)),
    Part("crowd", "64 CPUs leave and come back together, 25 times", crowd, ("x86_64", 64, 25),
         ("x86_64",)),
    Part("hibernate", "what is to be seen of CPUs survives a hibernation, or one refused",
         successors.hibernate, ("x86_64",), ("x86_64",)),
    Part("kexec", "the kernel that one with CPUs away starts has all of them", successors.kexec,
         ("x86_64",), ("x86_64",)),
    Part("debug", "all guest tests under lockdep, RCU and object checkers", everything,
         ("debug", 100)),
    Part("real", "all guest tests on a kernel with what a distribution's has", distribution,
         ("real", 100), ("x86_64",), by_default=False),
    Part("arm64", "all guest tests on arm64", everything, ("arm64", 200)),
    Part("s390x", "all guest tests on s390x", everything, ("s390x", 200)),
)
