// SPDX-License-Identifier: GPL-2.0
/*
 * Handover going up: from a CPU that is prepared to one whose hotplug thread
 * can walk. Owns the wait for the AP's idle task, and the part that runs on the
 * AP; kick.c starts the AP.
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
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include "cpuhp.h"

static int bring_online(struct cpuhp_rec *rec)
{
	unsigned int cpu = rec->m.cpu;
	int err;

	err = cpuhp_start(cpu);
	if (err)
		return err;

	wait_for_completion(&rec->idle);
	if (WARN_ON_ONCE(!cpu_online(cpu)))
		return -ECANCELED;
	kthread_unpark(rec->thread);

	/*
	 * A sibling that SMT control keeps off had to boot once, so that x86 could
	 * set CR4.MCE on it. Now it goes no further. In an undo SMT control does
	 * not count: the switch that took the sibling down has failed.
	 */
	return rec->m.returning || cpuhp_bootable(cpu) ? 0 : -ECANCELED;
}

/**
 * cpuhp_handover_up - take a prepared CPU to where its thread can walk
 * @rec:	the AP
 *
 * Context: BP, hotplug write lock; sleeps.
 * Return: 0 with the position at CPUHP_AP_ONLINE_IDLE; -EAGAIN if the CPU
 * cannot be started (or a failure was injected); -EIO if it did not answer;
 * -ECANCELED if SMT control keeps it off; the architecture's error
 */
int cpuhp_handover_up(struct cpuhp_rec *rec)
{
	int err = -EAGAIN;

	cpuhp_assert_moving();
	/* Vectors are set up for the upcoming CPU: no descriptor may come or go. */
	irq_lock_sparse();
	if (!cpuhp_fail_injected(rec, CPUHP_BRINGUP_CPU))
		err = bring_online(rec);
	irq_unlock_sparse();

	/* It is no failure that SMT control keeps a CPU off. */
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
	/* Not reachable yet, and never without an open queue: see set_cpu_online(). */
	smpcfd_open();
	cpumask_set_cpu(cpu, &cpus_booted_once_mask);

	cpuhp_set_pos(rec, CPUHP_AP_OFFLINE);
	cpuhp_run_steps_nofail(rec, CPUHP_UP, CPUHP_AP_ONLINE);
}

/**
 * cpuhp_online_idle - the idle task of a new CPU runs
 * @state:	CPUHP_AP_ONLINE_IDLE on an AP; another state on the boot CPU,
 *		which is up already
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
