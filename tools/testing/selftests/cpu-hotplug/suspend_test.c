// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend takes the secondary CPUs away and resume brings back those that were
 * there, and no others. pm_test ends the suspend once they are gone.
 */
#include <stdio.h>
#include <string.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"

FIXTURE(suspend) {
	struct cpuhp_machine before;
	cpu_set_t movable;
};

FIXTURE_SETUP(suspend)
{
	const char *reason;

	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(suspend)
{
	EXPECT_EQ(0, cpuhp_restore());
}

static void suspend_keeps(struct __test_metadata *_metadata)
{
	struct cpuhp_machine before, after;

	cpuhp_machine_read(&before);
	EXPECT_EQ(0, cpuhp_suspend_once());
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
}

TEST_F_TIMEOUT(suspend, all_online, 300)
{
	suspend_keeps(_metadata);
	suspend_keeps(_metadata);
}

TEST_F_TIMEOUT(suspend, one_offline, 300)
{
	int cpu, i;

	for (i = 0; (cpu = cpuhp_mask_nth(&self->movable, i)) >= 0 && i < 4; i++) {
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		suspend_keeps(_metadata);
		/* It can still come back. */
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
	}
}

TEST_F_TIMEOUT(suspend, all_offline, 300)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &self->movable))
			ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
	suspend_keeps(_metadata);
}

TEST_F_TIMEOUT(suspend, smt_off, 300)
{
	if (strcmp(self->before.smt, "on"))
		SKIP(return, "smt/control is \"%s\"", self->before.smt);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	suspend_keeps(_metadata);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
}

/* Affinities of tasks come back with the CPUs. */
TEST_F_TIMEOUT(suspend, affinity, 300)
{
	cpu_set_t one, all, seen;
	struct cpuhp_task free, pinned;

	CPU_ZERO(&one);
	CPU_SET(cpuhp_mask_nth(&self->movable, 0), &one);
	ASSERT_EQ(0, cpuhp_task_start(&free, NULL));
	ASSERT_EQ(0, cpuhp_task_start(&pinned, &one));
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(all), &all));
	suspend_keeps(_metadata);
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&all, &seen));
	/* Frozen all the while, the pinned one never had to leave. */
	ASSERT_EQ(0, sched_getaffinity(pinned.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&one, &seen));
	EXPECT_EQ(0, cpuhp_task_runs(&free));
	EXPECT_EQ(0, cpuhp_task_runs(&pinned));
	cpuhp_task_stop(&free);
	cpuhp_task_stop(&pinned);
}

/* A CPU that cannot go ends the suspend with its errno; all are back. */
TEST_F_TIMEOUT(suspend, failure_going_down, 300)
{
	struct cpuhp_machine before, after;
	struct cpuhp_steps steps;
	int cpu;

	ASSERT_EQ(0, cpuhp_steps_read(&steps));
	cpu = cpuhp_mask_nth(&self->movable, CPU_COUNT(&self->movable) - 1);
	cpuhp_machine_read(&before);
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/fail",
				   cpuhp_steps_find(&steps, "sched:active")));
	EXPECT_EQ(-EAGAIN, cpuhp_suspend_once());
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
	suspend_keeps(_metadata);
}

CPUHP_HARNESS_MAIN
