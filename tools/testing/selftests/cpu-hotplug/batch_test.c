// SPDX-License-Identifier: GPL-2.0
/*
 * Whole lists of CPUs move through hotplug/offline and hotplug/online: all of
 * a list or none of it, whoever fails, whoever else moves CPUs meanwhile.
 *
 * In the environment: CPUHP_ROUNDS, batches of the random and racing tests;
 * CPUHP_SECONDS, make the random test run that long instead; CPUHP_SEED,
 * repeat a run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"
#include "util/failure.h"

#define COUNTERS	"/sys/kernel/debug/cpuhp/counters"
#define STOP_MAX	"/sys/module/cpuhp/parameters/stop_max"

#define CGROUP		"/sys/fs/cgroup"
#define CPUSET		CGROUP "/cpuhp_test"

FIXTURE(batch) {
	struct cpuhp_steps steps;
	struct cpuhp_machine before;
	cpu_set_t movable;
	unsigned long rounds;
	int top;
};

FIXTURE_SETUP(batch)
{
	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	self->top = cpuhp_steps_top(&self->steps);
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 25);
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	TH_LOG("CPUHP_SEED=%lu", cpuhp_random_seed());
}

FIXTURE_TEARDOWN(batch)
{
	EXPECT_EQ(0, cpuhp_restore());
}

/* A subset with at least one member. */
static void pick_some(const cpu_set_t *from, cpu_set_t *set)
{
	int cpu;

	CPU_ZERO(set);
	CPU_SET(cpuhp_mask_nth(from, cpuhp_random(CPU_COUNT(from))), set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, from) && cpuhp_random(2))
			CPU_SET(cpu, set);
}

static int pick_one(const cpu_set_t *from)
{
	return cpuhp_mask_nth(from, cpuhp_random(CPU_COUNT(from)));
}

static const char *list(const cpu_set_t *set)
{
	static char text[CPUHP_LIST_LEN];

	return cpuhp_list_format(set, text, sizeof(text));
}

/* A row where a failure may be injected now, or -1 after many in vain. */
static int pick_failure(const struct cpuhp_steps *steps, int cpu)
{
	int tries, nr;

	for (tries = 0; tries < 100; tries++) {
		nr = steps->row[cpuhp_random(steps->count)].nr;
		if (cpuhp_cpu_set(cpu, "hotplug/fail", nr))
			continue;
		cpuhp_cpu_set(cpu, "hotplug/fail", CPUHP_NO_FAIL);
		return nr;
	}
	return -1;
}

/* Every movable CPU is fully up or fully down, as the model says. */
static void expect_model(struct __test_metadata *_metadata,
			 FIXTURE_DATA(batch) * self, const cpu_set_t *model)
{
	struct cpuhp_machine now;
	int cpu, state;

	cpuhp_machine_read(&now);
	EXPECT_TRUE(CPU_EQUAL(model, &now.online)) {
		TH_LOG("model says %s are online", list(model));
		TH_LOG("the kernel says %s", list(&now.online));
	}
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &self->movable))
			continue;
		state = CPU_ISSET(cpu, model) ? self->top : 0;
		EXPECT_EQ(state, now.cpu[cpu].state) {
			TH_LOG("state of CPU %d", cpu);
		}
		EXPECT_EQ(state, now.cpu[cpu].target) {
			TH_LOG("target of CPU %d", cpu);
		}
		EXPECT_EQ(state != 0, now.cpu[cpu].online) {
			TH_LOG("online of CPU %d", cpu);
		}
	}
}

static void expect_same(struct __test_metadata *_metadata,
			const struct cpuhp_machine *before, const char *what)
{
	struct cpuhp_machine now;

	cpuhp_machine_read(&now);
	EXPECT_STREQ("", cpuhp_machine_diff(before, &now)) {
		TH_LOG("after %s", what);
	}
}

TEST_F_TIMEOUT(batch, whole_list, 300)
{
	cpu_set_t rest, seen;

	cpuhp_mask_andnot(&rest, &self->before.online, &self->movable);
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	expect_model(_metadata, self, &rest);
	ASSERT_EQ(0, cpuhp_mask_read(ONLINE, &seen));
	EXPECT_TRUE(CPU_EQUAL(&rest, &seen));
	ASSERT_EQ(0, cpuhp_mask_read(OFFLINE, &seen));
	CPU_AND(&seen, &seen, &self->before.present);
	EXPECT_TRUE(CPU_EQUAL(&self->movable, &seen));

	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	expect_same(_metadata, &self->before, "the way back");
	ASSERT_EQ(0, cpuhp_mask_read(ONLINE, &seen));
	EXPECT_TRUE(CPU_EQUAL(&self->before.online, &seen));
	ASSERT_EQ(0, cpuhp_mask_read(OFFLINE, &seen));
	CPU_AND(&seen, &seen, &self->before.present);
	EXPECT_EQ(0, CPU_COUNT(&seen));
}

/* A CPU named twice, and CPUs that are there already. */
TEST_F_TIMEOUT(batch, repeated_and_already_there, 300)
{
	int cpu = cpuhp_mask_nth(&self->movable, 0);
	cpu_set_t model = self->before.online;
	char text[64];

	snprintf(text, sizeof(text), "%d,%d-%d,%d\n", cpu, cpu, cpu, cpu);
	ASSERT_EQ(0, cpuhp_sys_write(OFFLINE, text));
	CPU_CLR(cpu, &model);
	expect_model(_metadata, self, &model);
	/* One of the list is gone already; the others follow. */
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_mask_andnot(&model, &model, &self->movable);
	expect_model(_metadata, self, &model);
	ASSERT_EQ(0, cpuhp_sys_write(ONLINE, text));
	CPU_SET(cpu, &model);
	expect_model(_metadata, self, &model);
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->before.online));
	expect_same(_metadata, &self->before, "the way back");
}

/* How often the machine was stopped for a takedown since it booted, or -1. */
static int count_stops(void)
{
	char text[1024] = "", *at;

	if (cpuhp_file_read(COUNTERS, text, sizeof(text)))
		return -1;
	at = strstr(text, "stops ");
	return at ? atoi(at + strlen("stops ")) : -1;
}

static int rounds_of(int nr, int bound)
{
	return bound ? (nr + bound - 1) / bound : nr;	/* 0 counts as 1 */
}

/* A bound on how many leave in one stop: all of them leave, in that many rounds. */
TEST_F_TIMEOUT(batch, bounded_stops, 600)
{
	int nr = CPU_COUNT(&self->movable), bound, before;
	char unbounded[32], text[16];
	cpu_set_t rest;

	cpuhp_mask_andnot(&rest, &self->before.online, &self->movable);
	if (cpuhp_file_read(STOP_MAX, unbounded, sizeof(unbounded)))
		SKIP(return, "no cpuhp.stop_max");
	if (count_stops() < 0)
		SKIP(return, "no " COUNTERS);
	for (bound = 0; bound <= nr; bound++) {
		snprintf(text, sizeof(text), "%d", bound);
		EXPECT_EQ(0, cpuhp_file_write(STOP_MAX, text));
		before = count_stops();
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
		EXPECT_EQ(rounds_of(nr, bound), count_stops() - before) {
			TH_LOG("%d CPUs, at most %d at a time", nr, bound);
		}
		expect_model(_metadata, self, &rest);
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
		expect_same(_metadata, &self->before, "the way back");
	}
	EXPECT_EQ(0, cpuhp_file_write(STOP_MAX, unbounded));
}

TEST_F_TIMEOUT(batch, tasks, 300)
{
	cpu_set_t rest, pair, seen, all, none;
	struct cpuhp_task free, paired, pinned;

	cpuhp_mask_andnot(&rest, &self->before.online, &self->movable);
	pair = rest;
	CPU_SET(cpuhp_mask_nth(&self->movable, 0), &pair);
	ASSERT_EQ(0, cpuhp_task_start(&free, NULL));
	ASSERT_EQ(0, cpuhp_task_start(&paired, &pair));
	ASSERT_EQ(0, cpuhp_task_start(&pinned, &self->movable));
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(all), &all));

	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	EXPECT_EQ(0, cpuhp_task_runs(&free));
	EXPECT_EQ(0, cpuhp_task_runs(&paired));
	EXPECT_EQ(0, cpuhp_task_runs(&pinned));
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&rest, &seen));
	ASSERT_EQ(0, sched_getaffinity(paired.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&rest, &seen));
	ASSERT_EQ(0, sched_getaffinity(pinned.pid, sizeof(seen), &seen));
	EXPECT_NE(0, CPU_COUNT(&seen));
	CPU_AND(&none, &seen, &self->movable);
	EXPECT_EQ(0, CPU_COUNT(&none));

	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&all, &seen));
	ASSERT_EQ(0, sched_getaffinity(paired.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&pair, &seen));
	EXPECT_EQ(0, sched_setaffinity(pinned.pid, sizeof(cpu_set_t), &self->movable));
	EXPECT_EQ(0, cpuhp_task_runs(&free));
	EXPECT_EQ(0, cpuhp_task_runs(&paired));
	EXPECT_EQ(0, cpuhp_task_runs(&pinned));
	cpuhp_task_stop(&free);
	cpuhp_task_stop(&paired);
	cpuhp_task_stop(&pinned);
}

/* One event for each CPU that moved, none for one that did not. */
TEST_F_TIMEOUT(batch, uevents, 300)
{
	int fd, cpu = cpuhp_mask_nth(&self->movable, 0);
	cpu_set_t others = self->movable;

	fd = cpuhp_uevent_open();
	if (fd < 0)
		SKIP(return, "no uevent socket: %s", strerror(-fd));
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	EXPECT_EQ(0, cpuhp_uevents(fd, "offline", &self->movable));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	EXPECT_EQ(0, cpuhp_uevents(fd, "online", &self->movable));

	/* A batch that is undone says nothing: the next events are these. */
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/fail",
				   cpuhp_steps_find(&self->steps, "sched:active")));
	EXPECT_EQ(INJECTED, cpuhp_mask_write(OFFLINE, &self->movable));

	CPU_CLR(cpu, &others);
	if (!CPU_COUNT(&others))
		return;
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &others));
	EXPECT_EQ(0, cpuhp_uevents(fd, "offline", &others));
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_mask_andnot(&others, &self->movable, &others);
	EXPECT_EQ(0, cpuhp_uevents(fd, "offline", &others));
	close(fd);
}

/* The record of the last failure must name who, where, why. */
static void check_record(struct __test_metadata *_metadata, int cpu,
			 const char *step)
{
	struct cpuhp_failure failure;
	int err = cpuhp_failure_read(&failure);

	EXPECT_EQ(0, err);
	EXPECT_EQ(cpu, failure.cpu);
	EXPECT_STREQ(step, failure.step_name);
	EXPECT_EQ(INJECTED, failure.error);
}

/*
 * One batch with a failure injected on one member. Whether its row has a
 * callback in this direction shows in hotplug/fail, which is reset when the
 * failure has happened.
 *
 * Return: 1 where the batch was undone, 0 where it went through, -1 where the
 * row cannot fail.
 */
static int batch_with_failure(struct __test_metadata *_metadata,
			      FIXTURE_DATA(batch) * self, const char *attr,
			      const cpu_set_t *set, int cpu, int nr)
{
	const char *name = cpuhp_steps_name(&self->steps, nr);
	struct cpuhp_machine before;
	int err, left = 0;

	cpuhp_machine_read(&before);
	err = cpuhp_cpu_set(cpu, "hotplug/fail", nr);
	if (err) {
		EXPECT_EQ(-EINVAL, err);
		return -1;
	}
	err = cpuhp_mask_write(attr, set);
	ASSERT_EQ(0, cpuhp_cpu_get(cpu, "hotplug/fail", &left));
	if (left == CPUHP_NO_FAIL) {
		EXPECT_EQ(INJECTED, err);
		expect_same(_metadata, &before, name);
		check_record(_metadata, cpu, name);
		return 1;
	}
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/fail", CPUHP_NO_FAIL));
	EXPECT_EQ(0, err) {
		TH_LOG("%s %s, failure armed at %d (%s) on CPU %d", attr,
		       list(set), nr, name, cpu);
	}
	return 0;
}

TEST_F_TIMEOUT(batch, failure_at_every_state_down, 1200)
{
	int nr, ret, hits = 0;
	cpu_set_t set;

	for (nr = 0; nr <= self->top; nr++) {
		pick_some(&self->movable, &set);
		ret = batch_with_failure(_metadata, self, OFFLINE, &set,
					 pick_one(&set), nr);
		hits += ret > 0;
		if (!ret)
			ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &set));
	}
	TH_LOG("%d batches undone", hits);
	EXPECT_LT(0, hits);
	expect_same(_metadata, &self->before, "all");
}

TEST_F_TIMEOUT(batch, failure_at_every_state_up, 1200)
{
	int nr, ret, hits = 0;
	cpu_set_t set;

	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	for (nr = 0; nr <= self->top; nr++) {
		pick_some(&self->movable, &set);
		ret = batch_with_failure(_metadata, self, ONLINE, &set,
					 pick_one(&set), nr);
		hits += ret > 0;
		if (!ret)
			ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &set));
	}
	TH_LOG("%d batches undone", hits);
	EXPECT_LT(0, hits);
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	expect_same(_metadata, &self->before, "all");
}

/* Two members fail at once: still one errno, still all of them back. */
TEST_F_TIMEOUT(batch, two_failures, 300)
{
	int active = cpuhp_steps_find(&self->steps, "sched:active");
	int a = cpuhp_mask_nth(&self->movable, 0);
	int b = cpuhp_mask_nth(&self->movable, 1);

	if (b < 0)
		SKIP(return, "only one CPU can go");
	ASSERT_EQ(0, cpuhp_cpu_set(a, "hotplug/fail", active));
	ASSERT_EQ(0, cpuhp_cpu_set(b, "hotplug/fail", active));
	EXPECT_EQ(INJECTED, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_cpu_set(a, "hotplug/fail", CPUHP_NO_FAIL);
	cpuhp_cpu_set(b, "hotplug/fail", CPUHP_NO_FAIL);
	expect_same(_metadata, &self->before, "two failures");
}

/*
 * The members begin at different places of the line. A failure takes each back
 * to its own.
 */
TEST_F_TIMEOUT(batch, failure_from_different_rests, 1200)
{
	int partial, cpu, nr, ret, hits = 0;
	const char *attr;
	unsigned long i;

	partial = cpuhp_partial_targets(&self->steps,
					cpuhp_mask_nth(&self->movable, 0));
	ASSERT_LE(0, partial);
	if (!partial)
		SKIP(return, "kernel without CONFIG_CPU_HOTPLUG_STATE_CONTROL");
	for (i = 0; i < self->rounds; i++) {
		for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (!CPU_ISSET(cpu, &self->movable))
				continue;
			do {
				nr = self->steps.row[cpuhp_random(self->steps.count)].nr;
			} while (cpuhp_step_is_barred(&self->steps, nr));
			ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/target", nr));
		}
		attr = cpuhp_random(2) ? OFFLINE : ONLINE;
		cpu = pick_one(&self->movable);
		ret = batch_with_failure(_metadata, self, attr, &self->movable, cpu,
					 pick_failure(&self->steps, cpu));
		hits += ret > 0;
		ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
		cpuhp_mask_read("online", &self->before.online);
		expect_model(_metadata, self, &self->before.online);
	}
	TH_LOG("%d of %lu batches undone", hits, self->rounds);
}

TEST_F_TIMEOUT(batch, random_against_model, 7200)
{
	unsigned long seconds = cpuhp_env("CPUHP_SECONDS", 0);
	unsigned long batches = 0, undone = 0, moved = 0;
	cpu_set_t model = self->before.online, set, next;
	struct timespec now, end;
	const char *attr;
	int ret, cpu;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (seconds ? now.tv_sec >= end.tv_sec : batches >= self->rounds)
			break;
		pick_some(&self->movable, &set);
		attr = cpuhp_random(2) ? OFFLINE : ONLINE;
		if (!strcmp(attr, ONLINE))
			CPU_OR(&next, &model, &set);
		else
			cpuhp_mask_andnot(&next, &model, &set);

		if (cpuhp_random(2)) {
			cpu = pick_one(&set);
			ret = batch_with_failure(_metadata, self, attr, &set, cpu,
						 pick_failure(&self->steps, cpu));
		} else {
			ret = 0;
			EXPECT_EQ(0, cpuhp_mask_write(attr, &set)) {
				TH_LOG("%s %s", attr, list(&set));
			}
		}
		batches++;
		undone += ret > 0;
		if (!ret) {
			CPU_XOR(&set, &next, &model);
			moved += CPU_COUNT(&set);
			model = next;
		}
		expect_model(_metadata, self, &model);
		if (_metadata->exit_code)
			break;
	}
	TH_LOG("%lu batches, %lu undone, %lu CPUs moved", batches, undone, moved);
}

static long elapsed_us(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000000L +
	       (now.tv_nsec - since->tv_nsec) / 1000;
}

/*
 * Whenever the writer is killed, the list has moved as a whole or not at all.
 * It is killed anywhere between the start and a little after the end of what a
 * batch took that was left alone.
 */
TEST_F_TIMEOUT(batch, killed_writer, 1200)
{
	unsigned long i, undone = 0, wait;
	cpu_set_t rest, online, before;
	struct timespec start, delay;
	const char *attr, *back;
	long took;
	pid_t pid;

	cpuhp_mask_andnot(&rest, &self->before.online, &self->movable);
	for (i = 0; i < self->rounds; i++) {
		attr = i % 2 ? ONLINE : OFFLINE;
		back = i % 2 ? OFFLINE : ONLINE;
		clock_gettime(CLOCK_MONOTONIC, &start);
		ASSERT_EQ(0, cpuhp_mask_write(attr, &self->movable));
		took = elapsed_us(&start);
		ASSERT_EQ(0, cpuhp_mask_write(back, &self->movable));
		ASSERT_EQ(0, cpuhp_mask_read("online", &before));

		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(cpuhp_mask_write(attr, &self->movable) ? 1 : 0);
		wait = cpuhp_random(took + took / 4 + 1);
		delay.tv_sec = wait / 1000000;
		delay.tv_nsec = wait % 1000000 * 1000;
		nanosleep(&delay, NULL);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));

		ASSERT_EQ(0, cpuhp_mask_read("online", &online));
		ASSERT_TRUE(CPU_EQUAL(&online, &rest) ||
			    CPU_EQUAL(&online, &self->before.online)) {
			TH_LOG("%s left half done: %s online", attr, list(&online));
		}
		expect_model(_metadata, self, &online);
		undone += CPU_EQUAL(&online, &before);
	}
	TH_LOG("%lu of %lu batches undone", undone, self->rounds);
}

/**
 * struct race - what main and its rivals share
 * @stop:	set by main: end after this turn
 * @turns:	turns all rivals have had
 * @failed:	answers that no rival may get
 * @movable:	CPUs to move
 * @online:	CPUs that a cpuset may ask for
 */
struct race {
	int stop;
	unsigned long turns;
	unsigned long failed;
	cpu_set_t movable;
	cpu_set_t online;
};

/* One turn of a rival; returns false for an answer that must not be. */
typedef bool (*rival_fn)(struct race *race);

static bool complain(const char *what, int err)
{
	fprintf(stderr, "# rival: %s: %s\n", what, strerror(-err));
	return false;
}

static bool rival_single(struct race *race)
{
	int cpu = pick_one(&race->movable);
	int err = cpuhp_cpu_set(cpu, "online", cpuhp_random(2));

	return err ? complain("online", err) : true;
}

static bool rival_smt(struct race *race)
{
	int err = cpuhp_sys_write("smt/control", cpuhp_random(2) ? "on" : "off");

	return err ? complain("smt/control", err) : true;
}

/* A process that is frozen in the middle of something ends the suspend. */
static bool rival_suspend(struct race *race)
{
	int err = cpuhp_suspend_once();

	return err && err != -EBUSY && err != -EAGAIN ? complain("suspend", err) : true;
}

/*
 * The cpuset stays an ordinary member: changing the CPUs of a partition that
 * has lost its own warns in the cpuset code, whoever moves CPUs and how.
 */
static bool rival_cpuset(struct race *race)
{
	char text[CPUHP_LIST_LEN];
	cpu_set_t set;
	int err;

	pick_some(&race->online, &set);
	err = cpuhp_file_write(CPUSET "/cpuset.cpus",
			       cpuhp_list_format(&set, text, sizeof(text)));
	return err ? complain("cpuset.cpus", err) : true;
}

struct race_turns {
	struct race *race;
	unsigned long goal;
};

static bool race_has_turned(void *arg)
{
	struct race_turns *turns = arg;

	return __atomic_load_n(&turns->race->turns, __ATOMIC_RELAXED) >= turns->goal;
}

/*
 * Random batches while up to 4 rivals do something else, again and again.
 * Beside 0, a batch may answer @allowed.
 */
static void run_race(struct __test_metadata *_metadata,
		     FIXTURE_DATA(batch) * self, rival_fn turn, int rivals,
		     int allowed)
{
	unsigned long i, refused = 0;
	struct race_turns turns;
	int status, err, n;
	struct race *race;
	cpu_set_t set;
	pid_t pid[4];

	race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)race);
	race->movable = self->movable;
	race->online = self->before.online;
	for (n = 0; n < rivals; n++) {
		unsigned int seed = cpuhp_random(1U << 30);

		pid[n] = fork();
		ASSERT_LE(0, pid[n]);
		if (pid[n])
			continue;
		srandom(seed);
		while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
			if (!turn(race))
				__atomic_fetch_add(&race->failed, 1, __ATOMIC_RELAXED);
			__atomic_fetch_add(&race->turns, 1, __ATOMIC_RELAXED);
		}
		_exit(0);
	}
	for (i = 0; i < self->rounds; i++) {
		pick_some(&self->movable, &set);
		err = cpuhp_mask_write(cpuhp_random(2) ? OFFLINE : ONLINE, &set);
		refused += err != 0;
		EXPECT_TRUE(!err || err == allowed) {
			TH_LOG("batch %s: %s", list(&set), strerror(-err));
		}
	}
	/* Each rival may still be waiting for its first turn. */
	turns = (struct race_turns){ race, rivals };
	EXPECT_EQ(0, cpuhp_wait(race_has_turned, &turns));
	__atomic_store_n(&race->stop, 1, __ATOMIC_RELAXED);
	for (n = 0; n < rivals; n++)
		ASSERT_EQ(pid[n], waitpid(pid[n], &status, 0));
	TH_LOG("%lu batches, %lu refused, %lu turns of rivals", self->rounds,
	       refused, race->turns);
	EXPECT_EQ(0UL, race->failed);
	munmap(race, sizeof(*race));

	/* With the rivals gone the machine obeys again. */
	EXPECT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	expect_same(_metadata, &self->before, "the race");
}

TEST_F_TIMEOUT(batch, race_with_single_writes, 1200)
{
	run_race(_metadata, self, rival_single, 4, 0);
}

TEST_F_TIMEOUT(batch, race_with_smt_control, 1200)
{
	if (strcmp(self->before.smt, "on"))
		SKIP(return, "smt/control is \"%s\"", self->before.smt);
	run_race(_metadata, self, rival_smt, 1, -EPERM);
}

TEST_F_TIMEOUT(batch, race_with_suspend, 1200)
{
	const char *reason;

	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	run_race(_metadata, self, rival_suspend, 1, -EBUSY);
}

TEST_F_TIMEOUT(batch, race_with_cpusets, 1200)
{
	char text[CPUHP_LIST_LEN];
	cpu_set_t seen;

	if (cpuhp_file_read(CGROUP "/cgroup.controllers", text, sizeof(text)) &&
	    (mount("cgroup2", CGROUP, "cgroup2", 0, NULL) ||
	     cpuhp_file_read(CGROUP "/cgroup.controllers", text, sizeof(text))))
		SKIP(return, "no cgroup2 file system");
	if (!strstr(text, "cpuset"))
		SKIP(return, "no cpuset controller in cgroup2");
	ASSERT_EQ(0, cpuhp_file_write(CGROUP "/cgroup.subtree_control", "+cpuset"));
	ASSERT_TRUE(!mkdir(CPUSET, 0755) || errno == EEXIST);

	run_race(_metadata, self, rival_cpuset, 1, 0);

	EXPECT_EQ(0, cpuhp_file_write(CPUSET "/cpuset.cpus",
				      cpuhp_list_format(&self->before.online, text,
							sizeof(text))));
	EXPECT_EQ(0, cpuhp_file_read(CPUSET "/cpuset.cpus.effective", text,
				     sizeof(text)));
	EXPECT_EQ(0, cpuhp_list_parse(text, &seen));
	EXPECT_TRUE(CPU_EQUAL(&self->before.online, &seen)) {
		TH_LOG("effective CPUs of the cpuset: %s", text);
	}
	EXPECT_EQ(0, rmdir(CPUSET));
}

CPUHP_HARNESS_MAIN
