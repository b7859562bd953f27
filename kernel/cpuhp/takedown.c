// SPDX-License-Identifier: GPL-2.0
/*
 * The takedown: members of a batch leave the system, with no half-finished state
 * for any other CPU to see. Owns the choice between two ways.
 *
 * Their contract: on return every member has either cleared its online bit, run
 * its DYING steps, and is on the way to its idle task; or it is fully online and
 * rec->m.result says why. Until it reports from the idle task, it runs functions
 * that others call. Nothing outside may depend on how this is done, nor on how
 * many members leave at a time.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "takedown.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

enum way {
	WAY_QUIET,
	WAY_STOP,
};

static const char *const way_names[] = {
	[WAY_QUIET]	= "quiet",
	[WAY_STOP]	= "stop",
};

static int way = WAY_QUIET;

static int way_set(const char *val, const struct kernel_param *kp)
{
	int chosen = sysfs_match_string(way_names, val);

	if (chosen < 0)
		return chosen;
	WRITE_ONCE(way, chosen);
	return 0;
}

static int way_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", way_names[READ_ONCE(way)]);
}

static const struct kernel_param_ops way_ops = {
	.set = way_set,
	.get = way_get,
};

module_param_cb(takedown, &way_ops, NULL, 0644);
MODULE_PARM_DESC(takedown, "how CPUs leave: quiet lets all others go on where it can, stop stops them");

/*
 * A quiet takedown waits for a GP, and for members that serve interrupts. Neither
 * works before the system runs, nor must a kexec depend on it. With threaded
 * interrupt handlers, softirqs of a member would need a thread that is parked.
 */
static bool may_be_quiet(void)
{
	return IS_ENABLED(CONFIG_QUIET_TAKEDOWN) && system_state == SYSTEM_RUNNING &&
	       !force_irqthreads() && arch_cpus_may_die_together() &&
	       arch_cpuhp_may_be_quiet() && cpuhp_steps_may_be_quiet();
}

static enum way choose_way(void)
{
	return may_be_quiet() ? READ_ONCE(way) : WAY_STOP;
}

/**
 * cpuhp_leave_max - how many CPUs may leave together
 *
 * Context: BP, hotplug write lock.
 * Return: at least 1
 */
unsigned int cpuhp_leave_max(void)
{
	if (!arch_cpus_may_die_together())
		return 1;
	return choose_way() == WAY_QUIET ? nr_cpu_ids : cpuhp_stop_max();
}

/**
 * cpuhp_leave - make members leave together
 * @members:	CPUs that are online, with their hotplug threads parked. As many as
 *		cpuhp_leave_max() allowed when they were chosen
 *
 * Sets m->result of each: 0; -ENOSPC or -EBUSY if an interrupt of theirs has no room
 * on other CPUs; the error of __cpu_disable() or of stop_machine().
 *
 * Context: BP on a CPU that stays, hotplug write lock, sparse irq lock; sleeps.
 */
void cpuhp_leave(const struct cpumask *members)
{
	irq_leaving_begin(members);
	if (choose_way() == WAY_QUIET)
		cpuhp_leave_quietly(members);
	else
		cpuhp_leave_stopped(members);
}
