# SPDX-License-Identifier: GPL-2.0
"""The parts of "make check". Only the command imports this."""
import dataclasses

from lab import arches, common
from lab.checks import cocci, coverage, host, inguest, lint, partitions, proof, rooms, soak, suites
from lab.checks import successors, symbols, torture, users
from lab.mail import series

HOST_LIMIT = 1800       # seconds for a part on the host; guests have limits of their own


@dataclasses.dataclass(frozen=True)
class Part:
    """A row of the table: what "PART=name" runs."""
    name: str
    what: str
    run: callable
    args: tuple = ()
    packages: tuple = ()
    limit: int = 0              # seconds, 0: none
    by_default: bool = True     # False: another part does it too, or it takes long


def on_host(name, what, run, *args, packages=(), by_default=True):
    return Part(name, what, run, args, packages, HOST_LIMIT, by_default)


PARTS = (
    on_host("lab", "the lab's own parsers, and that its modules import no circle", host.lab),
    on_host("model", "planner and walker in user space: sanitizers, broken variants, fuzzer",
            host.model, "check", packages=("model",)),
    on_host("litmus", "the barriers of the core, each shown to be needed", host.model, "litmus",
            packages=("source",)),
    on_host("promela", "models of batch, takedown, call queue and death, searched by spin",
            host.model, "promela", packages=("model",), by_default=False),
    on_host("busted", "only: the suite notices deliberately broken walkers", host.model, "busted",
            packages=("model",), by_default=False),
    on_host("tool", "the tests of tools/cpuhp", host.user_tool, packages=("x86_64",)),
    on_host("lint", "sparse, W=1, checkpatch, gcc and clang", lint.run,
            packages=("source", "lint")),
    on_host("symbols", "every global symbol of the base is there", symbols.run,
            packages=("source", "symbols")),
    on_host("rooms", "no file of kernel/cpuhp uses one above it on the map in cpuhp.h", rooms.run,
            packages=("x86_64", "source")),
    on_host("htmldocs", "the documentation renders without a warning", host.documentation,
            packages=("source", "htmldocs")),
    on_host("cocci", "the semantic patch for old CPU notifiers", cocci.run,
            packages=("source", "cocci")),
    on_host("series", "the patches to mail apply, are the tree, and please checkpatch", series.run,
            packages=("source", "series")),
    Part("commits", "each of these patches builds for x86_64", series.build, (("x86_64",),),
         ("source", "series"), by_default=False),
    on_host("allnoconfig", "the smallest kernel builds; tinyconfig's is nearly the same",
            host.plain_build, "allnoconfig", packages=("source",), by_default=False),
    on_host("tinyconfig", "the tiny kernel builds", host.plain_build, "tinyconfig",
            packages=("source",)),
    Part("demo", "the demonstration of make run, on the kernel of the tests", inguest.demo,
         (common.ARCH,)),
    Part("run", "the demonstration on the kernel that make run builds for it", inguest.demo,
         (arches.SHOWN["x86_64"],), ("x86_64",), by_default=False),
    Part("kunit", "KUnit suites in the booted kernel", inguest.kunit, (common.ARCH,)),
    Part("kselftest", "our kselftests in the guest", inguest.kselftests, (common.ARCH,)),
    Part("base-test", "the base's own cpu-on-off-test.sh", inguest.base_test, (common.ARCH,)),
    Part("partitions", "the base's own test_cpuset_prs.sh: cpuset partitions and CPUs that go",
         partitions.run, (), ("x86_64", "partitions")),
    Part("users", "what people use already: chcpu, lscpu, stress-ng, perf and others", users.run,
         (), ("x86_64",)),
    Part("soak", "a real make and I/O beside CPUs that never rest, moved in all ways", soak.part,
         (60,), ("x86_64",), by_default=False),
    Part("torture", "the kernel's torture of RCU, calls and locks beside CPUs that go and come",
         torture.run, (20,), ("x86_64",), by_default=False),
    Part("leak", "1000 cycles leave memory, threads and slab as they were", inguest.leak,
         (common.ARCH, 1000)),
    Part("crowd", "64 CPUs leave and come back together, 25 times", inguest.crowd,
         ("x86_64", 64, 25), ("x86_64",)),
    Part("hibernate", "what is to be seen of CPUs survives a hibernation, or one refused",
         successors.hibernate, ("x86_64",), ("x86_64",)),
    Part("kexec", "the kernel that one with CPUs away starts has all of them", successors.kexec,
         ("x86_64",), ("x86_64",)),
    Part("proof", "a test of a patch fails without it: each patch of lab/proof.tsv", proof.run,
         (), ("x86_64", "arm64"), by_default=False),
    Part("coverage", "which lines of the core the tests in the guest run", coverage.run, (),
         ("x86_64", "coverage"), by_default=False),
    Part("debug", "all guest tests under lockdep, RCU and object checkers", suites.everything,
         ("debug", 100)),
    Part("kasan", "all guest tests under checkers of memory and of undefined behaviour",
         suites.everything, ("kasan", 100), ("x86_64",), by_default=False),
    Part("kcsan", "all guest tests under a checker of data races, the base's left out",
         suites.everything, ("kcsan", 100), ("x86_64",), by_default=False),
    Part("real", "all guest tests on a kernel with what a distribution's has", suites.distribution,
         ("real", 100), ("x86_64",), by_default=False),
    Part("rt", "all guest tests on a kernel with PREEMPT_RT, and cyclictest", suites.realtime,
         ("rt", 100), ("x86_64",), by_default=False),
    Part("rt-debug", "the same under lockdep, RCU and object checkers", suites.everything,
         ("rt-debug", 100), ("x86_64",), by_default=False),
    Part("arm64", "all guest tests on arm64", suites.everything, ("arm64", 200)),
    Part("s390x", "all guest tests on s390x", suites.everything, ("s390x", 200)),
)
