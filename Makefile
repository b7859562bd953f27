# SPDX-License-Identifier: GPL-2.0
# The front door: every target is a command of lab/lab with the variables passed on.

NCPU ?= 4
MINUTES ?= 1
HOURS ?= 1
ACCEL ?= tcg
ARCH ?= x86_64
export NCPU ACCEL ARCH KERNEL_SRC QUIET VERBOSE WATCHDOG JOBS PART \
	BENCH_N BENCH_RUNS BENCH_FLAVOURS BENCH_LIMIT BENCH_COUNTS

# The lab calls kbuild themselves; this make's own options are none of its business.
LAB = @env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL lab/lab

help:
	@echo 'lockstep: the CPU hotplug core of Linux 6.12, written anew'
	@echo
	@echo '  make run          build, boot, and watch CPUs go and come'
	@echo '  make shell        the same machine with a shell'
	@echo '  make check        every test; PART="kunit lint" runs some, PART=list names them'
	@echo '  make check-all    also the parts that check runs only if it is asked for them'
	@echo '  make debug-check  the tests in the guest on three kernels with checkers'
	@echo '  make torture      torture of RCU, function calls and locks while CPUs go and come'
	@echo '  make soak         builds and I/O for hours, while CPUs are moved in all ways'
	@echo '  make coverage     which lines of the core the tests run: lab/figures/COVERAGE.md'
	@echo '  make bench        the stock kernel and ours side by side'
	@echo '  make kunit        the KUnit suites in a booted kernel'
	@echo '  make model        planner and walker in user space, models, litmus tests'
	@echo '  make lint         sparse, W=1, checkpatch, gcc and clang over our files'
	@echo '  make symbols      every global symbol of the base is there'
	@echo '  make htmldocs     the documentation as HTML'
	@echo '  make series       the work as a series of patches to mail'
	@echo '  make deb          the kernel as Debian packages; CONFIG= names a configuration'
	@echo '  make clean        remove build/'
	@echo
	@echo '  NCPU=4            CPUs of the guest, two to a core'
	@echo '  ACCEL=tcg         or kvm, taken only if a guest really boots with it'
	@echo '  KERNEL_SRC=       an unpacked Linux 6.12.y instead of linux-source-6.12'
	@echo '  ARCH=x86_64       or arm64, s390x: for kunit; make check has all tests of both.'
	@echo '                    run and shell are for x86_64 alone: the others have no shell'
	@echo '  QUIET=1           no progress;   VERBOSE=1  all output of the builds'
	@echo '  WATCHDOG=120      seconds without a console line before a guest counts as hung'
	@echo '  MINUTES=1         for each guest of torture; SCENARIO="rcu scf" are some of them'
	@echo '  HOURS=1           how long soak goes on; NCPU=16 moves more CPUs at a time'
	@echo '  JOBS=             parallel compilations, by default one per CPU'
	@echo '  BENCH_N="8 16"    sizes of the guests that bench compares; BENCH_RUNS=2 rounds of each'
	@echo '                    BENCH_FLAVOURS="x86_64 bench" their configurations;'
	@echo '                    BENCH_LIMIT=300 seconds for one operation'
	@echo '  BENCH="..."       options of lab/lab bench, to compare more kernels'

run shell: packages
	$(LAB) $@

check: packages
	$(LAB) check $(PART)

check-all: packages
	$(LAB) check all

debug-check: packages
	$(LAB) check debug kasan kcsan

kunit: packages
	$(LAB) check $@

model: packages
	$(LAB) check model litmus promela

torture: packages
	$(LAB) torture --seconds $$(($(MINUTES) * 60)) $(SCENARIO)

soak: packages
	@lab/packages x86_64
	$(LAB) $@ mixed $$(($(HOURS) * 3600))

coverage: packages
	@lab/packages x86_64 source coverage
	$(LAB) $@

bench: packages
	@lab/packages bench x86_64 source
	$(LAB) bench $(BENCH)

lint symbols: packages
	$(LAB) check $@

htmldocs series:
	@lab/packages source $@
	$(LAB) $@

deb:
	@lab/packages source $@
	$(LAB) $@ $(CONFIG)

packages:
	@lab/packages

clean:
	rm -rf build

.PHONY: help run shell check check-all debug-check kunit model torture soak coverage bench lint \
	symbols htmldocs series deb packages clean
