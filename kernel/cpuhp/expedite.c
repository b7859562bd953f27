// SPDX-License-Identifier: GPL-2.0
/*
 * The grace periods that an operation waits for: the one of a quiet takedown, and
 * those that members of a batch wait for one after the other.
 *
 * A callback that calls synchronize_rcu() is fine for one CPU. Where the members
 * take turns, each of them waits for a grace period of its own, and the batch takes
 * as long as all of these together. While they take turns, grace periods are
 * therefore expedited, as they are during a suspend. This is the only thing that
 * shortens a wait in a callback that knows nothing of batches.
 *
 * An expedited grace period interrupts each CPU that is neither idle nor in user mode
 * without a tick. Hence it is left alone
 *
 *   - if an isolated CPU stays online: it must not be disturbed by others;
 *   - with rcupdate.rcu_normal=1, or on PREEMPT_RT: RCU itself sees to that.
 *
 * Where members run side by side, their grace periods coincide, and nothing is
 * expedited.
 */
#include <linux/cpumask.h>
#include <linux/sched/isolation.h>

#include "../rcu/rcu.h"
#include "cpuhp.h"

static bool cpuhp_expedited;	/* W */

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
 * May be called again without cpuhp_unexpedite() in between.
 *
 * Context: BP, hotplug write lock.
 */
void cpuhp_expedite(const struct cpumask *cpus)
{
	cpuhp_assert_moving();
	if (cpuhp_expedited || isolated_cpu_stays(cpus))
		return;
	rcu_expedite_gp();
	cpuhp_expedited = true;
}

/**
 * cpuhp_unexpedite - end what cpuhp_expedite() has begun, if it has
 *
 * Context: BP, hotplug write lock.
 */
void cpuhp_unexpedite(void)
{
	cpuhp_assert_moving();
	if (cpuhp_expedited)
		rcu_unexpedite_gp();
	cpuhp_expedited = false;
}
