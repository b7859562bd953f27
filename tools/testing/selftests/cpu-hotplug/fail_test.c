// SPDX-License-Identifier: GPL-2.0
/*
 * A failure is injected through hotplug/fail at every state, on the way up and on the
 * way down, on one CPU: the operation returns its error, the CPU is back in its old
 * state, nothing else has moved, and the next attempt succeeds.
 *
 * CPUHP_CPU in the environment names the CPU, by default the last one that can go
 * offline.
 */
#include <ctype.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/failure.h"
#include "util/harness.h"
#include "util/line.h"

/* Records to read of each of two failures. */
#define RECORDS	50

FIXTURE(fail) {
	struct cpuhp_steps steps;
	struct cpuhp_machine before;
	int cpu;
	int top;
	int bringup;
};

FIXTURE_SETUP(fail)
{
	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	self->cpu = cpuhp_test_cpu();
	self->top = cpuhp_steps_top(&self->steps);
	self->bringup = cpuhp_steps_find(&self->steps, "cpu:bringup");
	cpuhp_machine_read(&self->before);
}

FIXTURE_TEARDOWN(fail)
{
	EXPECT_EQ(0, cpuhp_restore());
}

static const char *name_of(const struct cpuhp_steps *steps, int nr)
{
	const char *name = cpuhp_steps_name(steps, nr);

	return name ? name : "no such state";
}

/* The record names the CPU, the step, the direction, the callback, the error and the end. */
static void check_record(struct __test_metadata *_metadata,
			 FIXTURE_DATA(fail) * self, int nr, const char *way,
			 int left_at)
{
	struct cpuhp_failure failure;

	ASSERT_EQ(0, cpuhp_failure_read(&failure));
	EXPECT_EQ(self->cpu, failure.cpu);
	EXPECT_EQ(nr, failure.step);
	EXPECT_STREQ(name_of(&self->steps, nr), failure.step_name);
	EXPECT_STREQ(way, failure.direction);
	EXPECT_EQ(0, failure.undo);
	/* A symbol, not an address. */
	EXPECT_TRUE(isalpha(*failure.callback) || *failure.callback == '_');
	EXPECT_EQ(INJECTED, failure.error);
	EXPECT_EQ(left_at, failure.left_at);
	EXPECT_STREQ(name_of(&self->steps, left_at), failure.left_at_name);
	EXPECT_FALSE(_metadata->exit_code) {
		TH_LOG("last_failure after %d (%s)", nr, name_of(&self->steps, nr));
	}
}

/*
 * Inject a failure at one state, and send the CPU from its present state to @to.
 * Whether the step has a callback in this direction shows in hotplug/fail, which is
 * reset when the failure happens, and stays otherwise.
 *
 * Return: true if the failure happened.
 */
static bool inject(struct __test_metadata *_metadata,
		   FIXTURE_DATA(fail) * self, int nr, int to)
{
	struct cpuhp_machine before, after;
	int err, left = 0;

	cpuhp_machine_read(&before);
	err = cpuhp_cpu_set(self->cpu, "hotplug/fail", nr);
	if (err) {
		EXPECT_EQ(-EINVAL, err);
		cpuhp_machine_read(&after);
		EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
		return false;
	}
	EXPECT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/fail", &left));
	EXPECT_EQ(nr, left);

	err = cpuhp_cpu_set(self->cpu, "hotplug/target", to);
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/fail", &left));
	cpuhp_machine_read(&after);
	if (left == CPUHP_NO_FAIL) {
		EXPECT_EQ(INJECTED, err);
		EXPECT_STREQ("", cpuhp_machine_diff(&before, &after)) {
			TH_LOG("failure at %d (%s) on the way to %d", nr,
			       name_of(&self->steps, nr), to);
		}
		check_record(_metadata, self, nr,
			     to < before.cpu[self->cpu].state ? "down" : "up",
			     before.cpu[self->cpu].state);
		/* The next attempt succeeds. */
		ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", to));
	} else {
		EXPECT_EQ(nr, left);
		EXPECT_EQ(0, err);
		EXPECT_EQ(to, after.cpu[self->cpu].state);
		EXPECT_EQ(to, after.cpu[self->cpu].target);
		EXPECT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", CPUHP_NO_FAIL));
	}
	/* Back to the old state. */
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target",
				   before.cpu[self->cpu].state));
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after)) {
		TH_LOG("after the way back from %d (%s)", nr,
		       name_of(&self->steps, nr));
	}
	return left == CPUHP_NO_FAIL;
}

static bool hit(struct __test_metadata *_metadata, FIXTURE_DATA(fail) * self,
		const char *name, int to)
{
	int nr = cpuhp_steps_find(&self->steps, name);

	EXPECT_LT(0, nr);
	return nr > 0 && inject(_metadata, self, nr, to);
}

TEST_F_TIMEOUT(fail, every_state_down, 900)
{
	int nr, hits = 0;

	for (nr = 0; nr <= self->top; nr++)
		hits += inject(_metadata, self, nr, 0);
	TH_LOG("%d states failed going down", hits);
	EXPECT_LT(0, hits);
}

TEST_F_TIMEOUT(fail, every_state_up, 900)
{
	int nr, hits = 0;

	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", 0));
	for (nr = 0; nr <= self->top; nr++)
		hits += inject(_metadata, self, nr, self->top);
	TH_LOG("%d states failed going up", hits);
	EXPECT_LT(0, hits);
}

/* States of every SMP kernel that have a callback in this direction. */
TEST_F_TIMEOUT(fail, known_states_down, 600)
{
	EXPECT_TRUE(hit(_metadata, self, "sched:active", 0));
	EXPECT_TRUE(hit(_metadata, self, "RCU/tree:online", 0));
	EXPECT_TRUE(hit(_metadata, self, "workqueue:online", 0));
	EXPECT_TRUE(hit(_metadata, self, "smpboot/threads:online", 0));
	EXPECT_TRUE(hit(_metadata, self, "sched:waitempty", 0));
	EXPECT_TRUE(hit(_metadata, self, "cpu:teardown", 0));
	/* Callbacks that run for a dead CPU cannot fail on the way down from online. */
	EXPECT_FALSE(hit(_metadata, self, "timers:prepare", 0));
	EXPECT_FALSE(hit(_metadata, self, "RCU/tree:prepare", 0));
}

TEST_F_TIMEOUT(fail, known_states_up, 600)
{
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", 0));
	EXPECT_TRUE(hit(_metadata, self, "threads:prepare", self->top));
	EXPECT_TRUE(hit(_metadata, self, "workqueue:prepare", self->top));
	EXPECT_TRUE(hit(_metadata, self, "RCU/tree:prepare", self->top));
	EXPECT_TRUE(hit(_metadata, self, "cpu:bringup", self->top));
	EXPECT_TRUE(hit(_metadata, self, "smpboot/threads:online", self->top));
	EXPECT_TRUE(hit(_metadata, self, "RCU/tree:online", self->top));
	EXPECT_TRUE(hit(_metadata, self, "sched:active", self->top));
}

/* Below the handover, a CPU that was left half-way may also fail on its way down. */
TEST_F_TIMEOUT(fail, dead_states_from_rest, 600)
{
	int partial, nr, rest = 0, hits = 0;

	partial = cpuhp_partial_targets(&self->steps, self->cpu);
	ASSERT_LE(0, partial);
	if (!partial)
		SKIP(return, "kernel without CONFIG_CPU_HOTPLUG_STATE_CONTROL");
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", 0));
	for (nr = 1; nr < self->bringup; nr++)
		if (!cpuhp_step_is_barred(&self->steps, nr))
			rest = nr;
	ASSERT_LT(0, rest);
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", rest));
	for (nr = 1; nr <= rest; nr++)
		hits += inject(_metadata, self, nr, 0);
	EXPECT_LT(0, hits);
}

/* A failure at a state that cannot fail is refused, with the CPU on- or offline. */
TEST_F_TIMEOUT(fail, refused, 600)
{
	static const char * const never[] = {
		"offline", "idle:dead", "ap:offline", "sched:starting",
		"RCU/tree:dying", "smpcfd:dying", "hrtimers:dying",
		"tick:dying", "ap:online", "online",
	};
	struct cpuhp_machine before, after;
	const int ends[] = { self->top, 0 };
	unsigned int end, i;
	int nr;

	for (end = 0; end < ARRAY_SIZE(ends); end++) {
		ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", ends[end]));
		cpuhp_machine_read(&before);
		for (i = 0; i < ARRAY_SIZE(never); i++) {
			nr = cpuhp_steps_find(&self->steps, never[i]);
			if (nr < 0)
				continue;
			EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr)) {
				TH_LOG("fail %d (%s)", nr, never[i]);
			}
		}
		for (nr = 0; nr <= self->top; nr++) {
			if (cpuhp_steps_name(&self->steps, nr))
				continue;
			EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr)) {
				TH_LOG("fail %d (no such state)", nr);
			}
		}
		EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/fail", -2));
		EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/fail", self->top + 1));
		EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/fail", INT_MAX));
		EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/fail", INT_MIN));
		cpuhp_machine_read(&after);
		EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
	}
}

TEST_F_TIMEOUT(fail, reset, 120)
{
	int nr = cpuhp_steps_find(&self->steps, "sched:active"), value = 0;

	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr));
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/fail", &value));
	EXPECT_EQ(nr, value);
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", CPUHP_NO_FAIL));
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/fail", &value));
	EXPECT_EQ(CPUHP_NO_FAIL, value);
	/* The failure is gone. */
	EXPECT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
	EXPECT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "1"));
}

/* A write to the online attribute fails as well, and the attribute is unchanged. */
TEST_F_TIMEOUT(fail, through_online, 120)
{
	int nr = cpuhp_steps_find(&self->steps, "sched:active");
	struct cpuhp_machine before, after;

	cpuhp_machine_read(&before);
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr));
	EXPECT_EQ(INJECTED, cpuhp_cpu_write(self->cpu, "online", "0"));
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));

	ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
	cpuhp_machine_read(&before);
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr));
	EXPECT_EQ(INJECTED, cpuhp_cpu_write(self->cpu, "online", "1"));
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
	EXPECT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "1"));
}

/*
 * The record changes its number whenever it changes: with a failure, and when the
 * next operation begins and empties it. A reader of several files needs that.
 */
TEST_F_TIMEOUT(fail, record_sequence, 120)
{
	int nr = cpuhp_steps_find(&self->steps, "sched:active");
	struct cpuhp_failure first, second, none;

	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr));
	EXPECT_EQ(INJECTED, cpuhp_cpu_write(self->cpu, "online", "0"));
	ASSERT_EQ(0, cpuhp_failure_read(&first));
	ASSERT_EQ(0, cpuhp_failure_read(&second));
	EXPECT_EQ(first.seq, second.seq);

	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", nr));
	EXPECT_EQ(INJECTED, cpuhp_cpu_write(self->cpu, "online", "0"));
	ASSERT_EQ(0, cpuhp_failure_read(&second));
	EXPECT_NE(first.seq, second.seq);

	ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
	EXPECT_EQ(-ENODATA, cpuhp_failure_read(&none));
	EXPECT_NE(second.seq, none.seq);
	ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "1"));
}

/* Let two CPUs fail in turn, each at a step of its own, for ever. */
static void fail_in_turn(const int cpus[2], const int steps[2])
{
	unsigned int i;

	for (i = 0; ; i = !i) {
		cpuhp_cpu_set(cpus[i], "hotplug/fail", steps[i]);
		cpuhp_cpu_write(cpus[i], "online", "0");
		/* A slow reader needs a moment in which the record stays. */
		usleep(20000);
	}
}

/* Failures happen while the files are read: a record is of one failure, never of two. */
TEST_F_TIMEOUT(fail, record_whole, 300)
{
	const int steps[2] = {
		cpuhp_steps_find(&self->steps, "sched:active"),
		cpuhp_steps_find(&self->steps, "workqueue:online"),
	};
	int i, err, seen[2] = { 0, 0 }, cpus[2] = { self->cpu };
	struct cpuhp_failure failure;
	cpu_set_t others;
	pid_t child;

	cpuhp_movable(&others);
	CPU_CLR(self->cpu, &others);
	cpus[1] = cpuhp_mask_nth(&others, 0);
	if (cpus[1] < 0)
		SKIP(return, "no second CPU that can go offline");

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		fail_in_turn(cpus, steps);
	while (seen[0] < RECORDS || seen[1] < RECORDS) {
		err = cpuhp_failure_read(&failure);
		if (err == -ENODATA)
			continue;
		EXPECT_EQ(0, err);
		i = failure.cpu == cpus[1];
		EXPECT_EQ(cpus[i], failure.cpu);
		EXPECT_EQ(steps[i], failure.step);
		EXPECT_STREQ(name_of(&self->steps, steps[i]), failure.step_name);
		seen[i]++;
		if (_metadata->exit_code)
			break;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/*
 * One of two CPUs fails on the way up, and the other one refuses to go back down: it
 * stays where it is, and the CPU that failed goes back without it.
 */
TEST_F_TIMEOUT(fail, undo_refused, 120)
{
	int active = cpuhp_steps_find(&self->steps, "sched:active");
	int teardown = cpuhp_steps_find(&self->steps, "cpu:teardown");
	struct cpuhp_failure failure;
	struct cpuhp_machine machine;
	cpu_set_t pair;
	int other;

	cpuhp_movable(&pair);
	CPU_CLR(self->cpu, &pair);
	other = cpuhp_mask_nth(&pair, 0);
	if (!cpuhp_has_batch() || other < 0)
		SKIP(return, "no batch, or no second CPU");
	CPU_ZERO(&pair);
	CPU_SET(self->cpu, &pair);
	CPU_SET(other, &pair);

	ASSERT_EQ(0, cpuhp_mask_write("hotplug/offline", &pair));
	ASSERT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/fail", active));
	ASSERT_EQ(0, cpuhp_cpu_set(other, "hotplug/fail", teardown));
	EXPECT_EQ(INJECTED, cpuhp_mask_write("hotplug/online", &pair));
	cpuhp_machine_read(&machine);
	EXPECT_EQ(0, machine.cpu[self->cpu].state);
	EXPECT_LT(teardown, machine.cpu[other].state);
	/* The first failure is the one on record, not the one that it led to. */
	ASSERT_EQ(0, cpuhp_failure_read(&failure));
	EXPECT_EQ(self->cpu, failure.cpu);
	EXPECT_EQ(active, failure.step);
	EXPECT_EQ(0, failure.undo);

	/* Both can be moved afterwards. */
	EXPECT_EQ(0, cpuhp_mask_write("hotplug/offline", &pair));
	EXPECT_EQ(0, cpuhp_mask_write("hotplug/online", &pair));
}

CPUHP_HARNESS_MAIN
