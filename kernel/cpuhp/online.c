// SPDX-License-Identifier: GPL-2.0
/*
 * May these CPUs come online?
 *
 * Only a question: nothing moves here.
 */
#include <linux/cpumask.h>
#include <linux/memory_hotplug.h>
#include <linux/nodemask.h>
#include <linux/topology.h>

#include "cpuhp.h"

/**
 * cpuhp_prepare_nodes - make memory of the CPUs' nodes usable
 * @cpus:	CPUs about to come online
 *
 * Context: task context, no hotplug lock held but device_hotplug_lock; sleeps.
 * Return: 0; -EINVAL for a CPU that is not possible; an errno of
 * try_online_node()
 */
int cpuhp_prepare_nodes(const struct cpumask *cpus)
{
	unsigned int cpu;
	int err;

	for_each_cpu(cpu, cpus) {
		if (!cpu_possible(cpu)) {
			pr_err("can't online cpu %u because it is not configured as may-hotadd at boot time\n",
			       cpu);
			return -EINVAL;
		}
		/* device_hotplug_lock keeps a node as it is. */
		if (node_online(cpu_to_node(cpu)))
			continue;
		err = try_online_node(cpu_to_node(cpu));
		if (err)
			return err;
	}
	return 0;
}

/**
 * cpuhp_cpu_may_online - may this CPU come up now?
 * @cpu:	the CPU
 *
 * Context: holds cpu_add_remove_lock.
 * Return: 0; -EINVAL if it is not present; -EPERM if SMT control keeps it off
 */
int cpuhp_cpu_may_online(unsigned int cpu)
{
	if (!cpu_present(cpu))
		return -EINVAL;
	return cpuhp_bootable(cpu) ? 0 : -EPERM;
}

/**
 * cpuhp_may_online - may these CPUs come up, for this reason?
 * @cpus:	the CPUs
 * @def:	what the reason of the request implies
 *
 * Context: holds cpu_add_remove_lock.
 * Return: 0; -EBUSY while hotplug is disabled; an errno of
 * cpuhp_cpu_may_online()
 */
int cpuhp_may_online(const struct cpumask *cpus, const struct cpuhp_request_def *def)
{
	unsigned int cpu;
	int err;

	cpuhp_assert_operation();
	if (def->gate && cpuhp_disabled())
		return -EBUSY;
	if (!def->ask)
		return 0;
	for_each_cpu(cpu, cpus) {
		err = cpuhp_cpu_may_online(cpu);
		if (err)
			return err;
	}
	return 0;
}
