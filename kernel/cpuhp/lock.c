// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_hotplug_lock, W and R of the legend, and what forbids hotplug: the depth of
 * cpu_hotplug_disable(), and the flag of a platform without offlining.
 */
#include <linux/export.h>
#include <linux/percpu-rwsem.h>

#include "cpuhp.h"

DEFINE_STATIC_PERCPU_RWSEM(cpu_hotplug_lock);

static int cpuhp_disabled_depth;			/* M */
static bool cpuhp_no_offlining __ro_after_init;		/* M */

/**
 * cpus_read_lock - keep CPUs from coming and going
 *
 * Does not nest: a second call waits for a writer that waits for the first. Not
 * for the callbacks of a step, which run under the write side.
 *
 * Context: task context; sleeps while an operation is in progress.
 */
void cpus_read_lock(void)
{
	percpu_down_read(&cpu_hotplug_lock);
}
EXPORT_SYMBOL_GPL(cpus_read_lock);

/**
 * cpus_read_trylock - cpus_read_lock() that does not wait
 *
 * Context: task context; does not sleep.
 * Return: 1 when the lock was taken, 0 when not
 */
int cpus_read_trylock(void)
{
	return percpu_down_read_trylock(&cpu_hotplug_lock);
}
EXPORT_SYMBOL_GPL(cpus_read_trylock);

void cpus_read_unlock(void)
{
	percpu_up_read(&cpu_hotplug_lock);
}
EXPORT_SYMBOL_GPL(cpus_read_unlock);

/**
 * cpus_write_lock - get the right to move CPUs
 *
 * Context: task context; sleeps until all readers have left, which takes a GP
 * unless another writer was here a moment ago.
 */
void cpus_write_lock(void)
{
	percpu_down_write(&cpu_hotplug_lock);
	cpuhp_count(CPUHP_COUNT_WRITE_LOCKS, 1);
}

void cpus_write_unlock(void)
{
	percpu_up_write(&cpu_hotplug_lock);
}

/**
 * lockdep_assert_cpus_held - assert that CPUs cannot come or go
 *
 * Silent until the system runs: before that only the boot itself moves CPUs, and
 * some of its code relies on that instead of the lock.
 *
 * Context: any.
 */
void lockdep_assert_cpus_held(void)
{
	if (system_state >= SYSTEM_RUNNING)
		percpu_rwsem_assert_held(&cpu_hotplug_lock);
}

#ifdef CONFIG_LOCKDEP
/**
 * lockdep_is_cpus_held - does lockdep know of the hotplug lock being held?
 *
 * Context: any.
 * Return: nonzero if held, or if lockdep is off
 */
int lockdep_is_cpus_held(void)
{
	return percpu_rwsem_is_held(&cpu_hotplug_lock);
}
#endif

/* W is held, by the caller or by the BP that the caller works for. */
void cpuhp_assert_moving(void)
{
	lockdep_assert_held_write(&cpu_hotplug_lock);
}

/**
 * cpuhp_lockdep_borrow - tell lockdep that an AP works under its BP's lock
 *
 * Context: the AP's hotplug thread while the BP waits for it.
 */
void cpuhp_lockdep_borrow(void)
{
	rwsem_acquire(&cpu_hotplug_lock.dep_map, 0, 0, _THIS_IP_);
}

void cpuhp_lockdep_return(void)
{
	rwsem_release(&cpu_hotplug_lock.dep_map, _THIS_IP_);
}

/**
 * cpu_hotplug_disable_offlining - declare that no CPU can be taken offline
 *
 * Context: boot; sleeps.
 */
void cpu_hotplug_disable_offlining(void)
{
	cpu_maps_update_begin();
	cpuhp_no_offlining = true;
	cpu_maps_update_done();
}

/* True after cpu_hotplug_disable_offlining(). */
bool cpuhp_offline_unsupported(void)
{
	cpuhp_assert_operation();
	return cpuhp_no_offlining;
}

/* True between cpu_hotplug_disable() and cpu_hotplug_enable(). */
bool cpuhp_disabled(void)
{
	cpuhp_assert_operation();
	return cpuhp_disabled_depth;
}

/* cpu_hotplug_disable() from within an operation. */
void cpuhp_disable_locked(void)
{
	cpuhp_assert_operation();
	cpuhp_disabled_depth++;
}

/* cpu_hotplug_enable() from within an operation. */
void cpuhp_enable_locked(void)
{
	cpuhp_assert_operation();
	if (!WARN_ONCE(!cpuhp_disabled_depth, "Unbalanced cpu hotplug enable\n"))
		cpuhp_disabled_depth--;
}

/**
 * cpu_hotplug_disable - refuse operations until cpu_hotplug_enable()
 *
 * Waits for an operation in progress. Nests. While the depth is not zero,
 * requests from user space and drivers end with -EBUSY; suspend, which brings
 * the depth up itself, is not stopped by it.
 *
 * Context: task context; sleeps.
 */
void cpu_hotplug_disable(void)
{
	cpu_maps_update_begin();
	cpuhp_disable_locked();
	cpu_maps_update_done();
}
EXPORT_SYMBOL_GPL(cpu_hotplug_disable);

void cpu_hotplug_enable(void)
{
	cpu_maps_update_begin();
	cpuhp_enable_locked();
	cpu_maps_update_done();
}
EXPORT_SYMBOL_GPL(cpu_hotplug_enable);
