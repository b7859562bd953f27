// SPDX-License-Identifier: GPL-2.0
/*
 * How a CPU is started: the kick, the wait for alive, and what has to be cleaned
 * up of a kick.
 */
#include <linux/cpu.h>
#include <linux/kasan.h>
#include <linux/scs.h>
#include <linux/smp.h>

#include "../smpboot.h"
#include "cpuhp.h"

/* The idle task was left in the middle of a call when its CPU died. */
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
 * A started AP spins until it is its turn to come alive. Only a CPU that is to
 * rest here is started now, which is what parallel boot asks for. The members
 * of a batch are each started at their turn: a guest with more CPUs than its
 * host would spend its time on those that wait. And a sibling then starts
 * after its primary thread is up, which may have microcode to load (batch.c
 * sorts the primary threads first).
 *
 * Context: BP; sleeps.
 * Return: 0; -EAGAIN if the CPU is in a state that nobody knows; or the
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
 * cpuhp_unkick - tear_down of cpu:kick_ap: a kicked CPU is needed no more
 * @cpu:	the AP
 *
 * It stays in cpuhp_ap_sync_alive() until the next kick resets it. Not before
 * it has got there: on the way it may hold what the next CPU needs to start,
 * the lock of x86's trampoline for one, and a reset would not give it back.
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
 * Return: 0; -EAGAIN if the CPU is in a state that nobody knows; -EIO if it did
 * not answer; or the architecture's error
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
