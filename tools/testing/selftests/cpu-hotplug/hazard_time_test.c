// SPDX-License-Identifier: GPL-2.0
/*
 * Timekeeping and the timers of idle CPUs, when all CPUs but the last leave.
 *
 * Needs a machine whose lowest CPU can go offline, as those of arm64 and s390x.
 *
 * Guards these patches:
 *	timers/migration: Wake a CPU that stays in the hierarchy
 *	tick: Hand timekeeping to a CPU that stays
 */
#include <time.h>

#include "util/hazard.h"

/*
 * Without "timers/migration: Wake a CPU that stays in the hierarchy" or "tick: Hand
 * timekeeping to a CPU that stays": a leaving CPU hands its duties to the lowest CPU
 * that is online, which leaves as well. Only the last CPU stays here.
 */
TEST_F_TIMEOUT(hazard, last_stays, 600)
{
	struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	cpu_set_t all_but_last = self->movable;
	int cpu, value, lowest;
	unsigned long i;

	lowest = cpuhp_mask_nth(&self->before.online, 0);
	if (cpuhp_cpu_get(lowest, "online", &value))
		SKIP(return, "the lowest CPU cannot go offline");
	CPU_SET(lowest, &all_but_last);
	cpu = cpuhp_mask_nth(&self->movable, CPU_COUNT(&self->movable) - 1);
	CPU_CLR(cpu, &all_but_last);

	for (i = 0; i < self->rounds; i++) {
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &all_but_last));
		EXPECT_EQ(0, nanosleep(&pause, NULL));
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &all_but_last));
	}
}

CPUHP_HARNESS_MAIN
