// SPDX-License-Identifier: GPL-2.0
/*
 * The lockdep classes of the line: one for each direction.
 *
 * The task that runs a step holds the class of its direction, and the BP takes
 * and releases both before it waits for an AP. So lockdep finds a lock that is
 * held over such a wait and taken in a step. In a concurrent segment several APs
 * hold the same class at the same time: it excludes nobody.
 */
#include <linux/lockdep.h>

#include "cpuhp.h"

static struct lockdep_map cpuhp_maps[] = {
	[CPUHP_UP]	= STATIC_LOCKDEP_MAP_INIT("cpuhp_state-up", &cpuhp_maps[CPUHP_UP]),
	[CPUHP_DOWN]	= STATIC_LOCKDEP_MAP_INIT("cpuhp_state-down", &cpuhp_maps[CPUHP_DOWN]),
};

/* In the task that is about to run steps, or in the BP that is about to wait for it. */
void cpuhp_lockdep_acquire(enum cpuhp_dir dir)
{
	lock_map_acquire(&cpuhp_maps[dir]);
}

void cpuhp_lockdep_release(enum cpuhp_dir dir)
{
	lock_map_release(&cpuhp_maps[dir]);
}
