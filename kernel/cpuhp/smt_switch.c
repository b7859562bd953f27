// SPDX-License-Identifier: GPL-2.0
/*
 * Switching SMT: chooses the siblings that come or go, as one batch.
 *
 * Control and number of threads change together, and only when the CPUs have
 * moved; see smt.c for what they mean.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/nodemask.h>
#include <linux/smp.h>
#include <linux/topology.h>

#include "cpuhp.h"

static struct cpumask smt_cpus;	/* M: the CPUs that move in a switch */
/*
 * M: siblings that a switch took offline, and with them the last online threads
 * of their core. A user who took the other threads offline did not mean these.
 */
static struct cpumask smt_emptied;

#ifndef topology_is_core_online
#define topology_is_core_online(_cpu)	((void)(_cpu), true)
#endif

/* Siblings that are online and have to go. */
static void collect_siblings_down(enum cpuhp_smt_control ctrlval)
{
	unsigned int cpu;

	cpumask_clear(&smt_cpus);
	for_each_online_cpu(cpu) {
		if (topology_is_primary_thread(cpu))
			continue;
		/* Fewer threads than before, but more than one. */
		if (ctrlval == CPU_SMT_ENABLED && cpuhp_smt_thread_allowed(cpu))
			continue;
		cpumask_set_cpu(cpu, &smt_cpus);
	}
}

/*
 * Siblings that may come back. A core whose threads are all offline was emptied
 * on purpose, unless a switch did it. Primary threads are not for a switch.
 */
static void collect_siblings_up(void)
{
	unsigned int cpu;

	cpumask_clear(&smt_cpus);
	for_each_present_cpu(cpu) {
		if (cpu_online(cpu) || topology_is_primary_thread(cpu))
			continue;
		if (!node_online(cpu_to_node(cpu)) || !cpuhp_smt_thread_allowed(cpu))
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

/* Bring smt_cpus up; cpuhp_bootable() must be true of siblings meanwhile. */
static int siblings_up(struct cpuhp_request *req)
{
	enum cpuhp_smt_control before = cpu_smt_control;
	int err;

	cpu_smt_control = CPU_SMT_ENABLED;
	err = cpuhp_request_move(req, &smt_cpus, CPUHP_UP, CPUHP_ONLINE);
	if (err)
		cpu_smt_control = before;
	return err;
}

/**
 * cpuhp_smt_disable - take siblings offline, all or none
 * @ctrlval:	the control value that holds if this succeeds
 *
 * Context: task context, device_hotplug_lock held where devices exist; sleeps.
 * A fatal signal to the caller undoes it.
 * Return: 0; an errno of cpuhp_request_begin() or cpuhp_request_move(), with SMT as
 * it was
 */
int cpuhp_smt_disable(enum cpuhp_smt_control ctrlval)
{
	struct cpuhp_request req;
	int err;

	err = cpuhp_request_begin(&req, CPUHP_BY_SMT_OFF);
	if (err)
		return err;
	collect_siblings_down(ctrlval);
	err = cpuhp_request_move(&req, &smt_cpus, CPUHP_DOWN, CPUHP_OFFLINE);
	if (!err) {
		cpu_smt_control = ctrlval;
		note_emptied_cores();
	}
	cpuhp_request_end(&req);
	return err;
}

/**
 * cpuhp_smt_enable - bring siblings online, all or none
 *
 * A sibling comes up if its core has an online thread, or was emptied by
 * cpuhp_smt_disable().
 *
 * Context: as cpuhp_smt_disable(). Works while hotplug is disabled: resume
 * from hibernation needs it.
 * Return: as cpuhp_smt_disable()
 */
int cpuhp_smt_enable(void)
{
	struct cpuhp_request req;
	int err;

	err = cpuhp_request_begin(&req, CPUHP_BY_SMT_ON);
	if (err)
		return err;
	collect_siblings_up();
	err = siblings_up(&req);
	cpumask_andnot(&smt_emptied, &smt_emptied, cpu_online_mask);
	cpuhp_request_end(&req);
	return err;
}

/**
 * cpuhp_offline_again - bring offline CPUs up, and take them down again
 *
 * For CPUs that have ever run. Each then waits for its next start in the way that
 * the architecture chooses now, not in the way it chose at the offline before.
 * Afterwards the same CPUs are online, and SMT policy is as it was.
 *
 * Context: task context with user space frozen, device_hotplug_lock held; sleeps.
 * Works while hotplug is disabled.
 * Return: 0; an errno of cpuhp_request_move(); if the way down has failed, the
 * CPUs are online
 */
int cpuhp_offline_again(void)
{
	enum cpuhp_smt_control before;
	struct cpuhp_request req;
	int err;

	err = cpuhp_request_begin(&req, CPUHP_BY_IMAGE);
	if (err)
		return err;
	cpumask_andnot(&smt_cpus, cpu_present_mask, cpu_online_mask);
	cpumask_and(&smt_cpus, &smt_cpus, &cpus_booted_once_mask);
	before = cpu_smt_control;
	err = siblings_up(&req) ?:
	      cpuhp_request_move(&req, &smt_cpus, CPUHP_DOWN, CPUHP_OFFLINE);
	cpu_smt_control = before;
	cpuhp_request_end(&req);
	return err;
}

/**
 * cpuhp_smt_switch - change control and number of threads
 * @control:	CPU_SMT_ENABLED, CPU_SMT_DISABLED or CPU_SMT_FORCE_DISABLED
 * @threads:	threads per core
 *
 * Context: device_hotplug_lock held; sleeps.
 * Return: 0; an error of cpuhp_smt_enable() or cpuhp_smt_disable(), with control,
 * threads and CPUs as they were
 */
int cpuhp_smt_switch(enum cpuhp_smt_control control, unsigned int threads)
{
	unsigned int before = cpu_smt_num_threads;
	bool force = control == CPU_SMT_FORCE_DISABLED && cpu_smt_control != control;
	int err = 0;

	/* cpuhp_smt_thread_allowed() depends on it. */
	cpu_smt_num_threads = threads;
	if (threads > before)
		err = cpuhp_smt_enable();
	else if (threads < before || force)
		err = cpuhp_smt_disable(control);
	if (err)
		cpu_smt_num_threads = before;
	return err;
}
