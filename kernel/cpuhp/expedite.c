// SPDX-License-Identifier: GPL-2.0
/*
 * The grace periods that an operation waits for: to get the lock, for CPUs that
 * become inactive, in the quiet takedown, and in callbacks that call
 * synchronize_rcu().
 *
 * Each of them would take several ticks, and where members take turns, each member
 * waits for one of its own. So grace periods are expedited for as long as an
 * operation runs, as they are during a suspend. For a callback that knows nothing of
 * batches, nothing else shortens the wait.
 *
 * An expedited grace period interrupts each CPU that is neither idle nor in user mode
 * without a tick. Hence it is left alone
 *
 *   - if an isolated CPU stays online: it must not be disturbed by others;
 *   - with rcupdate.rcu_normal=1, or on PREEMPT_RT: RCU itself sees to that.
 */
#include <linux/cpumask.h>
#include <linux/sched/isolation.h>

#include "../rcu/rcu.h"
#include "cpuhp.h"

static bool cpuhp_expedited;	/* M */

static bool isolated_cpu_stays(const struct cpumask *cpus)
{
	unsigned int cpu;

	for_each_cpu_andnot(cpu, cpu_online_mask, cpus) {
		if (cpu_is_isolated(cpu))
			return true;
	}
	return false;
}

/**
 * cpuhp_expedite - expedite grace periods, if no isolated CPU would notice
 * @cpus:	the members of the batch
 *
 * Context: BP, cpu_add_remove_lock.
 * Return: true if grace periods are short from now on
 */
bool cpuhp_expedite(const struct cpumask *cpus)
{
	cpuhp_assert_operation();
	if (isolated_cpu_stays(cpus))
		return false;
	rcu_expedite_gp();
	cpuhp_expedited = true;
	return !rcu_gp_is_normal();
}

/**
 * cpuhp_unexpedite - end what cpuhp_expedite() has begun, if it has
 *
 * Context: BP, cpu_add_remove_lock.
 */
void cpuhp_unexpedite(void)
{
	cpuhp_assert_operation();
	if (cpuhp_expedited)
		rcu_unexpedite_gp();
	cpuhp_expedited = false;
}
