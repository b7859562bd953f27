// SPDX-License-Identifier: GPL-2.0
/*
 * SMT policy: how many threads of a core may run.
 *
 * Owns cpu_smt_control and the numbers of threads, and tells whether a CPU may
 * run. smt_switch.c changes them, sysfs_smt.c shows them to user space.
 *
 * Once the system runs they are written under M, and read without a lock.
 */
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "cpuhp.h"

enum cpuhp_smt_control cpu_smt_control __read_mostly = CPU_SMT_ENABLED;
unsigned int cpu_smt_num_threads __read_mostly = UINT_MAX;
unsigned int cpuhp_smt_max_threads __ro_after_init;

/**
 * cpu_smt_disable - keep siblings offline from boot on
 * @force:	for good
 *
 * Context: boot.
 */
void __init cpu_smt_disable(bool force)
{
	if (!cpu_smt_possible())
		return;

	cpu_smt_control = force ? CPU_SMT_FORCE_DISABLED : CPU_SMT_DISABLED;
	cpu_smt_num_threads = 1;
	pr_info("SMT: %s\n", force ? "Force disabled" : "disabled");
}

/**
 * cpu_smt_set_num_threads - the architecture has identified its CPUs
 * @num_threads: threads per core to bring up
 * @max_threads: threads per core there are
 *
 * The command line takes precedence over @num_threads.
 *
 * Context: boot.
 */
void __init cpu_smt_set_num_threads(unsigned int num_threads, unsigned int max_threads)
{
	WARN_ON(!num_threads || num_threads > max_threads);

	cpuhp_smt_max_threads = max_threads;
	if (max_threads == 1)
		cpu_smt_control = CPU_SMT_NOT_SUPPORTED;

	if (cpu_smt_control == CPU_SMT_ENABLED)
		cpu_smt_num_threads = min(cpu_smt_num_threads, num_threads);
	else
		cpu_smt_num_threads = 1;
}

static int __init nosmt_param(char *arg)
{
	cpu_smt_disable(arg && !strcmp(arg, "force"));
	return 0;
}
early_param("nosmt", nosmt_param);

/**
 * cpuhp_bootable - may a CPU boot under SMT policy?
 * @cpu:	the CPU
 *
 * Context: any.
 * Return: true if so, or if the CPU never ran: on x86 every thread must boot once
 * to set CR4.MCE, because a broadcast machine check reaches all of them
 */
bool cpuhp_bootable(unsigned int cpu)
{
	switch (cpu_smt_control) {
	case CPU_SMT_NOT_IMPLEMENTED:
	case CPU_SMT_NOT_SUPPORTED:
		return true;
	case CPU_SMT_ENABLED:
		if (cpuhp_smt_thread_allowed(cpu))
			return true;
		break;
	default:
		break;
	}
	return topology_is_primary_thread(cpu) ||
	       !cpumask_test_cpu(cpu, &cpus_booted_once_mask);
}

/**
 * cpu_smt_possible - is there SMT that could be switched on?
 *
 * Context: any.
 * Return: false if it is not supported or disabled for good
 */
bool cpu_smt_possible(void)
{
	return cpu_smt_control != CPU_SMT_FORCE_DISABLED &&
	       cpu_smt_control != CPU_SMT_NOT_SUPPORTED;
}
EXPORT_SYMBOL_GPL(cpu_smt_possible);

/**
 * cpuhp_smt_threads_valid - can a core run with this many threads?
 * @threads:	threads per core
 *
 * Context: any.
 * Return: true if so; without CONFIG_SMT_NUM_THREADS_DYNAMIC, for one and for all
 */
bool cpuhp_smt_threads_valid(unsigned int threads)
{
	if (IS_ENABLED(CONFIG_SMT_NUM_THREADS_DYNAMIC))
		return threads >= 1 && threads <= cpuhp_smt_max_threads;
	return threads == 1 || threads == cpuhp_smt_max_threads;
}
