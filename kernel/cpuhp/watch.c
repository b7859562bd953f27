// SPDX-License-Identifier: GPL-2.0
/*
 * Steps that take too long: each is reported once, with the stack of the task
 * that runs it, while it still runs.
 *
 * A timer checks the CPUs that move, or that a registration calls a step for. It
 * reads without a lock what invoke.c notes about the running step. Fields of two
 * steps are never mixed in one report: the timer reports nothing if the step has
 * ended, or another one has begun, while it read them.
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/sched/debug.h>
#include <linux/timer.h>

#include "cpuhp.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

static unsigned int slow_ms = 10000;
module_param_named(slow_ms, slow_ms, uint, 0644);
MODULE_PARM_DESC(slow_ms, "report a step that takes longer than this many ms; 0: never");

static const struct cpumask *watched;	/* set while the timer is off */

static void watch_step(unsigned int cpu, unsigned long limit)
{
	struct cpuhp_rec *rec = per_cpu_ptr(&cpuhp_rec, cpu);
	int state = smp_load_acquire(&rec->running);	/* (A) in invoke.c */
	unsigned long since = READ_ONCE(rec->since);
	enum cpuhp_dir dir = READ_ONCE(rec->running_dir);
	struct task_struct *runner = READ_ONCE(rec->runner);
	void *callback = READ_ONCE(rec->running_cb);

	if (!state || READ_ONCE(rec->slow) || time_before(jiffies, since + limit))
		return;
	/*
	 * If a field read above is from a later step, then this sees the 0 between
	 * the two steps, or a value written after it. If the later step is the same
	 * one again, its start differs: the first run had lasted for @limit.
	 */
	smp_rmb();	/* (B) in invoke.c */
	if (smp_load_acquire(&rec->running) != state || READ_ONCE(rec->since) != since)
		return;
	WRITE_ONCE(rec->slow, true);
	pr_warn("CPU%u step %d (%s) %s: %ps runs for more than %u ms\n", cpu, state,
		cpuhp_step_name(state), cpuhp_dir_name(dir), callback,
		jiffies_to_msecs(jiffies - since));
	sched_show_task(runner);
}

static void watch_timer(struct timer_list *timer)
{
	unsigned long limit = msecs_to_jiffies(READ_ONCE(slow_ms));
	unsigned int cpu;

	if (!limit)
		return;
	for_each_cpu(cpu, watched)
		watch_step(cpu, limit);
	mod_timer(timer, jiffies + max(limit / 4, 1UL));
}

static DEFINE_TIMER(cpuhp_watch_timer, watch_timer);

/**
 * cpuhp_watch_begin - an operation begins, or a registration calls a step
 * @cpus:	CPUs whose steps are run
 *
 * Context: hotplug write lock, or read lock together with cpuhp_state_mutex:
 * one watch at a time either way.
 */
void cpuhp_watch_begin(const struct cpumask *cpus)
{
	unsigned long limit = msecs_to_jiffies(READ_ONCE(slow_ms));

	watched = cpus;
	if (limit)
		mod_timer(&cpuhp_watch_timer, jiffies + limit);
}

/**
 * cpuhp_watch_end - nothing is left to watch
 *
 * Context: as cpuhp_watch_begin(); waits for a timer that runs just now.
 */
void cpuhp_watch_end(void)
{
	timer_delete_sync(&cpuhp_watch_timer);
}
