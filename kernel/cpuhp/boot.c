// SPDX-License-Identifier: GPL-2.0
/*
 * Bring-up of the CPUs beside the boot CPU while the system boots: batches
 * with the policy that each CPU stands for itself.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/memory_hotplug.h>
#include <linux/topology.h>

#include "cpuhp.h"

static bool __init may_boot(unsigned int cpu)
{
	int err = try_online_node(cpu_to_node(cpu)) ?: cpuhp_may_online(cpu);

	if (err && err != -EPERM)
		pr_err("CPU%u cannot be brought up: %pe\n", cpu, ERR_PTR(err));
	return !err;
}

static void __init boot_batch(const struct cpumask *cpus, enum cpuhp_dir dir, int target)
{
	const struct cpuhp_op op = {
		.dir	= dir,
		.target	= target,
		.policy	= CPUHP_EACH,
	};

	/* Who failed has been reported, and the others do not care. */
	cpuhp_batch(cpus, &op);
}

/**
 * cpuhp_boot_cpus - bring up the first CPUs of a mask
 * @mask:	where to take them from
 * @ncpus:	how many at the most, counting those that are up
 * @target:	position to reach
 *
 * What fails on the way to CPUHP_ONLINE ends at CPUHP_OFFLINE, also when it
 * came from an earlier target.
 *
 * Context: boot; sleeps.
 */
void __init cpuhp_boot_cpus(const struct cpumask *mask, unsigned int ncpus, int target)
{
	static struct cpumask cpus __initdata;
	unsigned int cpu;

	cpumask_clear(&cpus);
	cpu_maps_update_begin();
	for_each_cpu(cpu, mask) {
		if (!ncpus--)
			break;
		if (may_boot(cpu))
			cpumask_set_cpu(cpu, &cpus);
	}
	boot_batch(&cpus, CPUHP_UP, target);

	if (target == CPUHP_ONLINE) {
		cpumask_andnot(&cpus, &cpus, cpu_online_mask);
		boot_batch(&cpus, CPUHP_DOWN, CPUHP_OFFLINE);
	}
	cpu_maps_update_done();
}

/**
 * bringup_nonboot_cpus - bring up the CPUs beside the boot CPU
 * @max_cpus:	how many CPUs may be online then; 0 leaves the boot CPU alone
 *
 * Context: boot, once; sleeps.
 */
void __init bringup_nonboot_cpus(unsigned int max_cpus)
{
	if (max_cpus && !cpuhp_boot_parallel(max_cpus))
		cpuhp_boot_cpus(cpu_present_mask, max_cpus, CPUHP_ONLINE);
}
