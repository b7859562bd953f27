// SPDX-License-Identifier: GPL-2.0
/*
 * The lockdep classes of the line: one for each direction.
 *
 * A step runs with the class of its direction held, on whichever CPU runs it,
 * and the BP touches both before it waits for an AP. So lockdep sees that a
 * lock which is held over a wait must not be taken in a step. In a concurrent
 * segment several APs hold the same class at the same time; it is no lock, and
 * lockdep follows each task on its own.
 */
#include <linux/lockdep.h>

#include "cpuhp.h"

static struct lockdep_map cpuhp_maps[] = {
	[CPUHP_UP]	= STATIC_LOCKDEP_MAP_INIT("cpuhp_state-up", &cpuhp_maps[CPUHP_UP]),
	[CPUHP_DOWN]	= STATIC_LOCKDEP_MAP_INIT("cpuhp_state-down", &cpuhp_maps[CPUHP_DOWN]),
};

/**
 * cpuhp_lockdep_acquire - steps of one direction are about to run
 * @dir:	the direction
 *
 * Context: whoever runs them; or the BP, about to wait for who does.
 */
void cpuhp_lockdep_acquire(enum cpuhp_dir dir)
{
	lock_map_acquire(&cpuhp_maps[dir]);
}

/**
 * cpuhp_lockdep_release - end of cpuhp_lockdep_acquire()
 * @dir:	the direction
 *
 * Context: the same task.
 */
void cpuhp_lockdep_release(enum cpuhp_dir dir)
{
	lock_map_release(&cpuhp_maps[dir]);
}
