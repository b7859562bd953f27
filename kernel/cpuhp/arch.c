// SPDX-License-Identifier: GPL-2.0
/*
 * The weak hooks of CPU hotplug, each with its contract. An architecture
 * overrides those it needs. (arch_cpuhp_cleanup_dead_cpu() is in sync_dead.c:
 * without the death handshake it is no function at all.)
 */
#include <linux/cpuhotplug.h>
#include <linux/processor.h>
#include <linux/sched/smt.h>

#include "cpuhp.h"

/**
 * arch_smt_update - the number of online SMT siblings may have changed
 *
 * Once per operation, whatever its result.
 *
 * Context: BP, no hotplug lock held any more, cpu_add_remove_lock is; may
 * sleep, may interrupt other CPUs.
 */
void __weak arch_smt_update(void) { }

/**
 * arch_cpuhp_sync_state_poll - pause between two reads of an AP's state
 *
 * Context: BP; must not sleep.
 */
void __weak arch_cpuhp_sync_state_poll(void)
{
	cpu_relax();
}

/**
 * arch_cpuhp_cleanup_kick_cpu - a kick is over
 * @cpu:	the AP, alive or given up
 *
 * Called exactly once for each arch_cpuhp_kick_ap_alive(), even if the BP never
 * waited for the AP. The next kick of the CPU must work.
 *
 * Context: BP, hotplug write lock; may sleep.
 */
void __weak arch_cpuhp_cleanup_kick_cpu(unsigned int cpu) { }

/**
 * arch_cpus_may_leave - can the architecture do without these CPUs?
 * @leaving:	CPUs to be taken down together
 *
 * Asked once, before anything moves. Checks that only the CPU itself can make are
 * left to __cpu_disable().
 *
 * Context: holds cpu_add_remove_lock; may sleep.
 * Return: 0, or the errno to refuse with
 */
int __weak arch_cpus_may_leave(const struct cpumask *leaving)
{
	return 0;
}

/**
 * arch_cpus_may_die_together - may several CPUs die at the same time?
 *
 * Not if one variable serves for the handshake of all dying CPUs with the BP, as
 * with older implementations of __cpu_die().
 *
 * Context: BP, hotplug write lock.
 * Return: false if each must be dead before the next one leaves
 */
bool __weak arch_cpus_may_die_together(void)
{
	return true;
}

#ifdef CONFIG_QUIET_TAKEDOWN
/**
 * arch_cpuhp_may_be_quiet - may CPUs leave while others go on?
 *
 * Context: BP, hotplug write lock.
 * Return: false if something of this machine takes a CPU that is offline for one
 * that does not run
 */
bool __weak arch_cpuhp_may_be_quiet(void)
{
	return true;
}

/**
 * arch_cpuhp_withdraw - mark CPUs offline that go on running, all or none
 * @leaving:	the CPUs
 *
 * For an architecture with something to keep from seeing some of them offline
 * and others not.
 *
 * Context: BP, hotplug write lock; may sleep.
 * Return: 0, or an errno with all of them online
 */
int __weak arch_cpuhp_withdraw(const struct cpumask *leaving)
{
	unsigned int cpu;

	for_each_cpu(cpu, leaving)
		set_cpu_online(cpu, false);
	return 0;
}
#endif

/**
 * arch_cpuhp_stays - this CPU does not leave after all
 *
 * Its interrupts may have moved away. What that has left behind must not be in the
 * way of new ones.
 *
 * Context: a CPU that refuses in its turn, or one of those that an interrupt cannot
 * move off; interrupts off, before it is online.
 */
void __weak arch_cpuhp_stays(void) { }

/**
 * arch_cpuhp_irq_settle_us - may moved interrupts still be on their way here?
 *
 * Context: a dying CPU behind its __cpu_disable(), interrupts off, alone.
 * Return: how many microseconds they can take, 0 if none can come
 */
unsigned int __weak arch_cpuhp_irq_settle_us(void)
{
	return 0;
}

/**
 * arch_cpuhp_irq_settled - no interrupt is on its way to this CPU any more
 *
 * An interrupt that has come although it had been moved to another CPU by then
 * is sent on to that CPU.
 *
 * Context: as arch_cpuhp_irq_settle_us(), that long later.
 */
void __weak arch_cpuhp_irq_settled(void) { }

/**
 * arch_cpuhp_up_alive - all CPUs that could come alive have done so
 *
 * They are online and run nothing but their idle tasks, stoppers and hotplug
 * threads. Work that every CPU would do at its start, and that can be done for
 * all of them at once, may be put off until here. Called whenever CPUs have been
 * started, on the way out or in an undo, even if none has come up.
 *
 * Context: BP, hotplug write lock; may sleep.
 */
void __weak arch_cpuhp_up_alive(void) { }

/**
 * arch_cpuhp_init_parallel_bringup - may all APs be kicked before one is alive?
 *
 * Context: boot, once, before the first AP.
 * Return: true if so
 */
bool __weak arch_cpuhp_init_parallel_bringup(void)
{
	return true;
}

/**
 * arch_thaw_secondary_cpus_begin - secondary CPUs are about to come back
 *
 * Context: BP during resume, cpu_add_remove_lock held; may sleep.
 */
void __weak arch_thaw_secondary_cpus_begin(void) { }

/**
 * arch_thaw_secondary_cpus_end - the secondary CPUs that could come are back
 *
 * Context: as arch_thaw_secondary_cpus_begin().
 */
void __weak arch_thaw_secondary_cpus_end(void) { }
