// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend, hibernation and kexec jump: the secondary CPUs go away and come
 * back, each time as one batch, while user space is frozen.
 *
 * Owns the set of CPUs to bring back. Ordinary hotplug is kept out from the PM
 * notification on: callbacks read cpuhp_tasks_frozen, which must not change
 * under them.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/sched/isolation.h>
#include <linux/suspend.h>

#include "cpuhp.h"

static struct cpumask cpuhp_frozen;	/* M: went away for a suspend */

/* The CPU that stays: @primary, or another one if that is -1 or offline. */
static unsigned int pick_primary(int primary)
{
	unsigned int first = cpumask_first(cpu_online_mask);

	if (primary != -1)
		return cpu_online(primary) ? primary : first;
	return housekeeping_cpu(first, HK_TYPE_TIMER) ? first :
							housekeeping_any_cpu(HK_TYPE_TIMER);
}

/* An error from an earlier operation must not be logged as one of this operation. */
static void forget_errors(const struct cpumask *cpus)
{
	unsigned int cpu;

	for_each_cpu(cpu, cpus)
		per_cpu(cpuhp_rec.m.err, cpu) = 0;
}

/**
 * freeze_secondary_cpus - take all CPUs down but one
 * @primary:	the CPU that stays, or -1 for any housekeeping CPU
 *
 * All or none: if a step fails, or a wakeup event comes in, every CPU is back
 * when this returns. thaw_secondary_cpus() has to follow in any case, because
 * hotplug is disabled until then.
 *
 * Context: task context with user space frozen; sleeps.
 * Return: 0; -EBUSY for a wakeup event; an errno of cpuhp_request_move()
 */
int freeze_secondary_cpus(int primary)
{
	struct cpuhp_request req;
	unsigned int cpu;
	int err;

	/* User space is frozen already, so it cannot fail. */
	WARN_ON(cpuhp_request_begin(&req, CPUHP_BY_SUSPEND));
	primary = pick_primary(primary);
	cpumask_copy(&cpuhp_frozen, cpu_online_mask);
	cpumask_clear_cpu(primary, &cpuhp_frozen);

	pr_info("Disabling non-boot CPUs ...\n");
	forget_errors(&cpuhp_frozen);
	err = cpuhp_request_move(&req, &cpuhp_frozen, CPUHP_DOWN, CPUHP_OFFLINE);
	for_each_cpu(cpu, &cpuhp_frozen) {
		if (per_cpu(cpuhp_rec.m.err, cpu))
			pr_err("Error taking CPU%d down: %d\n", cpu,
			       per_cpu(cpuhp_rec.m.err, cpu));
	}

	if (!err && WARN_ON_ONCE(num_online_cpus() > 1))
		err = -EBUSY;
	if (err) {
		pr_err("Non-boot CPUs are not disabled: %pe\n", ERR_PTR(err));
		/* Only CPUs that could not be brought back are left to the thaw. */
		cpumask_andnot(&cpuhp_frozen, &cpuhp_frozen, cpu_online_mask);
	}

	cpuhp_disable_locked();
	cpuhp_request_end(&req);
	return err;
}

/**
 * thaw_secondary_cpus - bring back what freeze_secondary_cpus() took down
 *
 * A CPU that does not come back does not keep the others away.
 *
 * Context: task context; sleeps.
 */
void thaw_secondary_cpus(void)
{
	struct cpuhp_request req;
	unsigned int cpu;
	int err;

	WARN_ON(cpuhp_request_begin(&req, CPUHP_BY_RESUME));
	cpuhp_enable_locked();
	if (cpumask_empty(&cpuhp_frozen))
		goto out;

	pr_info("Enabling non-boot CPUs ...\n");
	arch_thaw_secondary_cpus_begin();
	forget_errors(&cpuhp_frozen);
	err = cpuhp_request_move(&req, &cpuhp_frozen, CPUHP_UP, CPUHP_ONLINE);
	/* A CPU without an error of its own: the request failed before any CPU moved. */
	for_each_cpu(cpu, &cpuhp_frozen) {
		if (!cpu_online(cpu))
			pr_warn("Error taking CPU%d up: %d\n", cpu,
				per_cpu(cpuhp_rec.m.err, cpu) ?: err);
	}
	arch_thaw_secondary_cpus_end();
	cpumask_clear(&cpuhp_frozen);
out:
	cpuhp_request_end(&req);
}

static int cpuhp_pm_event(struct notifier_block *nb, unsigned long action, void *unused)
{
	switch (action) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
		cpu_hotplug_disable();
		return NOTIFY_OK;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
		cpu_hotplug_enable();
		return NOTIFY_OK;
	default:
		return NOTIFY_DONE;
	}
}

static int __init cpuhp_pm_init(void)
{
	/* Ahead of x86's notifier, which relies on hotplug being disabled. */
	pm_notifier(cpuhp_pm_event, 0);
	return 0;
}
core_initcall(cpuhp_pm_init);
