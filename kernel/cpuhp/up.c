// SPDX-License-Identifier: GPL-2.0
/*
 * Handover going up: from a CPU that is prepared to one whose hotplug thread
 * can walk. Owns the kick, the wait for alive and for the idle task, and the
 * part of it that runs on the new CPU.
 *
 * BP						AP
 *   cpuhp_kick() or __cpu_up()
 *						  low level code
 *						  cpuhp_ap_sync_alive()   [1]
 *   cpuhp_sync_alive()
 *						  notify_cpu_starting()
 *						    STARTING steps, irqs off
 *						  set_cpu_online()
 *						  cpuhp_online_idle()
 *   wait_for_completion(idle)
 *   kthread_unpark(hotplug thread)
 *
 * [1] on architectures with HOTPLUG_CORE_SYNC_FULL only.
 */
#include <linux/irq.h>
#include <linux/kasan.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/scs.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include "../smpboot.h"
#include "cpuhp.h"

cpumask_t cpus_booted_once_mask;

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

static int start_ap(unsigned int cpu)
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
static int start_ap(unsigned int cpu)
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

static int bring_online(struct cpuhp_rec *rec)
{
	unsigned int cpu = rec->m.cpu;
	int err;

	err = start_ap(cpu);
	if (err)
		return err;

	wait_for_completion(&rec->idle);
	if (WARN_ON_ONCE(!cpu_online(cpu)))
		return -ECANCELED;
	kthread_unpark(rec->thread);

	/*
	 * A sibling that SMT control keeps off had to come this far once: x86
	 * must have set CR4.MCE on it. Having booted, it is refused now. One that
	 * only returns to where it was is not asked: the switch that took it down
	 * has failed.
	 */
	return rec->m.returning || cpuhp_bootable(cpu) ? 0 : -ECANCELED;
}

/**
 * cpuhp_handover_up - take a prepared CPU to where its thread can walk
 * @rec:	the AP
 *
 * Context: BP, hotplug write lock; sleeps.
 * Return: 0 with the position at CPUHP_AP_ONLINE_IDLE; -EAGAIN where the CPU
 * cannot be started (or a failure was injected); -EIO if it did not answer;
 * -ECANCELED if SMT control does not want it; the architecture's error
 */
int cpuhp_handover_up(struct cpuhp_rec *rec)
{
	int err = -EAGAIN;

	/* Vectors are set up for the upcoming CPU: no descriptor may come or go. */
	irq_lock_sparse();
	if (!cpuhp_fail_injected(rec, CPUHP_BRINGUP_CPU))
		err = bring_online(rec);
	irq_unlock_sparse();

	/* What SMT control does not want is no failure. */
	if (err && err != -ECANCELED)
		cpuhp_note_failure(rec, CPUHP_BRINGUP_CPU, CPUHP_UP,
				   cpuhp_handover_up, err);
	return err;
}

/**
 * notify_cpu_starting - run the STARTING steps
 * @cpu:	this CPU
 *
 * Context: architecture code on the new CPU, before it enables interrupts and
 * before it is marked online.
 */
void notify_cpu_starting(unsigned int cpu)
{
	struct cpuhp_rec *rec = per_cpu_ptr(&cpuhp_rec, cpu);

	/* RCU first: the steps below may be readers. */
	rcutree_report_cpu_starting(cpu);
	cpumask_set_cpu(cpu, &cpus_booted_once_mask);

	cpuhp_set_pos(rec, CPUHP_AP_OFFLINE);
	cpuhp_run_steps_nofail(rec, CPUHP_UP, CPUHP_AP_ONLINE);
}

/**
 * cpuhp_online_idle - the idle task of a new CPU runs
 * @state:	CPUHP_AP_ONLINE_IDLE on an AP; something else on the boot CPU,
 *		which is up anyway
 *
 * Context: idle task of this CPU, before its loop.
 */
void cpuhp_online_idle(enum cpuhp_state state)
{
	struct cpuhp_rec *rec = this_cpu_ptr(&cpuhp_rec);

	if (state != CPUHP_AP_ONLINE_IDLE)
		return;

	cpuhp_sync_report(CPUHP_SYNC_ONLINE);
	/* From here on the CPU schedules; stop_machine() must find its stopper. */
	stop_machine_unpark(smp_processor_id());

	cpuhp_set_pos(rec, CPUHP_AP_ONLINE_IDLE);
	complete(&rec->idle);
}
