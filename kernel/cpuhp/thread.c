// SPDX-License-Identifier: GPL-2.0
/*
 * The hotplug thread of an AP: a mailbox with room for one order.
 *
 * The BP fills in the order, marks the mailbox full and wakes the thread; the
 * thread does the work, empties the mailbox, and completes rec->done. While the
 * mailbox is full, the AP owns the CPU's position. Orders are posted under the
 * hotplug lock's write side (a walk), or under its read side together with
 * cpuhp_state_mutex (a registration).
 *
 * BP						AP
 *   fill dir, to, ...				  thread_should_run()
 *   smp_store_release(order) (A)		    READ_ONCE(order)
 *   wake_up_process()				  thread_fn()
 *						    smp_load_acquire(order) (B)
 *						    work; result
 *						    order = NONE
 *   wait_for_completion(done)			    complete(done)
 *
 * (A) pairs with (B): a thread that sees the order sees all of it.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/smpboot.h>

#include "../smpboot.h"
#include "cpuhp.h"

static int thread_should_run(unsigned int cpu)
{
	return READ_ONCE(per_cpu(cpuhp_rec.order, cpu)) != CPUHP_ORDER_NONE;
}

static int thread_call(struct cpuhp_rec *rec)
{
	int err;

	if (!cpuhp_state_atomic(rec->call_state))
		return cpuhp_invoke(rec, rec->call_state, rec->dir, rec->call_node);

	local_irq_disable();
	err = cpuhp_invoke(rec, rec->call_state, rec->dir, rec->call_node);
	local_irq_enable();
	return err;
}

static void thread_fn(unsigned int cpu)
{
	struct cpuhp_rec *rec = this_cpu_ptr(&cpuhp_rec);
	enum cpuhp_order order = smp_load_acquire(&rec->order);	/* (B) */
	enum cpuhp_dir dir = rec->dir;

	if (WARN_ON_ONCE(order == CPUHP_ORDER_NONE))
		return;

	/* The BP holds cpu_hotplug_lock while it waits for us, so it counts as held here. */
	cpuhp_lockdep_borrow();
	cpuhp_lockdep_acquire(dir);
	if (order == CPUHP_ORDER_WALK)
		rec->m.result = cpuhp_run_steps(rec, dir, rec->to);
	else
		rec->m.result = thread_call(rec);
	cpuhp_lockdep_release(dir);
	cpuhp_lockdep_return();

	WRITE_ONCE(rec->order, CPUHP_ORDER_NONE);
	complete(&rec->done);
}

static void thread_post(struct cpuhp_rec *rec, enum cpuhp_order order)
{
	cpuhp_count(CPUHP_COUNT_WAKEUPS, 1);
	smp_store_release(&rec->order, order);	/* (A) */
	wake_up_process(rec->thread);
}

/**
 * cpuhp_thread_walk - ask an AP's thread to walk
 * @rec:	the CPU; it is online and its thread is not parked
 * @dir:	direction
 * @to:		position to reach
 *
 * Context: BP, holds the write side; does not sleep. cpuhp_thread_wait() must
 * follow.
 */
void cpuhp_thread_walk(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to)
{
	cpuhp_assert_moving();
	cpuhp_lockdep_may_wait();
	rec->dir = dir;
	rec->to = to;
	thread_post(rec, CPUHP_ORDER_WALK);
}

/**
 * cpuhp_thread_wait - wait for the answer of an AP's thread
 * @rec:	the CPU
 *
 * Context: the task that gave the order; sleeps.
 * Return: the result of the walk or call
 */
int cpuhp_thread_wait(struct cpuhp_rec *rec)
{
	wait_for_completion(&rec->done);
	return rec->m.result;
}

/**
 * cpuhp_thread_call - run one step on a CPU that is up already
 * @cpu:	the CPU
 * @state:	a step of the AP, with a callback in direction @dir
 * @dir:	which half
 * @node:	instance, or NULL
 *
 * Early in boot, before the threads exist, the boot CPU calls directly.
 *
 * Context: holds the hotplug lock and cpuhp_state_mutex; sleeps.
 * Return: 0, also for a CPU that is not online; or the callback's error
 */
int cpuhp_thread_call(unsigned int cpu, int state, enum cpuhp_dir dir,
		      struct hlist_node *node)
{
	struct cpuhp_rec *rec = per_cpu_ptr(&cpuhp_rec, cpu);

	if (!cpu_online(cpu))
		return 0;

	cpuhp_lockdep_may_wait();
	if (!rec->thread)
		return cpuhp_invoke(rec, state, dir, node);

	rec->dir = dir;
	rec->call_state = state;
	rec->call_node = node;
	thread_post(rec, CPUHP_ORDER_CALL);
	return cpuhp_thread_wait(rec);
}

static struct smp_hotplug_thread cpuhp_threads = {
	.store			= &cpuhp_rec.thread,
	.thread_should_run	= thread_should_run,
	.thread_fn		= thread_fn,
	.thread_comm		= "cpuhp/%u",
	.selfparking		= true,
};

/**
 * cpuhp_threads_init - create the hotplug threads
 *
 * Context: boot, once, on the boot CPU.
 */
void __init cpuhp_threads_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		init_completion(&per_cpu(cpuhp_rec.done, cpu));
		init_completion(&per_cpu(cpuhp_rec.idle, cpu));
	}
	/* No CPU can be brought up without them, and no caller could handle an error. */
	if (smpboot_register_percpu_thread(&cpuhp_threads))
		panic("cpuhp: no memory for the hotplug thread of the boot CPU");
	kthread_unpark(this_cpu_read(cpuhp_rec.thread));
}
