# SPDX-License-Identifier: GPL-2.0
"""Tests that run in a guest: boot, run jobs, judge them and the machine.

Each function has a kernel of the flavour made if need be, and returns Results.
"""
import os
import re

from lab import arches, common
from lab.checks import ktap, races
from lab.common import BUILD, LabError
from lab.guest import console, guests, ready
from lab.results import Results
from lab.tree import config

DYNTICKS_TRIES = 3
# What boot_test.sh knows of the command line, in as many machines as it takes.
BOOTS = (
    "nosmt cpuhp.quiesce=freezer",
    "nosmt=force",
    "maxcpus=2 cpuhp.parallel=0 cpuhp.takedown=stop",
)


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
    judge_kernel(outcome, races.of_project(flavour, outcome.console.reports), results)
    if results.failed:
        results.notes.append(f"        console: {outcome.log}")
    return results, outcome


def without_directory(command):
    return re.sub(r"^/\S*/", "", command)


def judge_kernel(outcome, reports, results):
    """The machine itself is a test: it must end by itself, and have nothing to report."""
    if outcome.end in (guests.DONE, guests.FAILED):
        results.ok()
    else:
        results.fail(f"the guest: {outcome.why}")
        results.notes += ["        " + line for line in common.tail(outcome.log, 15).splitlines()]
    if not reports:
        results.ok()
    for report in reports[:20]:
        results.fail(f"kernel report: {report}")


def kunit(flavour):
    """The suites cpuhp* run while the kernel boots; their KTAP is on the console."""
    ready.ensure(flavour)
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
    ready.ensure(flavour)
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
        results.add(stopping_timers(flavour), "broadcast: ")
        results.add(booted_otherwise(flavour), "boot: ")
    if config.requested(flavour).get("NO_HZ_FULL") == "y":
        results.add(full_dynticks(flavour), "nohz_full: ")
    return results


def smt_for_good(flavour):
    """SMT forced off, which takes a machine of its own: only a reboot takes it back.
    Its cores have four threads, which leaves more to be taken off than two do, and
    threads that stay when others leave."""
    results, _ = in_guest(flavour, f"forceoff-{flavour}",
                          ["/kselftest/cpu-hotplug/core_sched_test",
                           "/kselftest/cpu-hotplug/smt_test"],
                          cpus=8, threads=4, append="CPUHP_SMT_FORCEOFF=1")
    return results


def stopping_timers(flavour):
    """CPUs whose own timers stop when they sleep, as far as the kernel can tell."""
    results, _ = in_guest(flavour, f"broadcast-{flavour}",
                          ["/kselftest/cpu-hotplug/broadcast_test.sh"], append="clearcpuid=arat")
    return results


def booted_otherwise(flavour):
    """What can be asked for on the command line alone."""
    results = Results()
    for number, words in enumerate(BOOTS):
        one, _ = in_guest(flavour, f"boot-{flavour}-{number}",
                          ["/kselftest/cpu-hotplug/boot_test.sh"], append=words)
        results.add(one)
    return results


def full_dynticks(flavour):
    """CPUs without a tick. Other tasks stay away from them, and pktgen does not run, whose
    threads wake up on each CPU. Where the host is busy, a guest may be without dynticks, and
    so skips; another one may do better."""
    for _ in range(DYNTICKS_TRIES):
        results, _ = in_guest(flavour, f"nohz-full-{flavour}",
                              ["/kselftest/cpu-hotplug/nohz_full_test",
                               "/kselftest/cpu-hotplug/stop_tick_test.sh"],
                              cpus=8, append="nohz_full=2,4 isolcpus=domain,2,4 "
                                             "initcall_blacklist=pg_init")
        if not results.skipped:
            break
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
    return {"nodes": 2, "disk": True, "flips": True, "bare": flavour in arches.WATCHED}


def base_test(flavour):
    """The base's own test, as it is, over all CPUs."""
    if not arches.machine(flavour).busybox:
        return no_shell(flavour)
    ready.ensure(flavour)
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
    ready.ensure(flavour)
    results, _ = in_guest(flavour, f"leak-{flavour}", [f"/lab/leak {cycles}"], job_timeout=1500)
    return results


def crowd(flavour, cpus, batches):
    """More CPUs than the host has by far, all of them under one leaf of RCU's tree."""
    ready.ensure(flavour)
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
    ready.ensure(flavour)
    results, _ = in_guest(flavour, f"demo-{flavour}", ["/lab/demo.sh"])
    return results
