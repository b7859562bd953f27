// SPDX-License-Identifier: GPL-2.0
/*
 * The end of the handshake: an AP reports that it is dead. See sync.c.
 *
 * The AP cannot complete() anything so late: it no longer exists for RCU and the
 * scheduler. A store into rec->sync is all it can do.
 */
#include <linux/printk.h>

#include "cpuhp.h"

/**
 * cpuhp_ap_report_dead - report that this CPU is dead
 *
 * Context: on the dying CPU, from its idle task, interrupts off.
 */
void cpuhp_ap_report_dead(void)
{
	cpuhp_stay_mute(CPUHP_SYNC_DEAD);
	cpuhp_sync_report(CPUHP_SYNC_DEAD);
}

/**
 * cpuhp_sync_should_die - note that a CPU is expected to die
 * @cpu:	the CPU, which has run its DYING steps
 *
 * Context: BP.
 */
void cpuhp_sync_should_die(unsigned int cpu)
{
	atomic_t *sync = per_cpu_ptr(&cpuhp_rec.sync, cpu);
	int seen = atomic_read(sync);

	/* (2) the CPU may be dead already */
	while (seen != CPUHP_SYNC_DEAD &&
	       !atomic_try_cmpxchg(sync, &seen, CPUHP_SYNC_SHOULD_DIE))
		;
}

/**
 * cpuhp_sync_dead - wait until a CPU has reported dead
 * @cpu:	the CPU, after cpuhp_sync_should_die()
 *
 * A CPU that does not report in time is given up with a message.
 *
 * Context: BP; sleeps.
 */
void cpuhp_sync_dead(unsigned int cpu)
{
	if (cpuhp_sync_wait(cpu, CPUHP_SYNC_DEAD, CPUHP_SYNC_DEAD))
		arch_cpuhp_cleanup_dead_cpu(cpu);
	else
		pr_err("CPU%u failed to report dead state\n", cpu);
}

/**
 * arch_cpuhp_cleanup_dead_cpu - what the architecture does once a CPU is dead
 * @cpu:	the CPU, which has reported dead and runs no kernel code any more
 *
 * Architectures override this to power it off for good or to check on it.
 *
 * Context: BP, hotplug write lock; may sleep.
 */
void __weak arch_cpuhp_cleanup_dead_cpu(unsigned int cpu) { }
