// SPDX-License-Identifier: GPL-2.0
/*
 * How a CPU is started: the kick, the wait until the CPU is alive, and the
 * cleanup after the kick.
 */
#include <linux/cpu.h>
#include <linux/kasan.h>
#include <linux/scs.h>
#include <linux/smp.h>

#include "../smpboot.h"
#include "cpuhp.h"

/* Reset the idle task: its CPU died in the middle of a call. */
static struct task_struct *fresh_idle(unsigned int cpu)
{
	struct task_struct *idle = idle_thread_get(cpu);

	scs_task_reset(idle);
	kasan_unpoison_task_stack(idle);
	return idle;
}

#ifdef CONFIG_HOTPLUG_SPLIT_STARTUP
static int kick(struct cpuhp_rec *rec)
{
	unsigned int cpu = rec->m.cpu;
	int err;

	if (!cpuhp_sync_may_kick(cpu))
		return -EAGAIN;
	err = arch_cpuhp_kick_ap_alive(cpu, fresh_idle(cpu));
	rec->kicked = !err;
	return err;
}

/**
 * cpuhp_kick - bring_up of cpu:kick_ap: start the CPU, wait for nothing
 * @cpu:	the AP
 *
 * A started AP spins until it is released. So this starts only a CPU that is to
 * rest at this state, as in parallel boot. Other members of a batch are started
 * one by one, in cpuhp_start(): a guest with more CPUs than its host would spend
 * its time on the spinning ones. And a sibling must start after its primary
 * thread is up, which may have microcode to load (batch.c sorts the primary
 * threads first).
 *
 * Context: BP; sleeps.
 * Return: 0; -EAGAIN if it is not known what the CPU is doing; or the
 * architecture's error
 */
int cpuhp_kick(unsigned int cpu)
{
	struct cpuhp_rec *rec = per_cpu_ptr(&cpuhp_rec, cpu);

	return rec->m.target == CPUHP_BP_KICK_AP ? kick(rec) : 0;
}

static void cleanup_kick(struct cpuhp_rec *rec)
{
	rec->kicked = false;
	arch_cpuhp_cleanup_kick_cpu(rec->m.cpu);
}

/**
 * cpuhp_unkick - tear_down of cpu:kick_ap: clean up after an unused kick
 * @cpu:	the AP
 *
 * The AP stays in cpuhp_ap_sync_alive() until the next kick resets it. It must
 * have got there first: before that it may hold a lock that the next CPU needs to
 * start, such as that of x86's trampoline, and a reset would not release it.
 *
 * Context: BP; sleeps.
 * Return: 0
 */
int cpuhp_unkick(unsigned int cpu)
{
	struct cpuhp_rec *rec = per_cpu_ptr(&cpuhp_rec, cpu);

	if (rec->kicked) {
		cpuhp_sync_settle(cpu);
		cleanup_kick(rec);
	}
	return 0;
}

/**
 * cpuhp_start - start a prepared CPU, and wait until it is alive
 * @cpu:	the AP; it may have been kicked already
 *
 * Context: BP, sparse irq lock; sleeps.
 * Return: 0; -EAGAIN if it is not known what the CPU is doing; -EIO if it did not
 * answer; or the architecture's error
 */
int cpuhp_start(unsigned int cpu)
{
	struct cpuhp_rec *rec = per_cpu_ptr(&cpuhp_rec, cpu);
	int err = 0;

	if (!rec->kicked)
		err = kick(rec);
	if (!err)
		err = cpuhp_sync_alive(cpu);
	if (rec->kicked)
		cleanup_kick(rec);
	return err;
}
#else
int cpuhp_start(unsigned int cpu)
{
	int err;

	if (!cpuhp_sync_may_kick(cpu))
		return -EAGAIN;
	err = __cpu_up(cpu, fresh_idle(cpu));
	if (err || !IS_ENABLED(CONFIG_HOTPLUG_CORE_SYNC_FULL))
		return err;
	err = cpuhp_sync_alive(cpu);
	arch_cpuhp_cleanup_kick_cpu(cpu);
	return err;
}
#endif
