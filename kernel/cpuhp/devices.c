// SPDX-License-Identifier: GPL-2.0
/*
 * What the device core and user space are told of CPUs that have moved.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/kobject.h>

#include "cpuhp.h"

/**
 * cpuhp_tell_devices - tell devices and user space which CPUs have moved
 * @cpus:	CPUs that an operation may have moved
 *
 * For operations that do not come through the device core: the `online` file
 * shows the device's flag, and udev waits for the event.
 *
 * Context: task context, device_hotplug_lock held (or before user space).
 */
void cpuhp_tell_devices(const struct cpumask *cpus)
{
	struct device *dev;
	unsigned int cpu;

	for_each_cpu(cpu, cpus) {
		dev = get_cpu_device(cpu);
		if (!dev || dev->offline == !cpu_online(cpu))
			continue;
		dev->offline = !cpu_online(cpu);
		kobject_uevent(&dev->kobj, dev->offline ? KOBJ_OFFLINE : KOBJ_ONLINE);
	}
}
