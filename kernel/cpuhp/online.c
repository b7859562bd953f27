// SPDX-License-Identifier: GPL-2.0
/*
 * Asking for CPUs to come online: who may, which CPUs can, and then a batch.
 *
 * Owns cpu_add_remove_lock, which makes operations one at a time, and the
 * depth of cpu_hotplug_disable().
 */
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/memory_hotplug.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/topology.h>

#include "cpuhp.h"

static DEFINE_MUTEX(cpu_add_remove_lock);

int cpuhp_disabled_depth;	/* M: above 0, requests end with -EBUSY */

/**
 * cpu_maps_update_begin - keep the present and online masks as they are
 *
 * Context: task context; waits for an operation in progress.
 */
void cpu_maps_update_begin(void)
{
	mutex_lock(&cpu_add_remove_lock);
}

/**
 * cpu_maps_update_done - end of cpu_maps_update_begin()
 *
 * Context: the same task.
 */
void cpu_maps_update_done(void)
{
	mutex_unlock(&cpu_add_remove_lock);
}

/**
 * cpuhp_operation_begin - somebody's request to move CPUs begins
 * @quiesce:	to be handed to cpuhp_operation_end()
 *
 * Quiesces the system as hotplug/quiesce says, and only then takes
 * cpu_add_remove_lock: who waits for that cannot be frozen.
 *
 * Context: task context; sleeps. Not for suspend and boot, which have the
 * system quiet by other means.
 * Return: 0 or an errno of cpuhp_quiesce_begin(), with nothing to be ended
 */
int cpuhp_operation_begin(enum cpuhp_quiesce *quiesce)
{
	int err = cpuhp_quiesce_begin(quiesce);

	if (err)
		return err;
	cpu_maps_update_begin();
	cpuhp_forget_failure();
	return 0;
}

/**
 * cpuhp_operation_end - the request is done with
 * @quiesce:	what cpuhp_operation_begin() stored
 *
 * Context: the same task.
 */
void cpuhp_operation_end(enum cpuhp_quiesce quiesce)
{
	cpu_maps_update_done();
	cpuhp_quiesce_end(quiesce);
}

/**
 * cpuhp_may_online - may this CPU come up now?
 * @cpu:	the CPU
 *
 * Context: holds cpu_add_remove_lock.
 * Return: 0; -EINVAL if it is not present; -EPERM if SMT control keeps it off
 */
int cpuhp_may_online(unsigned int cpu)
{
	if (!cpu_present(cpu))
		return -EINVAL;
	return cpuhp_bootable(cpu) ? 0 : -EPERM;
}

/**
 * cpuhp_owner_killed - give up a batch when its writer is killed
 * @owner:	the task, or NULL
 *
 * Context: BP.
 * Return: -EINTR if @owner has a fatal signal pending, else 0
 */
int cpuhp_owner_killed(void *owner)
{
	return owner && fatal_signal_pending(owner) ? -EINTR : 0;
}

/* Memory of a CPU's node must be usable before the CPU is prepared. */
static int prepare_nodes(const struct cpumask *cpus)
{
	unsigned int cpu;
	int err;

	for_each_cpu(cpu, cpus) {
		if (!cpu_possible(cpu)) {
			pr_err("can't online cpu %u because it is not configured as may-hotadd at boot time\n",
			       cpu);
			return -EINVAL;
		}
		err = try_online_node(cpu_to_node(cpu));
		if (err)
			return err;
	}
	return 0;
}

static int may_online_all(const struct cpumask *cpus)
{
	unsigned int cpu;
	int err;

	if (cpuhp_disabled_depth)
		return -EBUSY;
	for_each_cpu(cpu, cpus) {
		err = cpuhp_may_online(cpu);
		if (err)
			return err;
	}
	return 0;
}

/**
 * cpuhp_online - bring CPUs up, all or none
 * @cpus:	the CPUs; those at @target already are left alone
 * @target:	position to reach
 * @owner:	a fatal signal for this task takes the batch back; may be NULL
 *
 * Context: task context; sleeps.
 * Return: 0; -EINVAL for a CPU that is not possible or not present; -EBUSY
 * while hotplug is disabled; -EPERM for a CPU that SMT control keeps off; an
 * error of cpuhp_batch()
 */
int cpuhp_online(const struct cpumask *cpus, int target, struct task_struct *owner)
{
	const struct cpuhp_op op = {
		.dir	= CPUHP_UP,
		.target	= target,
		.policy	= CPUHP_ALL_OR_NOTHING,
		.give_up = cpuhp_owner_killed,
		.data	= owner,
	};
	enum cpuhp_quiesce quiesce;
	int err;

	err = prepare_nodes(cpus) ?: cpuhp_operation_begin(&quiesce);
	if (err)
		return err;
	err = may_online_all(cpus) ?: cpuhp_batch(cpus, &op);
	cpuhp_operation_end(quiesce);
	return err;
}

/**
 * cpu_device_up - bring up the CPU of a device
 * @dev:	device of the CPU
 *
 * For the device core; everybody else calls add_cpu() or cpus_up().
 *
 * Context: task context, device_hotplug_lock held; sleeps.
 * Return: as cpuhp_online()
 */
int cpu_device_up(struct device *dev)
{
	return cpuhp_online(cpumask_of(dev->id), CPUHP_ONLINE, NULL);
}

/**
 * add_cpu - bring up a CPU, and tell user space
 * @cpu:	the CPU
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; 1 if it was online; an errno of cpuhp_online()
 */
int add_cpu(unsigned int cpu)
{
	int ret;

	lock_device_hotplug();
	ret = device_online(get_cpu_device(cpu));
	unlock_device_hotplug();
	return ret;
}
EXPORT_SYMBOL_GPL(add_cpu);

/**
 * cpus_up - bring up a set of CPUs as one batch, and tell user space
 * @cpus:	the CPUs; those that are online are left alone
 *
 * All or none.
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: as cpuhp_online()
 */
int cpus_up(const struct cpumask *cpus)
{
	int err;

	lock_device_hotplug();
	err = cpuhp_online(cpus, CPUHP_ONLINE, NULL);
	cpuhp_sync_devices(cpus);
	unlock_device_hotplug();
	return err;
}
EXPORT_SYMBOL_GPL(cpus_up);

/**
 * bringup_hibernate_cpu - bring up the CPU that the image was written on
 * @sleep_cpu:	that CPU
 *
 * It can be offline in the kernel that resumes, with maxcpus= for example.
 *
 * Context: task context; sleeps.
 * Return: 0 or an errno of cpuhp_online()
 */
int bringup_hibernate_cpu(unsigned int sleep_cpu)
{
	int err;

	if (cpu_online(sleep_cpu))
		return 0;

	pr_info("Hibernated on a CPU that is offline! Bringing CPU up.\n");
	err = cpuhp_online(cpumask_of(sleep_cpu), CPUHP_ONLINE, NULL);
	if (err)
		pr_err("Failed to bring hibernate-CPU up!\n");
	return err;
}
