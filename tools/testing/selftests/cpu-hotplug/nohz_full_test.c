// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs leave and come back, and a task in user mode on a CPU of nohz_full= does not
 * notice: the CPU gets no interrupt that grace periods alone would not bring.
 *
 * Needs nohz_full= with a CPU that is the first thread of its core and could go offline
 * itself; isolcpus=domain with the same CPU, or other tasks may be moved there; and two
 * CPUs more that can go. Threads that wake up on each CPU now and then would spoil the
 * counts; those of pktgen are kept away by initcall_blacklist=pg_init.
 *
 * Each operation is repeated. What others do is in some of the rounds only; what the
 * operation itself sends to the CPU is in all of them. So the least of all rounds is
 * compared with the most of rounds that contain nothing but a grace period. If the former
 * is more, the interrupts that were sent to the CPU are printed, with their senders.
 *
 * In the environment: CPUHP_ROUNDS, how often operations are repeated.
 *
 * Guards this patch:
 *	sched/core: Patch no text for SMT where CPUs must not be disturbed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "util/counts.h"
#include "util/harness.h"
#include "util/worker.h"

#define RCU_NORMAL	"/sys/kernel/rcu_normal"
#define EVENTS		"/sys/kernel/tracing/events/ipi"
#define TRACE		"/sys/kernel/tracing/trace"
#define LINES_MAX	40

FIXTURE(nohz_full) {
	cpu_set_t watched, others;
	struct cpuhp_worker worker[CPU_SETSIZE];
	unsigned long rounds;
	char place[32], rcu_normal[8];
};

/* --- what the CPU does --- */

/*
 * Real time: the server that the scheduler runs for the sake of fair tasks would
 * interrupt the CPU once in a second.
 */
static int settle_on(int cpu)
{
	struct sched_param priority = { .sched_priority = 1 };
	cpu_set_t at;

	CPU_ZERO(&at);
	CPU_SET(cpu, &at);
	if (sched_setaffinity(0, sizeof(at), &at) ||
	    sched_setscheduler(0, SCHED_FIFO, &priority))
		return -errno;
	return 0;
}

/* In user mode for good. A translator with one thread goes on to the next CPU at a pause. */
static int spin(void *cpu)
{
	int err = settle_on(*(int *)cpu);

	while (!err) {
#ifdef __x86_64__
		__builtin_ia32_pause();
#endif
	}
	return err;
}

/* --- what happens beside it --- */

/* A file system is unmounted: the kernel waits for a grace period, for a normal one here. */
static int grace_period(FIXTURE_DATA(nohz_full) * self)
{
	int err = cpuhp_file_write(RCU_NORMAL, "1");

	if (!err && (mount("tmpfs", self->place, "tmpfs", 0, NULL) || umount(self->place)))
		err = -errno;
	return cpuhp_file_write(RCU_NORMAL, self->rcu_normal) ?: err;
}

static int nothing(FIXTURE_DATA(nohz_full) * self)
{
	return 0;
}

static int batch_off(FIXTURE_DATA(nohz_full) * self)
{
	return cpuhp_mask_write("hotplug/offline", &self->others);
}

static int batch_on(FIXTURE_DATA(nohz_full) * self)
{
	return cpuhp_mask_write("hotplug/online", &self->others);
}

static int set_each(FIXTURE_DATA(nohz_full) * self, const char *value)
{
	int cpu, err = 0;

	for_each_cpu_in(cpu, &self->others)
		err = err ?: cpuhp_cpu_write(cpu, "online", value);
	return err;
}

static int each_off(FIXTURE_DATA(nohz_full) * self)
{
	return set_each(self, "0");
}

static int each_on(FIXTURE_DATA(nohz_full) * self)
{
	return set_each(self, "1");
}

static int smt_off(FIXTURE_DATA(nohz_full) * self)
{
	return cpuhp_sys_write("smt/control", "off");
}

static int smt_on(FIXTURE_DATA(nohz_full) * self)
{
	return cpuhp_sys_write("smt/control", "on");
}

struct operation {
	const char *name;
	int (*act)(FIXTURE_DATA(nohz_full) * self);
};

/* --- the counts --- */

/* Interrupts between two pictures; a kind that did not occur counts as 0. */
static void subtract(struct cpuhp_counts *after, const struct cpuhp_counts *before)
{
	int i;

	for (i = 0; i < after->nr; i++)
		after->kind[i].count -= cpuhp_counts_of(before, after->kind[i].name);
}

/* What CPU @cpu gets from an operation and the grace period behind it. */
static int count_once(FIXTURE_DATA(nohz_full) * self, int cpu, const struct operation *op,
		      struct cpuhp_counts *counts)
{
	struct cpuhp_counts before;
	int err = cpuhp_counts_read(cpu, &before);

	err = err ?: op->act(self);
	err = err ?: grace_period(self);
	err = err ?: cpuhp_counts_read(cpu, counts);
	if (!err)
		subtract(counts, &before);
	return err;
}

/* Of each kind the most that was seen so far, or the least. */
static void keep(struct cpuhp_counts *kept, const struct cpuhp_counts *now, bool most)
{
	struct cpuhp_counts both = *now;
	long before;
	int i;

	for (i = 0; i < both.nr; i++) {
		before = cpuhp_counts_of(kept, both.kind[i].name);
		if (most ? before > both.kind[i].count : before < both.kind[i].count)
			both.kind[i].count = before;
	}
	*kept = both;
}

/* The text is valid until the next call. */
static const char *words(const struct cpuhp_counts *counts)
{
	static char text[1024];
	size_t used = 0;
	int i;

	snprintf(text, sizeof(text), "nothing");
	for (i = 0; i < counts->nr && used < sizeof(text) - 32; i++) {
		if (counts->kind[i].count)
			used += sprintf(text + used, "%s %ld ", counts->kind[i].name,
					counts->kind[i].count);
	}
	return text;
}

/* --- who sends to the CPU --- */

static void watch_senders(int cpu)
{
	char filter[64];

	snprintf(filter, sizeof(filter), "cpu == %d", cpu);
	cpuhp_file_write(EVENTS "/ipi_send_cpu/filter", filter);
	snprintf(filter, sizeof(filter), "cpumask & CPUS{%d}", cpu);
	cpuhp_file_write(EVENTS "/ipi_send_cpumask/filter", filter);
	cpuhp_file_write(EVENTS "/enable", "1");
}

static void unwatch_senders(void)
{
	cpuhp_file_write(EVENTS "/enable", "0");
	cpuhp_file_write(EVENTS "/ipi_send_cpu/filter", "0");
	cpuhp_file_write(EVENTS "/ipi_send_cpumask/filter", "0");
}

static void forget_senders(void)
{
	/* The kernel empties the trace when it is opened to be written. */
	FILE *trace = fopen(TRACE, "w");

	if (trace)
		fclose(trace);
}

static void print_senders(struct __test_metadata *_metadata)
{
	FILE *trace = fopen(TRACE, "r");
	char line[512];
	int lines = 0;

	while (trace && lines < LINES_MAX && fgets(line, sizeof(line), trace)) {
		if (*line == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		TH_LOG("%s", line);
		lines++;
	}
	if (trace)
		fclose(trace);
}

/* --- the comparison --- */

static bool no_more_than(const struct cpuhp_counts *least, const struct cpuhp_counts *most)
{
	int i;

	for (i = 0; i < least->nr; i++) {
		if (least->kind[i].count > cpuhp_counts_of(most, least->kind[i].name))
			return false;
	}
	return true;
}

/* What a grace period brings to the CPU, at most. */
static void count_grace_periods(struct __test_metadata *_metadata,
				FIXTURE_DATA(nohz_full) * self, int cpu, struct cpuhp_counts *most)
{
	static const struct operation op = { "grace period", nothing };
	struct cpuhp_counts now;
	unsigned long i;

	most->nr = 0;
	for (i = 0; i < self->rounds; i++) {
		ASSERT_EQ(0, count_once(self, cpu, &op, &now));
		keep(most, &now, true);
	}
	TH_LOG("CPU %d, a grace period: %s", cpu, words(most));
}

/* Two operations, the second of which takes back the first. */
static void leave_alone(struct __test_metadata *_metadata, FIXTURE_DATA(nohz_full) * self, int cpu,
			const struct operation *ops)
{
	struct cpuhp_counts control, least[2] = {}, now;
	unsigned long i;
	int op;

	watch_senders(cpu);
	count_grace_periods(_metadata, self, cpu, &control);
	for (i = 0; i < self->rounds; i++) {
		forget_senders();
		for (op = 0; op < 2; op++) {
			ASSERT_EQ(0, count_once(self, cpu, &ops[op], &now));
			if (!i)
				least[op] = now;
			keep(&least[op], &now, false);
		}
	}
	for (op = 0; op < 2; op++) {
		TH_LOG("CPU %d, %s: %s", cpu, ops[op].name, words(&least[op]));
		EXPECT_TRUE(no_more_than(&least[op], &control)) {
			print_senders(_metadata);
		}
	}
	unwatch_senders();
	EXPECT_EQ(0, waitpid(self->worker[cpu].pid, NULL, WNOHANG)) {
		TH_LOG("nothing runs on CPU %d", cpu);
	}
}

static void leave_all_alone(struct __test_metadata *_metadata, FIXTURE_DATA(nohz_full) * self,
			    const struct operation *ops)
{
	int cpu;

	for_each_cpu_in(cpu, &self->watched)
		leave_alone(_metadata, self, cpu, ops);
}

/* --- the machine --- */

static bool is_primary(int cpu)
{
	char attr[64];
	cpu_set_t siblings;

	snprintf(attr, sizeof(attr), "cpu%d/topology/thread_siblings_list", cpu);
	return cpuhp_mask_read(attr, &siblings) || cpuhp_mask_nth(&siblings, 0) == cpu;
}

static void find_roles(FIXTURE_DATA(nohz_full) * self)
{
	cpu_set_t movable, nohz_full;
	int cpu;

	cpuhp_movable(&movable);
	cpuhp_mask_read("nohz_full", &nohz_full);
	CPU_ZERO(&self->watched);
	for_each_cpu_in(cpu, &nohz_full) {
		if (CPU_ISSET(cpu, &movable) && is_primary(cpu))
			CPU_SET(cpu, &self->watched);
	}
	cpuhp_mask_andnot(&self->others, &movable, &nohz_full);
}

struct quiet {
	FIXTURE_DATA(nohz_full) * self;
	int cpu;
	struct cpuhp_counts counts;
};

/*
 * Soon after its task has begun, a CPU still has a tick. In a guest whose host is busy it
 * may be for good: x86 distrusts a timer whose frequency it could not measure.
 */
static bool is_quiet(void *arg)
{
	static const struct operation op = { "nothing", nothing };
	struct quiet *quiet = arg;
	int i;

	if (count_once(quiet->self, quiet->cpu, &op, &quiet->counts))
		return false;
	for (i = 0; i < quiet->counts.nr; i++) {
		if (quiet->counts.kind[i].count)
			return false;
	}
	return true;
}

FIXTURE_SETUP(nohz_full)
{
	struct quiet quiet = { .self = self };
	cpu_set_t present, lowest;

	ASSERT_EQ(0, cpuhp_restore());
	find_roles(self);
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 3);
	if (!CPU_COUNT(&self->watched))
		SKIP(return, "no CPU of nohz_full= that is the first of its core, and may leave");
	if (!cpuhp_has_batch() || CPU_COUNT(&self->others) < 2)
		SKIP(return, "no two CPUs that can go offline together beside it");
	if (cpuhp_file_read(RCU_NORMAL, self->rcu_normal, sizeof(self->rcu_normal)))
		SKIP(return, "no " RCU_NORMAL);
	snprintf(self->place, sizeof(self->place), "/tmp/nohz_full_XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->place));
	ASSERT_EQ(0, cpuhp_mask_read("present", &present));
	CPU_ZERO(&lowest);
	CPU_SET(cpuhp_mask_nth(&present, 0), &lowest);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(lowest), &lowest));
	for_each_cpu_in(quiet.cpu, &self->watched)
		ASSERT_EQ(0, cpuhp_worker_start(&self->worker[quiet.cpu], "spinning", spin,
						&quiet.cpu));
	for_each_cpu_in(quiet.cpu, &self->watched) {
		if (cpuhp_wait(is_quiet, &quiet))
			SKIP(return, "nothing happens, but CPU %d gets: %s", quiet.cpu,
			     words(&quiet.counts));
	}
}

FIXTURE_TEARDOWN(nohz_full)
{
	int cpu;

	for_each_cpu_in(cpu, &self->watched) {
		if (self->worker[cpu].pid > 0)
			kill(self->worker[cpu].pid, SIGKILL);
	}
	unwatch_senders();
	if (*self->rcu_normal)
		EXPECT_EQ(0, cpuhp_file_write(RCU_NORMAL, self->rcu_normal));
	if (*self->place)
		EXPECT_EQ(0, rmdir(self->place));
	EXPECT_EQ(0, cpuhp_restore());
}

TEST_F_TIMEOUT(nohz_full, batch, 300)
{
	static const struct operation ops[] = {
		{ "a batch leaves", batch_off }, { "it comes back", batch_on },
	};

	leave_all_alone(_metadata, self, ops);
}

TEST_F_TIMEOUT(nohz_full, one_by_one, 300)
{
	static const struct operation ops[] = {
		{ "CPUs leave one by one", each_off }, { "they come back", each_on },
	};

	leave_all_alone(_metadata, self, ops);
}

TEST_F_TIMEOUT(nohz_full, smt, 300)
{
	static const struct operation ops[] = {
		{ "SMT goes off", smt_off }, { "SMT comes on", smt_on },
	};
	char control[32];

	if (cpuhp_sys_read("smt/control", control, sizeof(control)) || strcmp(control, "on"))
		SKIP(return, "SMT cannot be switched off");
	leave_all_alone(_metadata, self, ops);
}

CPUHP_HARNESS_MAIN
