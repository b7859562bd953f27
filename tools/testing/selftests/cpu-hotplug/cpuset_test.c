// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs of cpuset partitions go offline: all CPUs of a partition, those of the
 * partitions below it, or all CPUs outside of it. Each variant of cpuset_variants.h
 * is a set of partitions; its CPUs go and come together and one by one, in either
 * order.
 *
 * After each operation, a cpuset with tasks has CPUs, no CPU is in two partitions,
 * and the tasks may run on the CPUs of their cpuset. With the CPUs offline the
 * partitions are as the variant says. With all CPUs back everything is as before.
 * The kernel never warns.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cgroup.h"
#include "util/harness.h"
#include "util/kmsg.h"
#include "util/task.h"

#define SET_DIR		CGROUP "/cpuhp_"	/* the path of a set follows */
#define MAX_SETS	4
#define TEXT		256

/*
 * Letters stand for CPUs, so that a variant fits every machine: x, y and z are the
 * last three CPUs that can go offline, r is the rest of the CPUs that are online.
 */
struct cpus {
	cpu_set_t of[4];
};

static const char letters[] = "rxyz";

/* What the files of a cpuset say. */
struct shown {
	char state[TEXT];
	char effective[CPUHP_LIST_LEN];
	char exclusive[CPUHP_LIST_LEN];
};

struct picture {
	char top[CPUHP_LIST_LEN];
	char isolated[CPUHP_LIST_LEN];
	struct shown set[MAX_SETS];
};

FIXTURE(cpuset) {
	struct cpuhp_machine before;
	struct cpus cpus;
	struct cpuhp_task task[MAX_SETS];
	struct picture whole;
	char warnings[32];
};

#include "cpuset_variants.h"

static void name_cpus(struct cpus *cpus, const cpu_set_t *online, const cpu_set_t *movable)
{
	int i, last = CPU_COUNT(movable);

	memset(cpus, 0, sizeof(*cpus));
	cpus->of[0] = *online;
	for (i = 1; i < 4; i++) {
		int cpu = cpuhp_mask_nth(movable, last - 4 + i);

		CPU_SET(cpu, &cpus->of[i]);
		CPU_CLR(cpu, &cpus->of[0]);
	}
}

static void mask_of(const struct cpus *cpus, const char *names, cpu_set_t *set)
{
	CPU_ZERO(set);
	for (; *names; names++)
		CPU_OR(set, set, &cpus->of[strchr(letters, *names) - letters]);
}

/* The list that letters stand for, as the kernel writes it. */
static const char *list_of(const struct cpus *cpus, const char *names)
{
	static char text[CPUHP_LIST_LEN];
	cpu_set_t set;

	mask_of(cpus, names, &set);
	return cpuhp_list_format(&set, text, sizeof(text));
}

static int set_write(const char *path, const char *file, const char *text)
{
	char name[TEXT];

	snprintf(name, sizeof(name), SET_DIR "%s/%s", path, file);
	return cpuhp_file_write(name, text);
}

static void set_read(const char *path, const char *file, char *text, size_t size)
{
	char name[TEXT];

	snprintf(name, sizeof(name), SET_DIR "%s/%s", path, file);
	cpuhp_file_read(name, text, size);
}

static int nr_sets(const struct set *set)
{
	int n;

	for (n = 0; n < MAX_SETS && set[n].path; n++)
		;
	return n;
}

static void take_picture(const struct set *set, struct picture *picture)
{
	int i;

	memset(picture, 0, sizeof(*picture));
	cpuhp_file_read(CGROUP "/cpuset.cpus.effective", picture->top, sizeof(picture->top));
	cpuhp_file_read(CGROUP "/cpuset.cpus.isolated", picture->isolated,
			sizeof(picture->isolated));
	for (i = 0; i < nr_sets(set); i++) {
		struct shown *shown = &picture->set[i];

		set_read(set[i].path, "cpuset.cpus.partition", shown->state,
			 sizeof(shown->state));
		set_read(set[i].path, "cpuset.cpus.effective", shown->effective,
			 sizeof(shown->effective));
		set_read(set[i].path, "cpuset.cpus.exclusive.effective", shown->exclusive,
			 sizeof(shown->exclusive));
	}
}

/* Create and set up the cpusets; -errno of the first write that fails. */
static int make_sets(struct __test_metadata *_metadata, FIXTURE_DATA(cpuset) * self,
		     const struct set *set)
{
	int i, err = 0;

	for (i = 0; i < nr_sets(set) && !err; i++) {
		const struct set *s = &set[i];
		const char *slash = strrchr(s->path, '/');
		char name[TEXT], pid[16];

		if (slash) {
			snprintf(name, sizeof(name), "%.*s", (int)(slash - s->path), s->path);
			err = set_write(name, "cgroup.subtree_control", "+cpuset");
		}
		snprintf(name, sizeof(name), SET_DIR "%s", s->path);
		if (!err && mkdir(name, 0755))
			err = -errno;
		if (!err && s->cpus)
			err = set_write(s->path, "cpuset.cpus", list_of(&self->cpus, s->cpus));
		if (!err && s->exclusive)
			err = set_write(s->path, "cpuset.cpus.exclusive",
					list_of(&self->cpus, s->exclusive));
		if (!err && s->state)
			err = set_write(s->path, "cpuset.cpus.partition", s->state);
		if (!err && s->task) {
			ASSERT_EQ(0, cpuhp_task_start(&self->task[i], NULL));
			snprintf(pid, sizeof(pid), "%d", self->task[i].pid);
			err = set_write(s->path, "cgroup.procs", pid);
		}
		EXPECT_EQ(0, err) {
			TH_LOG("making %s: %s", s->path, strerror(-err));
		}
	}
	return err;
}

static bool is_removed(void *path)
{
	return !rmdir(path) || errno == ENOENT;
}

/* Remove the cpusets of a test that was killed. Its tasks died with it. */
static void remove_leftovers(void)
{
	static const char * const paths[] = {
		"m/a/b", "m/a/c", "m/a", "m", "a/b/c", "a/b", "a/c", "a", "b", "c",
	};
	char name[TEXT];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		snprintf(name, sizeof(name), SET_DIR "%s", paths[i]);
		cpuhp_wait(is_removed, name);
	}
}

/* A cgroup can be removed once the last of its tasks is gone, which takes a moment. */
static void remove_sets(struct __test_metadata *_metadata, const struct set *set)
{
	char name[TEXT];
	int i;

	for (i = nr_sets(set) - 1; i >= 0; i--) {
		snprintf(name, sizeof(name), SET_DIR "%s", set[i].path);
		EXPECT_EQ(0, cpuhp_wait(is_removed, name)) {
			TH_LOG("%s stays", name);
		}
	}
}

FIXTURE_SETUP(cpuset)
{
	cpu_set_t movable;
	int i;

	ASSERT_EQ(0, cpuhp_restore());
	for (i = 0; i < MAX_SETS; i++)
		self->task[i].pid = 0;
	cpuhp_machine_read(&self->before);
	cpuhp_movable(&movable);
	if (!cpuhp_cgroup_has_cpuset())
		SKIP(return, "no cpuset controller in a cgroup2 at " CGROUP);
	if (CPU_COUNT(&movable) < 3 || CPU_COUNT(&self->before.online) < 4)
		SKIP(return, "fewer than 4 CPUs, or fewer than 3 that can go offline");
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	remove_leftovers();
	cpuhp_warn_count(self->warnings, sizeof(self->warnings));
	name_cpus(&self->cpus, &self->before.online, &movable);
	ASSERT_EQ(0, make_sets(_metadata, self, variant->set));
	take_picture(variant->set, &self->whole);
	for (i = 0; i < nr_sets(variant->set); i++) {
		if (!variant->set[i].state)
			continue;
		ASSERT_STREQ(variant->set[i].state, self->whole.set[i].state) {
			TH_LOG("%s", variant->set[i].path);
		}
	}
}

FIXTURE_TEARDOWN(cpuset)
{
	char warnings[32] = "";
	int i;

	EXPECT_EQ(0, cpuhp_restore());
	for (i = 0; i < MAX_SETS; i++)
		if (self->task[i].pid > 0)
			cpuhp_task_stop(&self->task[i]);
	remove_sets(_metadata, variant->set);
	cpuhp_warn_count(warnings, sizeof(warnings));
	EXPECT_STREQ(self->warnings, warnings) {
		TH_LOG("the kernel has warned, see its log");
	}
}

/* What is true at any time, whichever CPUs are offline. */
static void expect_sound(struct __test_metadata *_metadata, FIXTURE_DATA(cpuset) * self,
			 const struct set *set, const char *when)
{
	cpu_set_t online, effective, allowed, taken, both;
	struct picture now;
	int i;

	take_picture(set, &now);
	cpuhp_mask_read("online", &online);
	ASSERT_EQ(0, cpuhp_list_parse(now.top, &taken));
	for (i = 0; i < nr_sets(set); i++) {
		bool valid = set[i].state && !strcmp(now.set[i].state, set[i].state);

		ASSERT_EQ(0, cpuhp_list_parse(now.set[i].effective, &effective));
		CPU_AND(&both, &effective, &online);
		EXPECT_TRUE(CPU_EQUAL(&both, &effective)) {
			TH_LOG("%s: %s has CPUs %s that are not online", when, set[i].path,
			       now.set[i].effective);
		}
		CPU_AND(&both, &effective, &taken);
		EXPECT_FALSE(valid && CPU_COUNT(&both)) {
			TH_LOG("%s: others also have CPUs of %s %s", when, set[i].path,
			       now.set[i].effective);
		}
		if (valid)
			CPU_OR(&taken, &taken, &effective);
		if (!set[i].task)
			continue;
		EXPECT_LT(0, CPU_COUNT(&effective)) {
			TH_LOG("%s: %s has a task and no CPU", when, set[i].path);
		}
		ASSERT_EQ(0, sched_getaffinity(self->task[i].pid, sizeof(allowed), &allowed));
		/* The mask of a task may hold CPUs that are offline. */
		CPU_AND(&allowed, &allowed, &online);
		EXPECT_TRUE(CPU_EQUAL(&allowed, &effective)) {
			char text[CPUHP_LIST_LEN];

			TH_LOG("%s: the task of %s %s may use %s", when, set[i].path,
			       now.set[i].effective,
			       cpuhp_list_format(&allowed, text, sizeof(text)));
		}
		EXPECT_EQ(0, cpuhp_task_runs(&self->task[i])) {
			TH_LOG("%s: the task of %s does not run", when, set[i].path);
		}
	}
}

static void expect_away(struct __test_metadata *_metadata, FIXTURE_DATA(cpuset) * self,
			const FIXTURE_VARIANT(cpuset) * variant, const char *when)
{
	const struct set *set = variant->set;
	struct picture now;
	int i;

	take_picture(set, &now);
	EXPECT_STREQ(list_of(&self->cpus, variant->isolated), now.isolated) {
		TH_LOG("%s: isolated CPUs", when);
	}
	for (i = 0; i < nr_sets(set); i++) {
		const char *state = set[i].away ?: set[i].state ?: "member";

		EXPECT_EQ(0, strncmp(state, now.set[i].state, strlen(state))) {
			TH_LOG("%s: %s is '%s' for '%s'", when, set[i].path,
			       now.set[i].state, state);
		}
		EXPECT_STREQ(list_of(&self->cpus, set[i].left), now.set[i].effective) {
			TH_LOG("%s: CPUs of %s", when, set[i].path);
		}
	}
}

/* A remote partition that became invalid only comes back when it is written anew. */
static void rewrite_remote(struct __test_metadata *_metadata, const struct set *set)
{
	int i;

	for (i = 0; i < nr_sets(set); i++) {
		if (!set[i].rewrite)
			continue;
		EXPECT_EQ(0, set_write(set[i].path, "cpuset.cpus.partition", "member"));
		EXPECT_EQ(0, set_write(set[i].path, "cpuset.cpus.partition", set[i].state));
	}
}

static void expect_whole(struct __test_metadata *_metadata, FIXTURE_DATA(cpuset) * self,
			 const struct set *set, const char *when)
{
	struct picture now;
	int i;

	take_picture(set, &now);
	EXPECT_STREQ(self->whole.top, now.top) {
		TH_LOG("%s: CPUs of the root cgroup", when);
	}
	EXPECT_STREQ(self->whole.isolated, now.isolated) {
		TH_LOG("%s: isolated CPUs", when);
	}
	for (i = 0; i < nr_sets(set); i++) {
		EXPECT_STREQ(self->whole.set[i].state, now.set[i].state) {
			TH_LOG("%s: state of %s", when, set[i].path);
		}
		EXPECT_STREQ(self->whole.set[i].effective, now.set[i].effective) {
			TH_LOG("%s: CPUs of %s", when, set[i].path);
		}
		EXPECT_STREQ(self->whole.set[i].exclusive, now.set[i].exclusive) {
			TH_LOG("%s: exclusive CPUs of %s", when, set[i].path);
		}
	}
}

/**
 * enum order - how CPUs move
 * @TOGETHER:	in one batch
 * @RISING:	one by one, the lowest first
 * @FALLING:	one by one, the highest first
 * @ORDERS:	how many there are
 */
enum order { TOGETHER, RISING, FALLING, ORDERS };

static const char * const order_names[] = { "together", "rising", "falling" };

static void move(struct __test_metadata *_metadata, FIXTURE_DATA(cpuset) * self,
		 const FIXTURE_VARIANT(cpuset) * variant, bool online, enum order order)
{
	int n, count;
	cpu_set_t set;
	char when[64];

	mask_of(&self->cpus, variant->go, &set);
	count = CPU_COUNT(&set);
	if (order == TOGETHER) {
		ASSERT_EQ(0, cpuhp_mask_write(online ? ONLINE : OFFLINE, &set));
		expect_sound(_metadata, self, variant->set, online ? "all on" : "all off");
		return;
	}
	for (n = 0; n < count; n++) {
		int cpu = cpuhp_mask_nth(&set, order == RISING ? n : count - 1 - n);

		snprintf(when, sizeof(when), "%s, CPU %d %s", order_names[order], cpu,
			 online ? "on" : "off");
		ASSERT_EQ(0, cpuhp_cpu_set(cpu, "online", online)) {
			TH_LOG("%s", when);
		}
		expect_sound(_metadata, self, variant->set, when);
	}
}

TEST_F_TIMEOUT(cpuset, go_and_come, 300)
{
	enum order off, on;
	char when[64];

	expect_sound(_metadata, self, variant->set, "at first");
	for (off = TOGETHER; off < ORDERS; off++) {
		for (on = TOGETHER; on < ORDERS; on++) {
			snprintf(when, sizeof(when), "off %s, on %s", order_names[off],
				 order_names[on]);
			move(_metadata, self, variant, false, off);
			expect_away(_metadata, self, variant, when);
			move(_metadata, self, variant, true, on);
			rewrite_remote(_metadata, variant->set);
			expect_sound(_metadata, self, variant->set, when);
			expect_whole(_metadata, self, variant->set, when);
		}
	}
}

/* poll() on the state of a partition returns when the state changes. */
TEST_F_TIMEOUT(cpuset, poll, 300)
{
	struct pollfd watched[MAX_SETS];
	const struct set *set = variant->set;
	char name[TEXT], text[TEXT];
	int i;

	for (i = 0; i < nr_sets(set); i++) {
		snprintf(name, sizeof(name), SET_DIR "%s/cpuset.cpus.partition", set[i].path);
		watched[i].fd = open(name, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, watched[i].fd);
		watched[i].events = POLLPRI;
		ASSERT_LT(0, read(watched[i].fd, text, sizeof(text)));
	}
	move(_metadata, self, variant, false, TOGETHER);
	for (i = 0; i < nr_sets(set); i++) {
		if (set[i].away)
			EXPECT_EQ(1, poll(&watched[i], 1, CPUHP_DEADLINE_MS)) {
				TH_LOG("poll() did not return for %s", set[i].path);
			}
		close(watched[i].fd);
	}
	move(_metadata, self, variant, true, TOGETHER);
}

CPUHP_HARNESS_MAIN
