// SPDX-License-Identifier: GPL-2.0
/*
 * A refused operation has not happened: what anybody can see is as before.
 *
 * A failure is injected at every state of the line, going down and coming up,
 * for one CPU and for three. Around each of them a picture is taken: which task
 * may run where, cpusets and partitions, scheduling domains, interrupts,
 * workqueues, topology, frequency policies, the CPUs themselves. The two must be
 * the same, and nobody may have been told of anything.
 *
 * The tasks are made for it: some have nothing but CPUs that are about to leave,
 * by their own wish, by their cpuset, or both, and run all the time; a kernel
 * thread that never rests for long is bound to such a CPU as well.
 */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"

#define CGROUPS		"/sys/fs/cgroup"
#define CPUSET		CGROUPS "/cpuhp_refused"
#define SCHED_VERBOSE	"/sys/kernel/debug/sched/verbose"

/* What a user can read about a machine's CPUs, besides the CPUs themselves. */
static const char * const visible[] = {
	CGROUPS "/cpuset.cpus*",
	CPUSET "/cpuset.cpus*",
	CPUHP_SYS "/cpu[0-9]*/topology/*_list",
	CPUHP_SYS "/cpu[0-9]*/cache/index*/shared_cpu_list",
	CPUHP_SYS "/cpufreq/policy*/*_cpus",
	CPUHP_SYS "/cpufreq/policy*/scaling_governor",
	CPUHP_SYS "/cpufreq/policy*/scaling_*_freq",
	"/sys/devices/system/node/node[0-9]*/cpulist",
	"/sys/devices/virtual/workqueue/cpumask*",
	"/sys/devices/virtual/workqueue/*/cpumask",
	"/sys/kernel/debug/sched/domains/cpu*/domain*/name",
	"/proc/irq/*/*affinity_list",
};

/**
 * struct entry - one thing that can be seen
 * @name:	of a file, or of a task
 * @value:	its content, or where the task may run
 * @may_go:	it need not be there any more: a task can end
 */
struct entry {
	char *name;
	char *value;
	bool may_go;
};

/**
 * struct picture - all that can be seen
 * @machine:	the CPUs themselves
 * @nr:		entries
 * @entry:	in the order in which they were found
 */
struct picture {
	struct cpuhp_machine machine;
	size_t nr;
	struct entry entry[16384];
};

/* Who is there to be looked at, all on CPUs that leave. */
enum {
	ON_ONE,			/* wants the first of them */
	ON_SET,			/* wants any of them */
	IN_CPUSET,		/* its cpuset has the last of them */
	IN_CPUSET_ON_ONE,	/* the same, and wants just that */
	NR_TASKS,
};

static struct picture before, after;

static void add(struct picture *p, const char *name, const char *value, bool may_go)
{
	struct entry *entry = &p->entry[p->nr];

	if (p->nr == ARRAY_SIZE(p->entry))
		return;
	entry->name = strdup(name);
	entry->value = strdup(value);
	entry->may_go = may_go;
	p->nr += entry->name && entry->value;
}

static void clear(struct picture *p)
{
	while (p->nr) {
		p->nr--;
		free(p->entry[p->nr].name);
		free(p->entry[p->nr].value);
	}
}

static void add_files(struct picture *p, const char *pattern)
{
	char text[CPUHP_LIST_LEN];
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		if (!cpuhp_file_read(found.gl_pathv[i], text, sizeof(text)))
			add(p, found.gl_pathv[i], text, false);
	}
	globfree(&found);
}

/* "PID (name) started at", so that another task with the same number is another one. */
static bool task_name(const char *pid, char *name, size_t size)
{
	char path[64], text[1024], *rest, *word;
	int i;

	snprintf(path, sizeof(path), "/proc/%.16s/stat", pid);
	if (cpuhp_file_read(path, text, sizeof(text)))
		return false;
	rest = strrchr(text, ')');
	if (!rest)
		return false;
	*rest++ = '\0';
	/* The start is field 22; the first behind the name is 3. */
	for (i = 3, word = strtok(rest, " "); word && i < 22; i++)
		word = strtok(NULL, " ");
	snprintf(name, size, "task %s) since %s", text, word ? word : "?");
	return true;
}

static void add_task(struct picture *p, const char *pid)
{
	static const char key[] = "Cpus_allowed_list:\t";
	char path[64], text[8192], name[1200], *list;

	snprintf(path, sizeof(path), "/proc/%.16s/status", pid);
	if (!task_name(pid, name, sizeof(name)) ||
	    cpuhp_file_read(path, text, sizeof(text)))
		return;
	/* These come home from an operation before, in their own time: come_home_test. */
	if (strstr(name, "(kpktgend_"))
		return;
	list = strstr(text, key);
	if (!list)
		return;
	list += strlen(key);
	list[strcspn(list, "\n")] = '\0';
	add(p, name, list, true);
}

static void add_tasks(struct picture *p)
{
	DIR *proc = opendir("/proc");
	struct dirent *pid;

	while (proc && (pid = readdir(proc))) {
		if (strspn(pid->d_name, "0123456789") == strlen(pid->d_name))
			add_task(p, pid->d_name);
	}
	if (proc)
		closedir(proc);
}

static void take(struct picture *p)
{
	size_t i;

	clear(p);
	cpuhp_machine_read(&p->machine);
	for (i = 0; i < ARRAY_SIZE(visible); i++)
		add_files(p, visible[i]);
	add_tasks(p);
}

static const struct entry *find(const struct picture *p, const char *name, size_t hint)
{
	size_t i;

	for (i = 0; i < p->nr; i++) {
		const struct entry *entry = &p->entry[(hint + i) % p->nr];

		if (!strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

/* The first thing that is not as it was; empty where all is. */
static const char *difference(const struct picture *a, const struct picture *b)
{
	static char text[4 * CPUHP_LIST_LEN];
	size_t i;

	for (i = 0; i < a->nr; i++) {
		const struct entry *was = &a->entry[i];
		const struct entry *is = find(b, was->name, i);

		if (!is && was->may_go)
			continue;
		if (is && !strcmp(was->value, is->value))
			continue;
		snprintf(text, sizeof(text), "%s: was \"%s\", is \"%s\"", was->name,
			 was->value, is ? is->value : "not there");
		return text;
	}
	snprintf(text, sizeof(text), "%s", cpuhp_machine_diff(&a->machine, &b->machine));
	return text;
}

/*
 * Throw away what has been said so far. Return how often it was about a CPU
 * itself: a driver whose device goes and comes back with it says so, rightly.
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

/* The last CPUs that can go. */
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

/* A cpuset with the last of the CPUs; 0 or -errno. */
static int make_cpuset(int cpu, const char *partition)
{
	int err;

	cpuhp_file_write(CGROUPS "/cgroup.subtree_control", "+cpuset");
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

/* Nobody outside of a partition can want its CPU. */
static bool has_place(const FIXTURE_VARIANT(refused) * variant, int task)
{
	return in_cpuset(task) || !strcmp(variant->partition, "member");
}

/* Everybody to where they are to be found again, also who has lost that before. */
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

/* Make @out fail at state @nr of one of the CPUs. Return whether it has. */
static bool inject(struct __test_metadata *_metadata, FIXTURE_DATA(refused) * self,
		   int nr, const char *out, const char *back)
{
	int victim = cpuhp_mask_nth(&self->set, nr % CPU_COUNT(&self->set));
	int left = 0, err;

	take(&before);
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
	take(&after);
	EXPECT_STREQ("", difference(&before, &after)) {
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
	/* More states than the ones that every kernel has. */
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
		SKIP(return, "a partition without CPUs is like no partition");
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->set));
	sweep(_metadata, self, ONLINE, OFFLINE);
}

CPUHP_HARNESS_MAIN
