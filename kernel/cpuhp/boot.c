// SPDX-License-Identifier: GPL-2.0
/*
 * Bring-up of the CPUs beside the boot CPU while the system boots: batches
 * with the policy CPUHP_EACH.
 *
 * Where the machine can (parallel.c), all APs are kicked before the first is
 * waited for, so that their low level startup overlaps.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/topology.h>

#include "cpuhp.h"

static bool __init may_boot(unsigned int cpu)
{
	int err = try_online_node(cpu_to_node(cpu)) ?: cpuhp_cpu_may_online(cpu);

	if (err && err != -EPERM)
		pr_err("CPU%u cannot be brought up: %pe\n", cpu, ERR_PTR(err));
	return !err;
}

/*
 * Bring up the first @ncpus CPUs of @mask, counting those that are up, to @target.
 * A CPU that fails on the way to CPUHP_ONLINE ends at CPUHP_OFFLINE, even if it
 * had reached another target before. Each failure has been reported when it
 * happened, and concerns no other CPU: hence no return value.
 */
static void __init boot_cpus(const struct cpumask *mask, unsigned int ncpus, int target)
{
	static struct cpumask cpus __initdata;
	struct cpuhp_request req;
	unsigned int cpu;

	/* There are no tasks to freeze yet, so it cannot fail. */
	WARN_ON(cpuhp_request_begin(&req, CPUHP_BY_BOOT));
	cpumask_clear(&cpus);
	for_each_cpu(cpu, mask) {
		if (!ncpus--)
			break;
		if (may_boot(cpu))
			cpumask_set_cpu(cpu, &cpus);
	}
	cpuhp_request_move(&req, &cpus, CPUHP_UP, target);

	if (target == CPUHP_ONLINE) {
		cpumask_andnot(&cpus, &cpus, cpu_online_mask);
		cpuhp_request_move(&req, &cpus, CPUHP_DOWN, CPUHP_OFFLINE);
	}
	cpuhp_request_end(&req);
}

static void __init kick_then_online(const struct cpumask *mask, unsigned int ncpus)
{
	boot_cpus(mask, ncpus, CPUHP_BP_KICK_AP);
	boot_cpus(mask, ncpus, CPUHP_ONLINE);
}

static void __init split_primary(struct cpumask *primary, struct cpumask *others)
{
	unsigned int cpu;

	for_each_present_cpu(cpu)
		cpumask_set_cpu(cpu, cpuhp_is_primary(cpu) ? primary : others);
}

/*
 * Primary threads come first: on x86 a sibling must not run while the primary
 * thread loads microcode.
 */
static void __init boot_parallel(unsigned int ncpus)
{
	static struct cpumask primary __initdata, others __initdata;

	split_primary(&primary, &others);
	kick_then_online(&primary, ncpus);
	ncpus -= min(ncpus, num_online_cpus());
	if (ncpus)
		kick_then_online(&others, ncpus);
}

/**
 * bringup_nonboot_cpus - bring up the CPUs beside the boot CPU
 * @max_cpus:	how many CPUs may be online afterwards; 0 brings up none
 *
 * Context: boot, once; sleeps.
 */
void __init bringup_nonboot_cpus(unsigned int max_cpus)
{
	if (!max_cpus)
		return;
	if (cpuhp_boots_parallel())
		boot_parallel(max_cpus);
	else
		boot_cpus(cpu_present_mask, max_cpus, CPUHP_ONLINE);
}
