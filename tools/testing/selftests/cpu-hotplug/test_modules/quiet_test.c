// SPDX-License-Identifier: GPL-2.0
/*
 * A module that calls functions on all CPUs without a break, and watches what CPUs
 * that leave make of it.
 *
 * A kthread that no hotplug lock holds up does round after round. A round has a
 * number. The thread calls a function on every CPU that notes the number, and
 * then says that the round is complete. After that no interrupt handler may run on
 * a CPU that has not noted it: a timer on each CPU checks this. Then the thread calls
 * each CPU on its own, in three ways. Each of these calls is run exactly once, or
 * refused and not run.
 *
 * Parameters to read: "rounds", how many are complete; "missed", how often a
 * handler ran on a CPU that had been left out; "lost", calls that were neither run
 * nor refused, or both; "offline_ticks", how often the timer ran on a CPU that was
 * offline; "refused", calls that were.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "count.h"

#define TICK_NS		(NSEC_PER_MSEC / 2)

static unsigned long rounds, missed, lost, refused;
static atomic_t offline_ticks_seen;

module_param(rounds, ulong, 0444);
module_param(missed, ulong, 0444);
module_param(lost, ulong, 0444);
module_param(refused, ulong, 0444);

module_param_cb(offline_ticks, &count_ops, &offline_ticks_seen, 0444);

/**
 * struct watch - what belongs to one CPU
 * @timer:	runs on this CPU as long as the CPU runs
 * @home:	this CPU
 * @noted:	the latest round that this CPU was called for
 * @runs:	how many calls of its own this CPU has run
 * @csd:	of an asynchronous call
 * @work:	the third way: work for a softirq, which an irq_work raises on this CPU
 */
struct watch {
	struct hrtimer timer;
	unsigned int home;
	unsigned long noted;
	unsigned long runs;
	call_single_data_t csd;
	struct work_struct work;
};

static DEFINE_PER_CPU(struct watch, watches);

/* Rounds are counted in @begun when they begin, and in @rounds when they are complete. */
static unsigned long begun;

static void note_round(void *unused)
{
	WRITE_ONCE(this_cpu_ptr(&watches)->noted, READ_ONCE(begun));
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct watch *watch = container_of(timer, struct watch, timer);

	/* The CPU is gone, and the timer is with another one. */
	if (raw_smp_processor_id() != watch->home)
		return HRTIMER_NORESTART;
	if (!cpu_online(watch->home))
		atomic_inc(&offline_ticks_seen);
	/* Pairs with the release in one_round(). */
	if (smp_load_acquire(&rounds) > READ_ONCE(watch->noted))
		WRITE_ONCE(missed, missed + 1);
	hrtimer_forward_now(timer, TICK_NS);
	return HRTIMER_RESTART;
}

static void count(struct watch *watch)
{
	WRITE_ONCE(watch->runs, watch->runs + 1);
}

static void count_run(void *unused)
{
	count(this_cpu_ptr(&watches));
}

/* Another CPU does the work if this CPU dies before it could. */
static void count_work(struct work_struct *work)
{
	count(container_of(work, struct watch, work));
}

/* @accepted: the call was not refused, and has been waited for. */
static void check_run(struct watch *watch, unsigned long before, bool accepted)
{
	if (!accepted)
		refused++;
	if (READ_ONCE(watch->runs) != before + accepted)
		lost++;
}

static void call_and_wait(unsigned int cpu, struct watch *watch)
{
	unsigned long before = READ_ONCE(watch->runs);

	check_run(watch, before, !smp_call_function_single(cpu, count_run, NULL, 1));
}

static void call_async(unsigned int cpu, struct watch *watch)
{
	unsigned long before = READ_ONCE(watch->runs);
	bool accepted;

	accepted = !smp_call_function_single_async(cpu, &watch->csd);
	while (accepted && READ_ONCE(watch->runs) == before)
		cond_resched();
	check_run(watch, before, accepted);
}

/* Work may only be queued on a CPU that is known to be there. */
static void queue_work_there(unsigned int cpu, struct watch *watch)
{
	unsigned long before = READ_ONCE(watch->runs);
	bool accepted;

	preempt_disable();
	accepted = cpu_online(cpu) && queue_work_on(cpu, system_bh_wq, &watch->work);
	preempt_enable();
	flush_work(&watch->work);
	check_run(watch, before, accepted);
}

static void one_round(void)
{
	unsigned int cpu;

	WRITE_ONCE(begun, begun + 1);
	on_each_cpu(note_round, NULL, 1);
	/* Pairs with the acquire in tick(). */
	smp_store_release(&rounds, begun);
	for_each_possible_cpu(cpu) {
		call_and_wait(cpu, per_cpu_ptr(&watches, cpu));
		call_async(cpu, per_cpu_ptr(&watches, cpu));
		queue_work_there(cpu, per_cpu_ptr(&watches, cpu));
	}
}

static int call_all(void *unused)
{
	while (!kthread_should_stop()) {
		one_round();
		cond_resched();
	}
	return 0;
}

/* On the CPU itself, which is called for every round from before this on. */
static int watch_begin(unsigned int cpu)
{
	struct watch *watch = per_cpu_ptr(&watches, cpu);

	hrtimer_cancel(&watch->timer);
	smp_call_function_single(cpu, note_round, NULL, 1);
	hrtimer_start(&watch->timer, TICK_NS, HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

static struct task_struct *caller;
static int state;

static void init_watch(unsigned int cpu)
{
	struct watch *watch = per_cpu_ptr(&watches, cpu);

	watch->home = cpu;
	INIT_CSD(&watch->csd, count_run, NULL);
	INIT_WORK(&watch->work, count_work);
	hrtimer_init(&watch->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	watch->timer.function = tick;
}

static int __init quiet_test_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		init_watch(cpu);
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "quiet_test:online", watch_begin, NULL);
	if (state < 0)
		return state;
	caller = kthread_run(call_all, NULL, "quiet_test");
	if (IS_ERR(caller))
		cpuhp_remove_state_nocalls(state);
	return PTR_ERR_OR_ZERO(caller);
}

static void __exit quiet_test_exit(void)
{
	unsigned int cpu;

	cpuhp_remove_state_nocalls(state);
	kthread_stop(caller);
	for_each_possible_cpu(cpu)
		hrtimer_cancel(per_cpu_ptr(&watches.timer, cpu));
}

module_init(quiet_test_init);
module_exit(quiet_test_exit);
MODULE_DESCRIPTION("calls CPUs that leave");
MODULE_LICENSE("GPL");
