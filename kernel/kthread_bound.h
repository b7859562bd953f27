/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bound kernel threads, between kernel/kthread.c (which embeds the record in
 * each thread and calls kthread_bound_*()), the line of states (which calls
 * bound_threads_*()), and the two files that own them: kthread_bound.c has the
 * protocol and the side of the threads, kthread_bound_cpu.c the side of a CPU.
 */
#ifndef _KERNEL_KTHREAD_BOUND_H
#define _KERNEL_KTHREAD_BOUND_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/lockdep_types.h>
#include <linux/percpu.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>

struct task_struct;

/**
 * enum bound_state - where a bound thread stands
 * @BOUND_NEW:		created, never run
 * @BOUND_RUNS:		between two passes through kthread_bound_should_stop()
 * @BOUND_ASKED:	as before, and its CPU waits for it
 * @BOUND_PARKED:	inside kthread_bound_should_stop() until its CPU is back
 * @BOUND_GONE:		about to end; no longer bound
 */
enum bound_state {
	BOUND_NEW,
	BOUND_RUNS,
	BOUND_ASKED,
	BOUND_PARKED,
	BOUND_GONE,
};

/**
 * struct kthread_bound - one thread; all zero for a thread that is not bound
 * @node:	in the list of its CPU
 * @task:	the thread; NULL says "not bound"
 * @cpu:	its CPU
 * @state:	see kernel/kthread_bound.c
 * @mapped:	the thread holds the lockdep map; private to the thread
 */
struct kthread_bound {
	struct list_head node;
	struct task_struct *task;
	unsigned int cpu;
	enum bound_state state;
	bool mapped;
};

/**
 * struct bound_cpu - the bound threads of one CPU
 * @lock:	protects all below, and the state of each thread. Raw: taken by
 *		threads that are about to sleep, and where a task is freed
 * @threads:	struct kthread_bound, from creation until the task is freed
 * @open:	they may run: set from bring_up to tear_down of the step
 *		CPUHP_AP_BOUND_THREADS
 * @coming:	threads in BOUND_ASKED
 * @all_came:	completed when @coming drops to 0
 */
struct bound_cpu {
	raw_spinlock_t lock;
	struct list_head threads;
	bool open;
	unsigned int coming;
	struct completion all_came;
};

DECLARE_PER_CPU(struct bound_cpu, bound_cpus);

/*
 * Held by a bound thread between two passes, and taken by a CPU before it waits
 * for its threads, so lockdep finds waits that can deadlock.
 */
extern struct lockdep_map bound_pass_map;

/* kernel/kthread.c: the record of a kernel thread, bound or not */
struct kthread_bound *kthread_bound_record(struct task_struct *k);

/* For kernel/kthread.c. They do nothing for a thread that is not bound. */
bool kthread_bound_begin(struct kthread_bound *bound);
void kthread_bound_end(struct kthread_bound *bound);
void kthread_bound_release(struct kthread_bound *bound);

/* The step CPUHP_AP_BOUND_THREADS, and how long it waits (cpuhp.bound_park_ms) */
extern unsigned int bound_threads_park_ms;
int bound_threads_park(unsigned int cpu);
int bound_threads_unpark(unsigned int cpu);

#endif /* _KERNEL_KTHREAD_BOUND_H */
