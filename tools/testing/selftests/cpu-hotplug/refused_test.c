// SPDX-License-Identifier: GPL-2.0
/*
 * An operation that fails leaves everything as it was.
 *
 * A failure is injected at every state, on the way down and on the way up, for one
 * CPU and for three. Two pictures are taken, before and after: the affinity of each
 * task, cpusets and partitions, scheduling domains, interrupts, workqueues, topology,
 * frequency policies, the CPUs themselves. They must be the same, and no uevent may
 * have been sent.
 *
 * Some tasks run all the time and may only use CPUs that are about to leave: they
 * are bound to them, or in a cpuset with them, or both. A kernel thread that often
 * runs is bound to such a CPU as well.
 *
 * Guards these patches:
 *	sched/core: Give tasks their affinity back when CPUs stay	offline
 *	cacheinfo: Take a CPU that does not come online out of all maps	online, arm64
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cgroup.h"
#include "util/failure.h"
#include "util/harness.h"
#include "util/line.h"
#include "util/task.h"
#include "util/uevent.h"

#include "refused_picture.h"

#define SCHED_VERBOSE	"/sys/kernel/debug/sched/verbose"

/* The tasks of the test. All may only use CPUs that are about to leave. */
enum {
	ON_ONE,			/* bound to the first of these CPUs */
	ON_SET,			/* bound to all of them */
	IN_CPUSET,		/* in a cpuset with the last of them */
	IN_CPUSET_ON_ONE,	/* in that cpuset, and bound to its CPU */
	NR_TASKS,
};

static struct picture before, after;

/*
 * Throw away the uevents so far. Returns how many of them were of CPUs: a driver
 * may remove a device with its CPU and add it again, and these uevents are right.
 */
static int drain(int fd)
{
	char text[4096], word[32], tail;
	int nr = 0, cpu;
	ssize_t len;

	while ((len = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0) {
		text[len] = '\0';
		nr += sscanf(text, "%31[^@]@/devices/system/cpu/cpu%d%c", word, &cpu, &tail) == 2;
	}
	return nr;
}

FIXTURE(refused) {
	struct cpuhp_steps steps;
	struct cpuhp_task task[NR_TASKS];
	cpu_set_t set;
	cpu_set_t kthread_had;
	char verbose[8];
	pid_t kthread;
	int uevents;
	int first;
	int last;
};

FIXTURE_VARIANT(refused) {
	int nr_cpus;
	const char *partition;
};

FIXTURE_VARIANT_ADD(refused, one_cpu) { .nr_cpus = 1, .partition = "member" };
FIXTURE_VARIANT_ADD(refused, three_cpus) { .nr_cpus = 3, .partition = "member" };
FIXTURE_VARIANT_ADD(refused, one_cpu_partition) { .nr_cpus = 1, .partition = "root" };

/* The last @nr CPUs that can go offline; false if there are fewer. */
static bool pick(cpu_set_t *set, int nr)
{
	cpu_set_t movable;
	int count;

	cpuhp_movable(&movable);
	count = CPU_COUNT(&movable);
	CPU_ZERO(set);
	while (nr-- && count)
		CPU_SET(cpuhp_mask_nth(&movable, --count), set);
	return nr < 0;
}

static void only(cpu_set_t *set, int cpu)
{
	CPU_ZERO(set);
	CPU_SET(cpu, set);
}

static int put(const char *file, const char *format, int value)
{
	char path[256], text[32];

	snprintf(path, sizeof(path), CPUSET "/%s", file);
	snprintf(text, sizeof(text), format, value);
	return cpuhp_file_write(path, text);
}

/* Make a cpuset with one CPU; returns 0 or -errno. */
static int make_cpuset(int cpu, const char *partition)
{
	int err;

	if (!cpuhp_cgroup_has_cpuset())
		return -ENOENT;
	if (mkdir(CPUSET, 0755) && errno != EEXIST)
		return -errno;
	err = put("cpuset.cpus", "%d", cpu);
	return err ? err : put("cpuset.cpus.partition", partition, 0);
}

static void remove_cpuset(void)
{
	put("cpuset.cpus.partition", "member", 0);
	rmdir(CPUSET);
}

static bool in_cpuset(int task)
{
	return task == IN_CPUSET || task == IN_CPUSET_ON_ONE;
}

static void remember_kthread(FIXTURE_DATA(refused) * self)
{
	static const char * const busy[] = { "rcu_preempt", "rcu_sched" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(busy); i++) {
		self->kthread = cpuhp_thread_find(busy[i]);
		if (self->kthread > 0 &&
		    !sched_getaffinity(self->kthread, sizeof(self->kthread_had),
				       &self->kthread_had))
			return;
	}
	self->kthread = 0;
}

/* A task outside of a partition cannot be bound to the CPU of the partition. */
static bool has_place(const FIXTURE_VARIANT(refused) * variant, int task)
{
	return in_cpuset(task) || !strcmp(variant->partition, "member");
}

/* Bind all tasks to their CPUs, also those that a successful operation has moved. */
static void settle(struct __test_metadata *_metadata, FIXTURE_DATA(refused) * self)
{
	cpu_set_t first, last;
	int i;

	only(&first, self->first);
	only(&last, self->last);
	for (i = 0; i < NR_TASKS; i++) {
		const cpu_set_t *mask = i == ON_ONE ? &first : i == ON_SET ? &self->set : &last;

		if (!self->task[i].pid || i == IN_CPUSET)
			continue;
		EXPECT_EQ(0, sched_setaffinity(self->task[i].pid, sizeof(*mask), mask));
	}
	if (self->kthread)
		EXPECT_EQ(0, sched_setaffinity(self->kthread, sizeof(first), &first));
}

FIXTURE_SETUP(refused)
{
	int i;

	self->uevents = -1;
	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	cpuhp_file_read(SCHED_VERBOSE, self->verbose, sizeof(self->verbose));
	cpuhp_file_write(SCHED_VERBOSE, "Y");
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	if (!pick(&self->set, variant->nr_cpus))
		SKIP(return, "too few CPUs can go offline");
	self->first = cpuhp_mask_nth(&self->set, 0);
	self->last = cpuhp_mask_nth(&self->set, variant->nr_cpus - 1);
	self->uevents = cpuhp_uevent_open();
	if (has_place(variant, ON_ONE))
		remember_kthread(self);
	if (make_cpuset(self->last, variant->partition))
		SKIP(return, "no cpusets in the cgroup2 hierarchy");
	for (i = 0; i < NR_TASKS; i++) {
		if (!has_place(variant, i))
			continue;
		ASSERT_EQ(0, cpuhp_task_start(&self->task[i], NULL));
		if (in_cpuset(i))
			ASSERT_EQ(0, put("cgroup.procs", "%d", self->task[i].pid));
	}
	settle(_metadata, self);
}

FIXTURE_TEARDOWN(refused)
{
	int i;

	EXPECT_EQ(0, cpuhp_restore());
	for (i = 0; i < NR_TASKS; i++) {
		if (self->task[i].pid)
			cpuhp_task_stop(&self->task[i]);
	}
	remove_cpuset();
	if (self->kthread)
		sched_setaffinity(self->kthread, sizeof(self->kthread_had),
				  &self->kthread_had);
	cpuhp_file_write(SCHED_VERBOSE, self->verbose);
	if (self->uevents >= 0)
		close(self->uevents);
}

static void all_run(struct __test_metadata *_metadata, FIXTURE_DATA(refused) * self)
{
	int i;

	for (i = 0; i < NR_TASKS; i++) {
		if (self->task[i].pid)
			EXPECT_EQ(0, cpuhp_task_runs(&self->task[i]));
	}
}

/* Make @out fail at state @nr of one of the CPUs. Returns whether it failed. */
static bool inject(struct __test_metadata *_metadata, FIXTURE_DATA(refused) * self,
		   int nr, const char *out, const char *back)
{
	int victim = cpuhp_mask_nth(&self->set, nr % CPU_COUNT(&self->set));
	int left = 0, err;

	picture_take(&before);
	drain(self->uevents);
	if (cpuhp_cpu_set(victim, "hotplug/fail", nr))
		return false;
	err = cpuhp_mask_write(out, &self->set);
	ASSERT_EQ(0, cpuhp_cpu_get(victim, "hotplug/fail", &left));
	if (left != CPUHP_NO_FAIL) {
		EXPECT_EQ(0, err);
		EXPECT_EQ(0, cpuhp_cpu_set(victim, "hotplug/fail", CPUHP_NO_FAIL));
		ASSERT_EQ(0, cpuhp_mask_write(back, &self->set));
		return false;
	}
	EXPECT_EQ(INJECTED, err);
	picture_take(&after);
	EXPECT_STREQ("", picture_diff(&before, &after)) {
		TH_LOG("%s failed at %d (%s) of CPU %d", out, nr,
		       cpuhp_steps_name(&self->steps, nr), victim);
	}
	EXPECT_EQ(0, drain(self->uevents));
	all_run(_metadata, self);
	return true;
}

static void sweep(struct __test_metadata *_metadata, FIXTURE_DATA(refused) * self,
		  const char *out, const char *back)
{
	int top = cpuhp_steps_top(&self->steps), hits = 0, nr;

	for (nr = 1; nr <= top; nr++) {
		if (!cpuhp_steps_name(&self->steps, nr))
			continue;
		if (inject(_metadata, self, nr, out, back))
			hits++;
		else if (!strcmp(out, OFFLINE))
			settle(_metadata, self);
		ASSERT_FALSE(_metadata->exit_code);
	}
	/* A kernel has more states than this that can fail. */
	EXPECT_LT(8, hits);
	TH_LOG("%d failures", hits);
}

TEST_F_TIMEOUT(refused, offline, 1800)
{
	sweep(_metadata, self, OFFLINE, ONLINE);
}

TEST_F_TIMEOUT(refused, online, 1800)
{
	if (strcmp(variant->partition, "member"))
		SKIP(return, "a partition without CPUs is no partition");
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->set));
	sweep(_metadata, self, ONLINE, OFFLINE);
}

CPUHP_HARNESS_MAIN
