// SPDX-License-Identifier: GPL-2.0
/*
 * Handover going down: from CPUs whose hotplug threads have walked to CPUs
 * that are dead. Owns the sequence for a set of CPUs; takedown.c makes members
 * leave without any other CPU seeing a half-finished state.
 *
 * BP						members
 *   park their hotplug threads
 *
 *   in rounds of as many as may leave together:
 *   irq_lock_sparse()
 *   cpuhp_leave()				  clear online, DYING steps
 *						  idle: cpuhp_report_idle_dead()
 *   wait for each: idle
 *   irq_unlock_sparse()
 *   take over their broadcast ticks
 *   tell each: should die			  arch: cpuhp_ap_report_dead()
 *   wait for each: dead
 *   RCU callbacks, timers, tick, idle mm of each
 */
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/mmu_context.h>
#include <linux/oom.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/tick.h>
#include <linux/timer.h>

#include "../smpboot.h"
#include "cpuhp.h"
#include "takedown.h"

#ifndef arch_clear_mm_cpumask_cpu
#define arch_clear_mm_cpumask_cpu(cpu, mm) cpumask_clear_cpu(cpu, mm_cpumask(mm))
#endif

static struct cpumask cpuhp_round;	/* W: the members that leave together */

/* The idle task of a dead CPU drops the mm it had borrowed. */
static void drop_idle_mm(unsigned int cpu)
{
	struct task_struct *idle = idle_thread_get(cpu);
	struct mm_struct *mm = idle->active_mm;

	if (mm != &init_mm)
		idle->active_mm = &init_mm;
	mmdrop_lazy_tlb(mm);
}

/* Wait until @cpu is dead, and take over what a step below may wait for. */
static void bury(unsigned int cpu)
{
	__cpu_die(cpu);
	cpuhp_sync_dead(cpu);
	tick_cleanup_dead_cpu(cpu);
	drop_idle_mm(cpu);
	rcutree_migrate_callbacks(cpu);
	timers_dead_cpu(cpu);
}

static int bury_own(void *rec)
{
	bury(((struct cpuhp_rec *)rec)->m.cpu);
	return 0;
}

static struct cpuhp_member *next_moving(struct cpuhp_member *m)
{
	while (m && !m->moving)
		m = m->next;
	return m;
}

/* All are asked before one is waited for, so that they park side by side. */
static void park_threads(struct cpuhp_member *first)
{
	struct cpuhp_member *m;

	for (m = next_moving(first); m; m = next_moving(m->next))
		WARN_ON_ONCE(kthread_park_ask(cpuhp_rec_of(m)->thread));
	for (m = next_moving(first); m; m = next_moving(m->next))
		kthread_park_wait(cpuhp_rec_of(m)->thread);
}

/* Fill @round with as many as may leave together. Return the first of the others. */
static struct cpuhp_member *fill_round(struct cpumask *round, struct cpuhp_member *m)
{
	unsigned int room = cpuhp_leave_max();

	cpumask_clear(round);
	for (m = next_moving(m); m && room--; m = next_moving(m->next))
		cpumask_set_cpu(m->cpu, round);
	return m;
}

/* Make @round leave. A CPU that refuses is taken out of @round and keeps running. */
static void leave_or_refuse(struct cpumask *round)
{
	struct cpuhp_rec *rec;
	unsigned int cpu;

	/* The members' interrupts move: no descriptor may come or go. */
	irq_lock_sparse();
	cpuhp_leave(round);
	for_each_cpu(cpu, round) {
		rec = per_cpu_ptr(&cpuhp_rec, cpu);
		if (!rec->m.result) {
			wait_for_completion(&rec->idle);
			continue;
		}
		kthread_unpark(rec->thread);
		cpumask_clear_cpu(cpu, round);
	}
	irq_unlock_sparse();
}

/*
 * Wait until @round, which has left, is dead, and put it at position @to. In a
 * batch of several, each wait is spent on one member alone; see own.c.
 */
static void see_dead(const struct cpumask *round, bool alone, int to)
{
	unsigned int cpu;

	/*
	 * One member may be the CPU that wakes others from deep idle. That duty is
	 * taken over before the first death is waited for.
	 */
	for_each_cpu(cpu, round)
		hotplug_cpu__broadcast_tick_pull(cpu);
	for_each_cpu(cpu, round)
		cpuhp_sync_should_die(cpu);
	for_each_cpu(cpu, round) {
		if (alone)
			bury(cpu);
		else
			_cpu_down(cpu, bury_own, per_cpu_ptr(&cpuhp_rec, cpu));
		cpuhp_set_pos(per_cpu_ptr(&cpuhp_rec, cpu), to);
		cond_resched();
	}
}

/**
 * cpuhp_takedown - take members out of the system together
 * @first:	the members; those with m->moving leave
 * @to:		their position when they are dead
 *
 * Sets m->result of each: 0 with the position at @to, or an errno with the
 * member online and its hotplug thread running again.
 *
 * Context: BP on a CPU that stays, hotplug write lock; sleeps.
 */
void cpuhp_takedown(struct cpuhp_member *first, int to)
{
	struct cpuhp_member *m = first;

	cpuhp_assert_moving();
	park_threads(first);
	/*
	 * All members die before any step below runs: a tear_down may wait for a
	 * GP, and so for the RCU callbacks of another member, or for a task that
	 * sleeps until a timer of another member fires. (The step timers:prepare
	 * then finds nothing left to move.)
	 */
	do {
		m = fill_round(&cpuhp_round, m);
		cpuhp_quiesce_verify(&cpuhp_round);
		leave_or_refuse(&cpuhp_round);
		see_dead(&cpuhp_round, !first->next, to);
	} while (m);
}

/*
 * Until here this CPU runs what others call on it. That includes flushes of the
 * mm that it has borrowed, which it leaves first. RCU still watches, as what is in
 * the queue may use it. Each call has been queued before the queue is closed and
 * is run here, or it is refused.
 */
static void stop_answering(unsigned int cpu)
{
	leave_mm();
	set_cpu_unreachable(cpu);
	cpuhp_stretch(CPUHP_STRETCH_CLOSE);
	smpcfd_close();
}

static void complete_idle_dead(void *arg)
{
	complete(arg);
}

/**
 * cpuhp_report_idle_dead - report that a dying CPU has only its idle task left
 *
 * Context: idle task of the dying CPU, interrupts off, before the
 * architecture's death.
 */
void cpuhp_report_idle_dead(void)
{
	struct cpuhp_rec *rec = this_cpu_ptr(&cpuhp_rec);

	WARN_ON_ONCE(rec->m.pos != CPUHP_AP_OFFLINE);
	tick_assert_timekeeping_handover();
	stop_answering(rec->m.cpu);
	rcutree_report_cpu_dead();
	cpuhp_set_pos(rec, CPUHP_AP_IDLE_DEAD);
	/*
	 * RCU does not watch this CPU any more, and complete() would use RCU. A
	 * CPU that stays calls it, not a member that is online until a later
	 * stop. The CPU that stays may still be stopped, with an earlier call
	 * from here in its queue: hence a call data for this purpose alone,
	 * which need not wait for the earlier call.
	 */
	INIT_CSD(&rec->dead_call, complete_idle_dead, &rec->idle);
	smp_call_function_single_async(cpumask_any_surviving(cpu_online_mask, rec->m.cpu),
				       &rec->dead_call);
}

/**
 * clear_tasks_mm_cpumask - take a dead CPU out of every task's mm_cpumask
 * @cpu:	the CPU; offline, so no mm gains it meanwhile
 *
 * Context: task context; does not sleep. RCU keeps the tasks, their alloc lock
 * keeps the mm.
 */
void clear_tasks_mm_cpumask(int cpu)
{
	struct task_struct *leader, *t;

	WARN_ON(cpu_online(cpu));

	guard(rcu)();
	for_each_process(leader) {
		/* The leader may have exited while threads still use the mm. */
		t = find_lock_task_mm(leader);
		if (t) {
			arch_clear_mm_cpumask_cpu(cpu, t->mm);
			task_unlock(t);
		}
	}
}
