// SPDX-License-Identifier: GPL-2.0
/*
 * May these CPUs go offline, and which CPU controls the operation?
 *
 * Only a question: every reason to refuse that is known beforehand is found
 * here, for the whole set, before anything moves.
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/array_size.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/isolation.h>
#include <linux/smp.h>
#include <linux/tick.h>

#include "cpuhp.h"

/*
 * The first CPU of @from that stays, or nr_cpu_ids. A CPU that rests at a state
 * below does not count: it runs no tasks and takes nothing over.
 */
static unsigned int first_survivor(const struct cpumask *cpus, const struct cpumask *from)
{
	unsigned int cpu;

	for_each_cpu_and(cpu, cpu_active_mask, from) {
		if (!cpumask_test_cpu(cpu, cpus) && !cpu_dying(cpu))
			return cpu;
	}
	return nr_cpu_ids;
}

/* Without a housekeeping CPU, scheduling domains would have nothing to span. */
static unsigned int pick_control(const struct cpumask *cpus, const struct cpuhp_request_def *def)
{
	guard(rcu)();
	return first_survivor(cpus, def->housekeeping ? housekeeping_cpumask(HK_TYPE_DOMAIN) :
							cpu_possible_mask);
}

static int may_offline(const struct cpuhp_request_def *def, unsigned int control)
{
	/* Tell "never" from "not now". */
	if (def->gate && cpuhp_offline_unsupported())
		return -EOPNOTSUPP;
	if (def->gate && cpuhp_disabled())
		return -EBUSY;
	return control >= nr_cpu_ids ? -EBUSY : 0;
}

/* With full dynticks one CPU keeps time for those without a tick. */
static int tick_may_leave(const struct cpumask *cpus)
{
	unsigned int cpu;

	for_each_cpu_and(cpu, cpus, cpu_online_mask) {
		if (!tick_nohz_cpu_hotpluggable(cpu))
			return -EBUSY;
	}
	return 0;
}

/**
 * struct offline_veto - a subsystem that may refuse a set of CPUs
 * @may_leave:	returns 0 or an errno
 * @frozen_too:	it is asked even while tasks are frozen
 */
struct offline_veto {
	int (*may_leave)(const struct cpumask *leaving);
	bool frozen_too;
};

static const struct offline_veto offline_vetoes[] = {
	/* deadline tasks are frozen with all others */
	{ sched_cpus_may_leave,	false },
	{ tick_may_leave,	true },
	{ arch_cpus_may_leave,	true },
};

/* Each is asked once for the whole set. */
static int ask_others(const struct cpumask *cpus, const struct cpuhp_request_def *def)
{
	const struct offline_veto *veto;
	int err;

	for (veto = offline_vetoes; veto < offline_vetoes + ARRAY_SIZE(offline_vetoes); veto++) {
		if (def->frozen && !veto->frozen_too)
			continue;
		err = veto->may_leave(cpus);
		if (!err)
			continue;
		cpuhp_report_veto(cpus, veto->may_leave, err);
		return err;
	}
	return 0;
}

/**
 * cpuhp_may_offline - may these CPUs leave, for this reason?
 * @cpus:	the CPUs
 * @def:	what the reason of the request implies
 * @control:	where to store the CPU that is to control the operation; it stays
 *
 * Context: holds cpu_add_remove_lock; sleeps.
 * Return: 0; -EOPNOTSUPP if the platform has no offlining; -EBUSY while hotplug
 * is disabled, or if no CPU would stay that can take over; -EINVAL for a CPU that
 * is not present; the errno of a subsystem's veto
 */
int cpuhp_may_offline(const struct cpumask *cpus, const struct cpuhp_request_def *def,
		      unsigned int *control)
{
	int err;

	cpuhp_assert_operation();
	*control = pick_control(cpus, def);
	err = may_offline(def, *control);
	if (err) {
		cpuhp_report_veto(cpus, may_offline, err);
		return err;
	}
	if (!def->ask)
		return 0;
	return cpumask_subset(cpus, cpu_present_mask) ? ask_others(cpus, def) : -EINVAL;
}

/**
 * cpuhp_check_removable - does the platform let these CPUs go?
 * @cpus:	CPUs to be taken offline
 *
 * Context: task context, device_hotplug_lock held.
 * Return: 0; -EBUSY if no CPU would stay online; -EPERM for a CPU whose device
 * cannot be offline
 */
int cpuhp_check_removable(const struct cpumask *cpus)
{
	struct device *dev;
	unsigned int cpu;

	if (cpumask_subset(cpu_online_mask, cpus)) {
		pr_notice_ratelimited("no CPU would stay online\n");
		cpuhp_record_veto(cpus, cpuhp_check_removable, -EBUSY);
		return -EBUSY;
	}
	for_each_cpu_and(cpu, cpus, cpu_online_mask) {
		dev = get_cpu_device(cpu);
		if (dev && !dev->offline_disabled)
			continue;
		pr_notice_ratelimited("CPU%u cannot be taken offline\n", cpu);
		cpuhp_record_veto(cpumask_of(cpu), cpuhp_check_removable, -EPERM);
		return -EPERM;
	}
	return 0;
}
