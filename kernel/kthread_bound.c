// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bound kernel threads: they run on their CPU or not at all.
 *
 * Owns how a bound thread parks while its CPU is away; kthread_bound_cpu.c is the
 * other side. The thread's loop turns around kthread_bound_should_stop(). When the CPU
 * is on its way down, the thread parks in this function; when the CPU is back,
 * the function returns and the thread goes on as if nothing had happened:
 *
 *	while (!kthread_bound_should_stop()) {
 *		work on per-CPU data, no cpus_read_lock() needed
 *		sleep until there is more, or kthread_bound_pending()
 *	}
 *
 * The guarantee: after kthread_bound_should_stop() has returned false, and until
 * it is called again, the thread is on its CPU and that CPU is online. After it
 * has returned true the thread is not bound any more: its CPU may be away, and
 * the thread ends wherever the scheduler puts it.
 *
 * What it costs: the CPU cannot go before the thread calls the function again.
 * So between two passes the thread must not wait for a task that may be waiting
 * for a CPU to move; cpus_read_lock() is the plainest case.
 *
 * One CPU on its way down and up:
 *
 *	hotplug thread			bound thread
 *	bound_threads_park()
 *	  RUNS -> ASKED, wake		works, or wakes up
 *	  wait				kthread_bound_should_stop()
 *	  .				  ASKED -> PARKED, sleeps
 *	  all are parked
 *	... takedown, offline, up ...
 *	bound_threads_unpark()
 *	  PARKED -> RUNS, wake		returns false
 *
 * The transitions, all under bound_cpu.lock:
 *
 *	thread	NEW -> RUNS		first run, its CPU's threads may run
 *		NEW -> PARKED		first run, they may not
 *		ASKED -> PARKED
 *		any -> GONE		it was told to stop, or returned
 *	core	RUNS -> ASKED		the CPU wants to go
 *		ASKED -> RUNS		the CPU gave up waiting
 *		PARKED -> RUNS		the CPU is back, or stays after all
 *
 * A parked thread sleeps in TASK_PARKED, which no ordinary wakeup ends: its
 * user may call wake_up_process() at any time, and the thread must not come to
 * life on another CPU because of it. Only bound_threads_unpark() and
 * kthread_stop() wake that state.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/freezer.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>

#include "kthread_bound.h"

static struct bound_cpu *home_of(const struct kthread_bound *bound)
{
	return per_cpu_ptr(&bound_cpus, bound->cpu);
}

static struct kthread_bound *bound_current(void)
{
	struct kthread_bound *bound = kthread_bound_record(current);

	return bound && bound->task ? bound : NULL;
}

/* Caller holds home->lock. */
static void one_came(struct bound_cpu *home)
{
	if (!--home->coming)
		complete(&home->all_came);
}

/* Called by the thread, where it can park: must it stay parked? */
static bool stay_parked(struct kthread_bound *bound)
{
	struct bound_cpu *home = home_of(bound);
	unsigned long flags;
	bool parked;

	raw_spin_lock_irqsave(&home->lock, flags);
	if (bound->state == BOUND_ASKED)
		one_came(home);
	if (bound->state == BOUND_NEW && home->open)
		WRITE_ONCE(bound->state, BOUND_RUNS);
	else if (bound->state == BOUND_NEW || bound->state == BOUND_ASKED)
		WRITE_ONCE(bound->state, BOUND_PARKED);
	parked = bound->state == BOUND_PARKED;
	raw_spin_unlock_irqrestore(&home->lock, flags);
	return parked;
}

static void park_here(struct kthread_bound *bound)
{
	for (;;) {
		/* Set before bound->state is read: a wakeup after its change is not lost. */
		set_special_state(TASK_PARKED);
		if (kthread_should_stop() || !stay_parked(bound))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static bool pinned_to(unsigned int cpu)
{
	return current->nr_cpus_allowed == 1 && cpumask_test_cpu(cpu, current->cpus_ptr);
}

/*
 * A thread that was started while its CPU was away had to start elsewhere, and
 * the scheduler widened its mask for that. Come home before any work is done.
 */
static bool at_home(const struct kthread_bound *bound)
{
	if (likely(pinned_to(bound->cpu)))
		return true;
	/* Fails only if the CPU has gone again; next_pass() then sees a new state. */
	set_cpus_allowed_ptr(current, cpumask_of(bound->cpu));
	return false;
}

static void leave(struct kthread_bound *bound)
{
	struct bound_cpu *home = home_of(bound);
	unsigned long flags;

	raw_spin_lock_irqsave(&home->lock, flags);
	if (bound->state == BOUND_ASKED)
		one_came(home);
	WRITE_ONCE(bound->state, BOUND_GONE);
	raw_spin_unlock_irqrestore(&home->lock, flags);

	/* It does not belong to its CPU any more. */
	kthread_set_per_cpu(current, -1);
}

/*
 * Freezable threads may be frozen in a sleep between two passes, and the freezer
 * warns of locks that are held, this map included.
 */
static void pass_begin(struct kthread_bound *bound)
{
	if (!(current->flags & PF_NOFREEZE))
		return;
	lock_map_acquire(&bound_pass_map);
	bound->mapped = true;
}

static void pass_end(struct kthread_bound *bound)
{
	if (bound->mapped)
		lock_map_release(&bound_pass_map);
	bound->mapped = false;
}

static bool next_pass(struct kthread_bound *bound)
{
	while (!kthread_should_stop()) {
		if (READ_ONCE(bound->state) != BOUND_RUNS)
			park_here(bound);
		else if (freezing(current))
			refrigerator_until(kthread_bound_pending);
		else if (at_home(bound))
			return true;
	}
	leave(bound);
	return false;
}

/**
 * kthread_bound_should_stop - the condition of a bound thread's loop
 *
 * If its CPU has to go down, the thread parks here until the CPU is back. If the
 * thread is freezable and a freeze is in progress, it is frozen here; a bound
 * thread must not call try_to_freeze() itself, because a frozen thread could
 * not park.
 *
 * Context: a thread from kthread_create_bound(), in TASK_RUNNING. Sleeps; no
 * locks held.
 * Return: false to do another pass on its CPU, true when the thread must end.
 */
bool kthread_bound_should_stop(void)
{
	struct kthread_bound *bound = bound_current();

	might_sleep();
	if (WARN_ON_ONCE(!bound))
		return kthread_should_stop();

	pass_end(bound);
	if (!next_pass(bound))
		return true;
	pass_begin(bound);
	return false;
}
EXPORT_SYMBOL_GPL(kthread_bound_should_stop);

/**
 * kthread_bound_pending - is kthread_bound_should_stop() due?
 *
 * Belongs in the condition of every sleep of a bound thread, which is woken when
 * it has to park or stop.
 *
 * Context: a thread from kthread_create_bound(); any.
 * Return: true if the thread has to call it.
 */
bool kthread_bound_pending(void)
{
	const struct kthread_bound *bound = bound_current();

	return kthread_should_stop() || (bound && READ_ONCE(bound->state) == BOUND_ASKED);
}
EXPORT_SYMBOL_GPL(kthread_bound_pending);

/**
 * kthread_assert_cpu_pinned - warn unless current is a bound thread at home
 *
 * For code that relies on the guarantee. Checks on debug kernels only.
 *
 * Context: any, between two passes.
 */
void kthread_assert_cpu_pinned(void)
{
	const struct kthread_bound *bound;

	if (!IS_ENABLED(CONFIG_LOCKDEP) && !IS_ENABLED(CONFIG_DEBUG_PREEMPT))
		return;

	bound = bound_current();
	WARN_ONCE(!bound || READ_ONCE(bound->state) == BOUND_GONE ||
		  !pinned_to(bound->cpu) ||
		  raw_smp_processor_id() != bound->cpu || !cpu_online(bound->cpu),
		  "%s is not pinned to its CPU\n", current->comm);
}
EXPORT_SYMBOL_GPL(kthread_assert_cpu_pinned);

/**
 * kthread_create_bound - create a thread that runs on one CPU or not at all
 * @threadfn:	its function, with a loop around kthread_bound_should_stop()
 * @data:	argument of @threadfn
 * @cpu:	a possible CPU; need not be online
 * @namefmt:	printf-style name
 *
 * The thread is left stopped: start it with wake_up_process(). While its CPU is
 * away it waits before @threadfn, and comes to life with the CPU. It is stopped
 * with kthread_stop(), also while its CPU is away; if it had not begun by then,
 * @threadfn is never called.
 *
 * Context: sleeps.
 * Return: the thread; ERR_PTR(-EINVAL) if @cpu is not possible, -ENOMEM, or
 * -EINTR if the caller was killed.
 */
struct task_struct *kthread_create_bound(int (*threadfn)(void *data), void *data,
					 unsigned int cpu, const char namefmt[], ...)
{
	struct kthread_bound *bound;
	struct task_struct *task;
	struct bound_cpu *home;
	unsigned long flags;
	va_list args;
	char *name;

	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return ERR_PTR(-EINVAL);

	va_start(args, namefmt);
	name = kvasprintf(GFP_KERNEL, namefmt, args);
	va_end(args);
	if (!name)
		return ERR_PTR(-ENOMEM);
	task = kthread_create_on_node(threadfn, data, cpu_to_node(cpu), "%s", name);
	kfree(name);
	if (IS_ERR(task))
		return task;

	kthread_bind(task, cpu);
	kthread_set_per_cpu(task, cpu);

	bound = kthread_bound_record(task);
	bound->task = task;
	bound->cpu = cpu;
	bound->state = BOUND_NEW;

	home = home_of(bound);
	raw_spin_lock_irqsave(&home->lock, flags);
	list_add_tail(&bound->node, &home->threads);
	raw_spin_unlock_irqrestore(&home->lock, flags);
	return task;
}
EXPORT_SYMBOL_GPL(kthread_create_bound);

/**
 * kthread_bound_begin - a kernel thread is about to call its function
 * @bound:	its record
 *
 * Context: the thread itself. A bound one waits here until its CPU is there.
 * Return: true to go on, false if it has been stopped meanwhile.
 */
bool kthread_bound_begin(struct kthread_bound *bound)
{
	return !bound->task || next_pass(bound);
}

/**
 * kthread_bound_end - a kernel thread is done
 * @bound:	its record
 *
 * Context: the thread itself, on its way to do_exit().
 */
void kthread_bound_end(struct kthread_bound *bound)
{
	if (!bound->task)
		return;
	pass_end(bound);
	leave(bound);
}

/**
 * kthread_bound_release - a kernel thread's memory is about to be freed
 * @bound:	its record
 *
 * Context: any, the thread is dead.
 */
void kthread_bound_release(struct kthread_bound *bound)
{
	struct bound_cpu *home;
	unsigned long flags;

	if (!bound->task)
		return;
	home = home_of(bound);
	raw_spin_lock_irqsave(&home->lock, flags);
	list_del(&bound->node);
	raw_spin_unlock_irqrestore(&home->lock, flags);
}
