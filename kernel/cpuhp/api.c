// SPDX-License-Identifier: GPL-2.0
/*
 * What the rest of the kernel calls to move CPUs.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/export.h>

#include "cpuhp.h"

/**
 * cpu_device_up - bring up the CPU of a device
 * @dev:	device of the CPU
 *
 * For the device core; everybody else calls add_cpu() or cpus_up().
 *
 * Context: task context, device_hotplug_lock held; sleeps.
 * Return: as cpuhp_request()
 */
int cpu_device_up(struct device *dev)
{
	return cpuhp_request(CPUHP_BY_DEVICE, cpumask_of(dev->id), CPUHP_UP, CPUHP_ONLINE);
}

/**
 * add_cpu - bring up a CPU, and tell user space
 * @cpu:	the CPU
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; 1 if it was online; an errno of cpuhp_request()
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

static int cpus_move(const struct cpumask *cpus, enum cpuhp_dir dir, int target)
{
	int err;

	lock_device_hotplug();
	err = cpuhp_request(CPUHP_BY_KERNEL, cpus, dir, target);
	unlock_device_hotplug();
	return err;
}

/**
 * cpus_up - bring up a set of CPUs as one batch, and tell user space
 * @cpus:	the CPUs; those that are online are left alone
 *
 * All or none.
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; -EINVAL for a CPU that is not possible or not present; -EBUSY
 * while hotplug is disabled; -EPERM for a CPU that SMT control keeps off; an
 * error of the batch
 */
int cpus_up(const struct cpumask *cpus)
{
	return cpus_move(cpus, CPUHP_UP, CPUHP_ONLINE);
}
EXPORT_SYMBOL_GPL(cpus_up);

/**
 * bringup_hibernate_cpu - bring up the CPU that the image was written on
 * @sleep_cpu:	that CPU
 *
 * It can be offline in the kernel that resumes, with maxcpus= for example.
 *
 * Context: task context; sleeps.
 * Return: 0 or an errno of cpuhp_request()
 */
int bringup_hibernate_cpu(unsigned int sleep_cpu)
{
	int err;

	if (cpu_online(sleep_cpu))
		return 0;

	pr_info("Hibernated on a CPU that is offline! Bringing CPU up.\n");
	/* BY_DEVICE: this kernel is about to end, user space need not be told. */
	err = cpuhp_request(CPUHP_BY_DEVICE, cpumask_of(sleep_cpu), CPUHP_UP, CPUHP_ONLINE);
	if (err)
		pr_err("Failed to bring hibernate-CPU up!\n");
	return err;
}

#ifdef CONFIG_HOTPLUG_CPU
/**
 * cpu_device_down - take down the CPU of a device
 * @dev:	device of the CPU
 *
 * For the device core; everybody else calls remove_cpu() or cpus_down().
 *
 * Context: task context, device_hotplug_lock held; sleeps.
 * Return: as cpuhp_request()
 */
int cpu_device_down(struct device *dev)
{
	return cpuhp_request(CPUHP_BY_DEVICE, cpumask_of(dev->id), CPUHP_DOWN, CPUHP_OFFLINE);
}

/**
 * remove_cpu - take down a CPU, and tell user space
 * @cpu:	the CPU
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; 1 if it was offline; -EPERM for a CPU that cannot be removed; an
 * errno of cpuhp_request()
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
 * cpus_down - take a set of CPUs offline as one batch, and tell user space
 * @cpus:	the CPUs; those that are offline are left alone
 *
 * All or none: nothing moves if the platform does not let one of them go.
 *
 * Context: task context; takes device_hotplug_lock; sleeps.
 * Return: 0; -EPERM for a CPU that cannot be removed; -EOPNOTSUPP if the
 * platform has no offlining; -EBUSY while hotplug is disabled, or if no
 * housekeeping CPU would stay online; -EINVAL for a CPU that is not present; the
 * errno of a subsystem's veto; an error of the batch
 */
int cpus_down(const struct cpumask *cpus)
{
	return cpus_move(cpus, CPUHP_DOWN, CPUHP_OFFLINE);
}
EXPORT_SYMBOL_GPL(cpus_down);
#endif /* CONFIG_HOTPLUG_CPU */
