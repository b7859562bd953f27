// SPDX-License-Identifier: GPL-2.0
/*
 * Parallel bring-up at boot: all APs are kicked before the first is waited
 * for, so that their low level startup overlaps.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>

#include "cpuhp.h"

static bool cpuhp_parallel __initdata = true;

static int __init parallel_param(char *arg)
{
	return kstrtobool(arg, &cpuhp_parallel);
}
early_param("cpuhp.parallel", parallel_param);

static void __init kick_then_online(const struct cpumask *mask, unsigned int ncpus)
{
	cpuhp_boot_cpus(mask, ncpus, CPUHP_BP_KICK_AP);
	cpuhp_boot_cpus(mask, ncpus, CPUHP_ONLINE);
}

static void __init split_primary(struct cpumask *primary, struct cpumask *others)
{
	unsigned int cpu;

	for_each_present_cpu(cpu)
		cpumask_set_cpu(cpu, cpuhp_is_primary(cpu) ? primary : others);
}

/**
 * cpuhp_boot_parallel - bring-up with the kicks first
 * @ncpus:	how many CPUs may be online then
 *
 * Primary threads come first: on x86 a sibling must not run while the primary
 * thread loads microcode.
 *
 * Context: boot, once; sleeps.
 * Return: false if this machine cannot or shall not; nothing has been done then
 */
bool __init cpuhp_boot_parallel(unsigned int ncpus)
{
	static struct cpumask primary __initdata, others __initdata;

	if (!cpuhp_parallel || !arch_cpuhp_init_parallel_bringup())
		return false;

	split_primary(&primary, &others);
	kick_then_online(&primary, ncpus);
	ncpus -= min(ncpus, num_online_cpus());
	if (ncpus)
		kick_then_online(&others, ncpus);
	return true;
}
