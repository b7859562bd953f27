// SPDX-License-Identifier: GPL-2.0
/*
 * Whole lists of CPUs move through hotplug/offline and hotplug/online: all CPUs of
 * a list or none of them, whichever fails. (race_test.c has others that move CPUs
 * meanwhile.)
 *
 * CPUHP_SECONDS in the environment: how long random_against_model runs, instead of
 * a number of batches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/batch.h"
#include "util/failure.h"
#include "util/task.h"
#include "util/uevent.h"

#define COUNTERS	"/sys/kernel/debug/cpuhp/counters"
#define STOP_MAX	"/sys/module/cpuhp/parameters/stop_max"
#define TAKEDOWN	"/sys/module/cpuhp/parameters/takedown"

/* A state at which a failure can be injected now, -1 if many tries find none. */
static int pick_failure(const struct cpuhp_steps *steps, int cpu)
{
	int tries, nr;

	for (tries = 0; tries < 100; tries++) {
		nr = steps->step[cpuhp_random(steps->count)].nr;
		if (cpuhp_cpu_set(cpu, "hotplug/fail", nr))
			continue;
		cpuhp_cpu_set(cpu, "hotplug/fail", CPUHP_NO_FAIL);
		return nr;
	}
	return -1;
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
	/* One CPU of the list is offline already; the others follow. */
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_mask_andnot(&model, &model, &self->movable);
	expect_model(_metadata, self, &model);
	ASSERT_EQ(0, cpuhp_sys_write(ONLINE, text));
	CPU_SET(cpu, &model);
	expect_model(_metadata, self, &model);
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->before.online));
	expect_same(_metadata, &self->before, "the way back");
}

/* How often the machine has been stopped for a takedown since it booted, or -1. */
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

/* With at most @bound CPUs leaving in one stop, all leave, in as many stops as it takes. */
TEST_F_TIMEOUT(batch, bounded_stops, 600)
{
	int nr = CPU_COUNT(&self->movable), bound, before;
	char unbounded[32], way[16], text[16];
	cpu_set_t rest;

	cpuhp_mask_andnot(&rest, &self->before.online, &self->movable);
	if (cpuhp_file_read(STOP_MAX, unbounded, sizeof(unbounded)))
		SKIP(return, "no cpuhp.stop_max");
	if (count_stops() < 0)
		SKIP(return, "no " COUNTERS);
	/* Only a takedown that stops the machine is bounded. */
	ASSERT_EQ(0, cpuhp_file_read(TAKEDOWN, way, sizeof(way)));
	ASSERT_EQ(0, cpuhp_file_write(TAKEDOWN, "stop"));
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
	EXPECT_EQ(0, cpuhp_file_write(TAKEDOWN, way));
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

	/* A batch that is undone sends no event: the next events are those further down. */
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

/* The record of the last failure names the CPU, the step and the error. */
static void check_record(struct __test_metadata *_metadata, int cpu,
			 const char *step)
{
	struct cpuhp_failure failure;

	EXPECT_EQ(0, cpuhp_failure_read(&failure));
	EXPECT_EQ(cpu, failure.cpu);
	EXPECT_STREQ(step, failure.step_name);
	EXPECT_EQ(INJECTED, failure.error);
}

/*
 * One batch with a failure injected on one member. Whether the state has a callback
 * in this direction shows in hotplug/fail, which is reset when the failure happens.
 *
 * Return: 1 if the batch was undone, 0 if it succeeded, -1 if the state cannot fail.
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
		cpuhp_random_subset(&self->movable, &set);
		ret = batch_with_failure(_metadata, self, OFFLINE, &set,
					 cpuhp_random_cpu(&set), nr);
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
		cpuhp_random_subset(&self->movable, &set);
		ret = batch_with_failure(_metadata, self, ONLINE, &set,
					 cpuhp_random_cpu(&set), nr);
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
		SKIP(return, "only one CPU can go offline");
	ASSERT_EQ(0, cpuhp_cpu_set(a, "hotplug/fail", active));
	ASSERT_EQ(0, cpuhp_cpu_set(b, "hotplug/fail", active));
	EXPECT_EQ(INJECTED, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_cpu_set(a, "hotplug/fail", CPUHP_NO_FAIL);
	cpuhp_cpu_set(b, "hotplug/fail", CPUHP_NO_FAIL);
	expect_same(_metadata, &self->before, "two failures");
}

/* The members start from different states. A failure takes each back to its own. */
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
		for_each_cpu_in(cpu, &self->movable) {
			do {
				nr = self->steps.step[cpuhp_random(self->steps.count)].nr;
			} while (cpuhp_step_is_barred(&self->steps, nr));
			ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/target", nr));
		}
		attr = cpuhp_random(2) ? OFFLINE : ONLINE;
		cpu = cpuhp_random_cpu(&self->movable);
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
		cpuhp_random_subset(&self->movable, &set);
		attr = cpuhp_random(2) ? OFFLINE : ONLINE;
		if (!strcmp(attr, ONLINE))
			CPU_OR(&next, &model, &set);
		else
			cpuhp_mask_andnot(&next, &model, &set);

		if (cpuhp_random(2)) {
			cpu = cpuhp_random_cpu(&set);
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

CPUHP_HARNESS_MAIN
