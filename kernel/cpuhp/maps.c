// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_add_remove_lock, M of the legend: one operation at a time.
 *
 * Every operation holds it for its whole length. So any other holder finds the
 * present and online masks unchanged.
 */
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>

#include "cpuhp.h"

static DEFINE_MUTEX(cpu_add_remove_lock);

/* Whether the operation in progress, or the last one, is a suspend's or resume's (W). */
bool cpuhp_tasks_frozen;
EXPORT_SYMBOL_GPL(cpuhp_tasks_frozen);

/**
 * cpu_maps_update_begin - keep the present and online masks as they are
 *
 * Context: task context; waits for an operation in progress.
 */
void cpu_maps_update_begin(void)
{
	mutex_lock(&cpu_add_remove_lock);
}

void cpu_maps_update_done(void)
{
	mutex_unlock(&cpu_add_remove_lock);
}

/**
 * cpuhp_operation_borrow - tell lockdep that a worker acts for the holder of M
 *
 * Declared as a trylock: the worker waits for nothing, and the holder waits for
 * the worker.
 *
 * Context: the worker that controls an operation, while the holder of M waits.
 */
void cpuhp_operation_borrow(void)
{
	mutex_acquire(&cpu_add_remove_lock.dep_map, 0, 1, _THIS_IP_);
}

void cpuhp_operation_return(void)
{
	mutex_release(&cpu_add_remove_lock.dep_map, _THIS_IP_);
}

/* M is held, by the caller or by the task that the caller works for. */
void cpuhp_assert_operation(void)
{
	lockdep_assert_held(&cpu_add_remove_lock);
}
