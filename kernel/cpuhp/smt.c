// SPDX-License-Identifier: GPL-2.0
/*
 * SMT policy: how many threads of a core may run.
 *
 * Owns cpu_smt_control and the numbers of threads. They change together and
 * only when the switch has succeeded; sysfs_smt.c words them for user space.
 *
 * M protects all of it once the system runs; readers look without.
 */
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "cpuhp.h"

enum cpuhp_smt_control cpu_smt_control __read_mostly = CPU_SMT_ENABLED;
unsigned int cpu_smt_num_threads __read_mostly = UINT_MAX;
unsigned int cpuhp_smt_max_threads __ro_after_init;

static struct cpumask smt_cpus;	/* M: who moves in a switch */
/*
 * M: siblings that a switch took off though no other thread of their core was
 * online. Whoever took those others off did not mean these.
 */
static struct cpumask smt_emptied;

#ifndef topology_is_core_online
#define topology_is_core_online(_cpu)	((void)(_cpu), true)
#endif

#ifdef CONFIG_SMT_NUM_THREADS_DYNAMIC
#define smt_thread_allowed(_cpu)	topology_smt_thread_allowed(_cpu)
#else
#define smt_thread_allowed(_cpu)	((void)(_cpu), true)
#endif

/**
 * cpu_smt_disable - keep siblings off from boot on
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
 * The command line goes before @num_threads.
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
 * cpuhp_bootable - does SMT policy let a CPU run?
 * @cpu:	the CPU
 *
 * Context: any.
 * Return: true if so, or if the CPU never ran: x86 needs every thread to have
 * booted once, or a machine check broadcast would find one without CR4.MCE
 */
bool cpuhp_bootable(unsigned int cpu)
{
	switch (cpu_smt_control) {
	case CPU_SMT_NOT_IMPLEMENTED:
	case CPU_SMT_NOT_SUPPORTED:
		return true;
	case CPU_SMT_ENABLED:
		if (smt_thread_allowed(cpu))
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

/* Siblings that are online and have to go. */
static void collect_siblings_down(enum cpuhp_smt_control ctrlval)
{
	unsigned int cpu;

	cpumask_clear(&smt_cpus);
	for_each_online_cpu(cpu) {
		if (topology_is_primary_thread(cpu))
			continue;
		/* Fewer threads than before, but more than one. */
		if (ctrlval == CPU_SMT_ENABLED && smt_thread_allowed(cpu))
			continue;
		cpumask_set_cpu(cpu, &smt_cpus);
	}
}

/*
 * Siblings that may come back. A core whose threads are all offline was taken
 * off on purpose, unless it was a switch that emptied it; and no switch takes a
 * primary thread off.
 */
static void collect_siblings_up(void)
{
	unsigned int cpu;

	cpumask_clear(&smt_cpus);
	for_each_present_cpu(cpu) {
		if (cpu_online(cpu) || topology_is_primary_thread(cpu))
			continue;
		if (!node_online(cpu_to_node(cpu)) || !smt_thread_allowed(cpu))
			continue;
		if (topology_is_core_online(cpu) || cpumask_test_cpu(cpu, &smt_emptied))
			cpumask_set_cpu(cpu, &smt_cpus);
	}
}

static void note_emptied_cores(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &smt_cpus) {
		if (!topology_is_core_online(cpu))
			cpumask_set_cpu(cpu, &smt_emptied);
	}
}

/**
 * cpuhp_smt_disable - take siblings offline, all or none
 * @ctrlval:	the control value that holds if this succeeds
 *
 * Context: task context, device_hotplug_lock held where devices exist; sleeps.
 * A fatal signal for the caller takes it back.
 * Return: as cpuhp_offline_locked()
 */
int cpuhp_smt_disable(enum cpuhp_smt_control ctrlval)
{
	const struct cpuhp_op op = {
		.dir	= CPUHP_DOWN,
		.target	= CPUHP_OFFLINE,
		.policy	= CPUHP_ALL_OR_NOTHING,
		.give_up = cpuhp_owner_killed,
		.data	= current,
	};
	int err = 0;

	cpu_maps_update_begin();
	cpuhp_forget_failure();
	collect_siblings_down(ctrlval);
	if (!cpumask_empty(&smt_cpus))
		err = cpuhp_offline_locked(&smt_cpus, &op);
	cpuhp_sync_devices(&smt_cpus);
	if (!err) {
		cpu_smt_control = ctrlval;
		note_emptied_cores();
	}
	cpu_maps_update_done();
	return err;
}

/**
 * cpuhp_smt_enable - bring siblings online, all or none
 *
 * A sibling comes up where its core has an online thread, or had none but the
 * siblings that cpuhp_smt_disable() took off.
 *
 * Context: as cpuhp_smt_disable(). Works while hotplug is disabled: resume
 * from hibernation needs it.
 * Return: an error of cpuhp_batch(); SMT is as it was then
 */
int cpuhp_smt_enable(void)
{
	const struct cpuhp_op op = {
		.dir	= CPUHP_UP,
		.target	= CPUHP_ONLINE,
		.policy	= CPUHP_ALL_OR_NOTHING,
		.give_up = cpuhp_owner_killed,
		.data	= current,
	};
	enum cpuhp_smt_control before;
	int err;

	cpu_maps_update_begin();
	cpuhp_forget_failure();
	/* While they come up, the siblings must be bootable. */
	before = cpu_smt_control;
	cpu_smt_control = CPU_SMT_ENABLED;
	collect_siblings_up();
	err = cpuhp_batch(&smt_cpus, &op);
	cpuhp_sync_devices(&smt_cpus);
	if (err)
		cpu_smt_control = before;
	cpumask_andnot(&smt_emptied, &smt_emptied, cpu_online_mask);
	cpu_maps_update_done();
	return err;
}

/**
 * cpuhp_offline_again - let the CPUs that are offline die anew
 *
 * Each of them that has ever run comes up and goes down again. So it waits for
 * its next start in the way that the architecture chooses now, instead of the one
 * it chose back then. Afterwards the same CPUs are online, and SMT policy is as
 * it was.
 *
 * Context: task context with user space frozen, device_hotplug_lock held; sleeps.
 * Works while hotplug is disabled.
 * Return: an error of cpuhp_batch() or cpuhp_offline_from(); after the latter,
 * the CPUs are online
 */
int cpuhp_offline_again(void)
{
	const struct cpuhp_op up = {
		.dir	= CPUHP_UP,
		.target	= CPUHP_ONLINE,
		.policy	= CPUHP_ALL_OR_NOTHING,
	};
	const struct cpuhp_op down = {
		.dir	= CPUHP_DOWN,
		.target	= CPUHP_OFFLINE,
		.policy	= CPUHP_ALL_OR_NOTHING,
	};
	enum cpuhp_smt_control before;
	unsigned int control;
	int err = 0;

	cpu_maps_update_begin();
	cpuhp_forget_failure();
	control = cpumask_first(cpu_online_mask);
	cpumask_andnot(&smt_cpus, cpu_present_mask, cpu_online_mask);
	cpumask_and(&smt_cpus, &smt_cpus, &cpus_booted_once_mask);
	/* While they come up, siblings must be bootable. */
	before = cpu_smt_control;
	cpu_smt_control = CPU_SMT_ENABLED;
	if (!cpumask_empty(&smt_cpus))
		err = cpuhp_batch(&smt_cpus, &up) ?:
		      cpuhp_offline_from(control, &smt_cpus, &down);
	cpu_smt_control = before;
	cpuhp_sync_devices(&smt_cpus);
	cpu_maps_update_done();
	return err;
}

/**
 * cpuhp_smt_threads_valid - can a core run with this many threads?
 * @threads:	threads per core
 *
 * Context: any.
 * Return: true if so; an architecture that cannot choose knows one and all
 */
bool cpuhp_smt_threads_valid(unsigned int threads)
{
	if (IS_ENABLED(CONFIG_SMT_NUM_THREADS_DYNAMIC))
		return threads >= 1 && threads <= cpuhp_smt_max_threads;
	return threads == 1 || threads == cpuhp_smt_max_threads;
}

/**
 * cpuhp_smt_switch - change control and number of threads
 * @control:	CPU_SMT_ENABLED, CPU_SMT_DISABLED or CPU_SMT_FORCE_DISABLED
 * @threads:	threads per core
 *
 * Context: device_hotplug_lock held; sleeps.
 * Return: an error of cpuhp_quiesce_begin(), cpuhp_smt_enable() or
 * cpuhp_smt_disable(), with control, threads and CPUs as they were
 */
int cpuhp_smt_switch(enum cpuhp_smt_control control, unsigned int threads)
{
	unsigned int before = cpu_smt_num_threads;
	bool force = control == CPU_SMT_FORCE_DISABLED && cpu_smt_control != control;
	enum cpuhp_quiesce quiesce;
	int err;

	err = cpuhp_quiesce_begin(&quiesce);
	if (err)
		return err;

	/* Which threads are allowed depends on it. */
	cpu_smt_num_threads = threads;
	if (threads > before)
		err = cpuhp_smt_enable();
	else if (threads < before || force)
		err = cpuhp_smt_disable(control);
	if (err)
		cpu_smt_num_threads = before;
	cpuhp_quiesce_end(quiesce);
	return err;
}
