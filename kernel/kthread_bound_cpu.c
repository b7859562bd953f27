// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bound kernel threads, the side of a CPU that goes and comes back: it asks its
 * threads to park, waits for them, and lets them run again.
 *
 * Owns the register of each CPU. kthread_bound.c has the protocol, and the side of
 * the threads.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

#include "kthread_bound.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

unsigned int bound_threads_park_ms = 10 * MSEC_PER_SEC;
module_param_named(bound_park_ms, bound_threads_park_ms, uint, 0644);
MODULE_PARM_DESC(bound_park_ms, "How long a CPU waits for its bound threads to park (ms)");

DEFINE_PER_CPU(struct bound_cpu, bound_cpus);
struct lockdep_map bound_pass_map __maybe_unused;

/* A thread that died of an oops never becomes BOUND_GONE. */
static bool can_come(const struct kthread_bound *bound)
{
	return bound->state == BOUND_RUNS && !(bound->task->flags & PF_EXITING);
}

/* Return the number of threads to wait for. */
static unsigned int ask_all(struct bound_cpu *home)
{
	struct kthread_bound *bound;
	unsigned int coming;
	unsigned long flags;

	raw_spin_lock_irqsave(&home->lock, flags);
	home->open = false;
	home->coming = 0;
	reinit_completion(&home->all_came);
	list_for_each_entry(bound, &home->threads, node) {
		if (!can_come(bound))
			continue;
		/* kthread_bound_pending() sees it after the wakeup at the latest. */
		WRITE_ONCE(bound->state, BOUND_ASKED);
		home->coming++;
		wake_up_state(bound->task, TASK_NORMAL | TASK_FROZEN);
	}
	coming = home->coming;
	raw_spin_unlock_irqrestore(&home->lock, flags);
	return coming;
}

/* One thread that did not park in time; holds a reference, and is no longer asked. */
static struct task_struct *take_straggler(struct bound_cpu *home)
{
	struct task_struct *task = NULL;
	struct kthread_bound *bound;
	unsigned long flags;

	raw_spin_lock_irqsave(&home->lock, flags);
	list_for_each_entry(bound, &home->threads, node) {
		if (bound->state != BOUND_ASKED)
			continue;
		home->coming--;
		WRITE_ONCE(bound->state, BOUND_RUNS);
		/* It died of an oops in between: do not report it, or wait for it. */
		if (bound->task->flags & PF_EXITING)
			continue;
		task = get_task_struct(bound->task);
		break;
	}
	raw_spin_unlock_irqrestore(&home->lock, flags);
	return task;
}

/* Report the threads that did not park. Return whether there were any. */
static bool blame_stragglers(struct bound_cpu *home, unsigned int cpu, unsigned int waited_ms)
{
	struct task_struct *task;
	bool any = false;

	while ((task = take_straggler(home))) {
		pr_err("cpuhp: CPU %u stays: bound thread %s (pid %d) did not park within %u ms\n",
		       cpu, task->comm, task_pid_nr(task), waited_ms);
		sched_show_task(task);
		put_task_struct(task);
		any = true;
	}
	return any;
}

/**
 * bound_threads_park - tear_down of the step: park a CPU's bound threads
 * @cpu:	the CPU; online, no longer active
 *
 * All are asked before the first is waited for. Threads that are created from
 * now on wait for the CPU's return. On failure none stays parked.
 *
 * Context: the CPU's hotplug thread; sleeps.
 * Return: 0; -EBUSY if a thread did not park within cpuhp.bound_park_ms.
 */
int bound_threads_park(unsigned int cpu)
{
	struct bound_cpu *home = per_cpu_ptr(&bound_cpus, cpu);
	unsigned int wait_ms = READ_ONCE(bound_threads_park_ms);

	lock_map_acquire(&bound_pass_map);
	lock_map_release(&bound_pass_map);

	if (!ask_all(home) ||
	    wait_for_completion_timeout(&home->all_came, msecs_to_jiffies(wait_ms)))
		return 0;
	if (!blame_stragglers(home, cpu, wait_ms))
		return 0;	/* the last one has parked just now */

	bound_threads_unpark(cpu);
	return -EBUSY;
}

/**
 * bound_threads_unpark - bring_up of the step: let a CPU's bound threads run
 * @cpu:	the CPU; online
 *
 * Context: the CPU's hotplug thread. Does not wait for them.
 * Return: always 0.
 */
int bound_threads_unpark(unsigned int cpu)
{
	struct bound_cpu *home = per_cpu_ptr(&bound_cpus, cpu);
	struct kthread_bound *bound;
	unsigned long flags;

	raw_spin_lock_irqsave(&home->lock, flags);
	home->open = true;
	list_for_each_entry(bound, &home->threads, node) {
		if (bound->state != BOUND_PARKED)
			continue;
		WRITE_ONCE(bound->state, BOUND_RUNS);
		wake_up_state(bound->task, TASK_PARKED);
	}
	raw_spin_unlock_irqrestore(&home->lock, flags);
	return 0;
}

/* The boot CPU has come up without walking the line. */
static int __init bound_init(void)
{
	static struct lock_class_key key;
	struct bound_cpu *home;
	unsigned int cpu;

	lockdep_init_map(&bound_pass_map, "bound_pass", &key, 0);
	for_each_possible_cpu(cpu) {
		home = per_cpu_ptr(&bound_cpus, cpu);
		raw_spin_lock_init(&home->lock);
		INIT_LIST_HEAD(&home->threads);
		init_completion(&home->all_came);
		home->open = cpu == smp_processor_id();
	}
	return 0;
}
early_initcall(bound_init);
