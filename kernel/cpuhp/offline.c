// SPDX-License-Identifier: GPL-2.0
/*
 * Asking for CPUs to go offline: who may, which CPUs can, and then a batch.
 *
 * Every reason to refuse that is known beforehand is found here, for the whole
 * set, before anything moves.
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/array_size.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/panic.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/isolation.h>
#include <linux/smp.h>
#include <linux/tick.h>
#include <linux/workqueue.h>

#include "cpuhp.h"

/**
 * struct offline_work - a batch for another CPU to control
 * @cpus:	its members
 * @op:		what is asked for
 */
struct offline_work {
	const struct cpumask *cpus;
	const struct cpuhp_op *op;
};

static long run_batch(void *arg)
{
	struct offline_work *work = arg;

	return cpuhp_batch(work->cpus, work->op);
}

/*
 * The first CPU that stays, or nr_cpu_ids. The set must leave a housekeeping
 * CPU: scheduling domains cannot span nothing. One that rests half-way runs no
 * tasks and takes nothing over.
 */
static unsigned int first_survivor(const struct cpumask *cpus)
{
	unsigned int cpu;

	guard(rcu)();
	for_each_cpu_and(cpu, cpu_active_mask, housekeeping_cpumask(HK_TYPE_DOMAIN)) {
		if (!cpumask_test_cpu(cpu, cpus) && !cpu_dying(cpu))
			return cpu;
	}
	return nr_cpu_ids;
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
 * struct offline_veto - somebody who may refuse a set of CPUs
 * @may_leave:	returns 0 or an errno
 * @frozen_too:	is asked also while tasks are frozen
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

/*
 * Each is asked once for the whole set. Where each CPU stands for itself, it
 * is asked by its own steps.
 */
static int ask_others(const struct cpumask *cpus, const struct cpuhp_op *op)
{
	const struct offline_veto *veto;
	int err;

	if (op->policy == CPUHP_EACH)
		return 0;
	for (veto = offline_vetoes; veto < offline_vetoes + ARRAY_SIZE(offline_vetoes); veto++) {
		if (op->tasks_frozen && !veto->frozen_too)
			continue;
		err = veto->may_leave(cpus);
		if (!err)
			continue;
		cpuhp_report_veto(cpus, veto->may_leave, err);
		return err;
	}
	return 0;
}

static int all_present(const struct cpumask *cpus)
{
	return cpumask_subset(cpus, cpu_present_mask) ? 0 : -EINVAL;
}

/**
 * cpuhp_offline_from - take CPUs down, controlled from a given CPU
 * @control:	an online CPU outside the set
 * @cpus:	the CPUs
 * @op:		what is asked for; op->dir is CPUHP_DOWN
 *
 * On a member, the control task could be throttled by a timer that has just
 * moved away; hence the detour.
 *
 * Context: holds cpu_add_remove_lock; sleeps.
 * Return: 0; -EINVAL for a CPU that is not present; the errno of a subsystem's
 * veto; an error of cpuhp_batch()
 */
int cpuhp_offline_from(unsigned int control, const struct cpumask *cpus,
		       const struct cpuhp_op *op)
{
	struct offline_work work = { .cpus = cpus, .op = op };
	int err;

	err = all_present(cpus) ?: ask_others(cpus, op);
	return err ?: work_on_cpu(control, run_batch, &work);
}

static int may_offline(unsigned int survivor)
{
	/* Tell "never" from "not now". */
	if (cpuhp_offline_unsupported())
		return -EOPNOTSUPP;
	return cpuhp_disabled_depth || survivor >= nr_cpu_ids ? -EBUSY : 0;
}

/**
 * cpuhp_offline_locked - take CPUs down if anybody may
 * @cpus:	the CPUs
 * @op:		what is asked for; op->dir is CPUHP_DOWN
 *
 * Context: holds cpu_add_remove_lock; sleeps.
 * Return: 0; -EOPNOTSUPP where the platform has no offlining; -EBUSY while
 * hotplug is disabled, or where no housekeeping CPU would stay online; else as
 * cpuhp_offline_from()
 */
int cpuhp_offline_locked(const struct cpumask *cpus, const struct cpuhp_op *op)
{
	unsigned int survivor = first_survivor(cpus);
	int err;

	err = may_offline(survivor);
	if (err) {
		cpuhp_report_veto(cpus, may_offline, err);
		return err;
	}
	return cpuhp_offline_from(survivor, cpus, op);
}

/**
 * cpuhp_offline - take CPUs down, all or none
 * @cpus:	the CPUs; those at @target already are left alone
 * @target:	position to reach
 * @owner:	a fatal signal for this task takes the batch back; may be NULL
 *
 * Context: task context; sleeps.
 * Return: as cpuhp_offline_locked()
 */
int cpuhp_offline(const struct cpumask *cpus, int target, struct task_struct *owner)
{
	const struct cpuhp_op op = {
		.dir	= CPUHP_DOWN,
		.target	= target,
		.policy	= CPUHP_ALL_OR_NOTHING,
		.give_up = cpuhp_owner_killed,
		.data	= owner,
	};
	enum cpuhp_quiesce quiesce;
	int err;

	err = cpuhp_operation_begin(&quiesce);
	if (err)
		return err;
	err = cpuhp_offline_locked(cpus, &op);
	cpuhp_operation_end(quiesce);
	return err;
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
		cpuhp_note_veto(cpus, cpuhp_check_removable, -EBUSY);
		return -EBUSY;
	}
	for_each_cpu_and(cpu, cpus, cpu_online_mask) {
		dev = get_cpu_device(cpu);
		if (dev && !dev->offline_disabled)
			continue;
		pr_notice_ratelimited("CPU%u cannot be taken offline\n", cpu);
		cpuhp_note_veto(cpumask_of(cpu), cpuhp_check_removable, -EPERM);
		return -EPERM;
	}
	return 0;
}

/**
 * cpus_down - take a set of CPUs offline as one batch, and tell user space
 * @cpus:	the CPUs; those that are offline are left alone
 *
 * All or none. CPUs that their platform does not let go refuse for all.
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; -EPERM for a CPU that cannot be removed; else as cpuhp_offline()
 */
int cpus_down(const struct cpumask *cpus)
{
	int err;

	if (cpumask_empty(cpus))
		return 0;
	lock_device_hotplug();
	err = cpuhp_check_removable(cpus) ?: cpuhp_offline(cpus, CPUHP_OFFLINE, NULL);
	cpuhp_sync_devices(cpus);
	unlock_device_hotplug();
	return err;
}
EXPORT_SYMBOL_GPL(cpus_down);

/**
 * cpu_device_down - take down the CPU of a device
 * @dev:	device of the CPU
 *
 * For the device core; everybody else calls remove_cpu() or cpus_down().
 *
 * Context: task context, device_hotplug_lock held; sleeps.
 * Return: as cpuhp_offline()
 */
int cpu_device_down(struct device *dev)
{
	return cpuhp_offline(cpumask_of(dev->id), CPUHP_OFFLINE, NULL);
}

/**
 * remove_cpu - take down a CPU, and tell user space
 * @cpu:	the CPU
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; 1 if it was offline; -EPERM for a CPU that cannot be removed; an
 * errno of cpuhp_offline()
 */
int remove_cpu(unsigned int cpu)
{
	int ret;

	lock_device_hotplug();
	ret = device_offline(get_cpu_device(cpu));
	unlock_device_hotplug();
	return ret;
}
EXPORT_SYMBOL_GPL(remove_cpu);

/**
 * smp_shutdown_nonboot_cpus - take down all but one CPU, for good
 * @primary_cpu: the one that stays; another if it is not online
 *
 * For kexec and reboot: what refuses stays online, the others go. No CPU comes
 * up again after this.
 *
 * Context: task context; sleeps.
 */
void smp_shutdown_nonboot_cpus(unsigned int primary_cpu)
{
	static struct cpumask others;	/* M */
	const struct cpuhp_op op = {
		.dir	= CPUHP_DOWN,
		.target	= CPUHP_OFFLINE,
		.policy	= CPUHP_EACH,
	};
	int err;

	cpu_maps_update_begin();
	if (!cpu_online(primary_cpu))
		primary_cpu = cpumask_first(cpu_online_mask);

	cpumask_copy(&others, cpu_online_mask);
	cpumask_clear_cpu(primary_cpu, &others);
	if (!cpumask_empty(&others)) {
		err = cpuhp_offline_locked(&others, &op);
		if (err)
			pr_err("Failed to offline all but CPU%u - error=%d\n", primary_cpu, err);
	}

	/*
	 * A new kernel is about to be started on this CPU. Another one that
	 * still runs would execute what is being overwritten.
	 */
	if (num_online_cpus() > 1)
		panic("CPUs %*pbl do not go offline\n", cpumask_pr_args(cpu_online_mask));

	cpuhp_disabled_depth++;
	cpu_maps_update_done();
}
