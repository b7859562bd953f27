// SPDX-License-Identifier: GPL-2.0
/*
 * Failures of CPU hotplug: one log line, one trace event, one record.
 *
 * The rest of the core decides that something went wrong and passes a typed
 * failure; only this file words it. The wording is an interface: tests and
 * `hotplug/last_failure` rely on it.
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

#include "cpuhp.h"

#ifdef CONFIG_SMP
#include <trace/events/cpuhp.h>
#else
static inline void trace_cpuhp_failure(unsigned int cpu, int step, int dir,
				       void *callback, int err, int left_at) { }
#endif

static DEFINE_SPINLOCK(cpuhp_last_lock);
static struct cpuhp_failure cpuhp_last;	/* cpuhp_last_lock; .err == 0: none */

static const char * const cpuhp_dir_names[] = {
	[CPUHP_UP]	= "up",
	[CPUHP_DOWN]	= "down",
};

static void keep(const struct cpuhp_failure *failure)
{
	spin_lock(&cpuhp_last_lock);
	cpuhp_last = *failure;
	spin_unlock(&cpuhp_last_lock);
}

/**
 * cpuhp_forget_failure - a request begins
 *
 * What is recorded when it ends in an error is its own.
 *
 * Context: task context; does not sleep.
 */
void cpuhp_forget_failure(void)
{
	static const struct cpuhp_failure none;

	keep(&none);
}

/**
 * cpuhp_note_veto - a set of CPUs is refused, and the log has its own words
 * @cpus:	the set, or the part of it that is refused; not empty
 * @callback:	who refuses
 * @err:	the answer
 *
 * Record and trace event name the first CPU of the set, at the row where it is.
 *
 * Context: task context; does not sleep.
 */
void cpuhp_note_veto(const struct cpumask *cpus, void *callback, int err)
{
	unsigned int cpu = cpumask_first(cpus);
	struct cpuhp_failure failure = {
		.cpu		= cpu,
		.state		= cpuhp_pos(cpu),
		.dir		= CPUHP_DOWN,
		.callback	= callback,
		.err		= err,
		.left_at	= cpuhp_pos(cpu),
	};

	trace_cpuhp_failure(cpu, failure.state, failure.dir, callback, err, failure.left_at);
	keep(&failure);
}

/**
 * cpuhp_report_veto - somebody refuses a set of CPUs before anything has moved
 * @cpus:	the set, or the part of it that is refused; not empty
 * @callback:	who was asked
 * @err:	the answer
 *
 * Context: task context; does not sleep.
 */
void cpuhp_report_veto(const struct cpumask *cpus, void *callback, int err)
{
	pr_notice_ratelimited("CPUs %*pbl stay: %ps says %pe\n", cpumask_pr_args(cpus),
			      callback, ERR_PTR(err));
	cpuhp_note_veto(cpus, callback, err);
}

/**
 * cpuhp_report - make a failure known
 * @failure:	what went wrong
 *
 * Context: task context on any CPU; does not sleep.
 */
void cpuhp_report(const struct cpuhp_failure *failure)
{
	pr_err("CPU%u step %d (%s) %s%s: %ps failed with %pe, CPU left at %d (%s)%s\n",
	       failure->cpu, failure->state, cpuhp_step_name(failure->state),
	       cpuhp_dir_names[failure->dir], failure->undo ? " while undoing" : "",
	       failure->callback, ERR_PTR(failure->err),
	       failure->left_at, cpuhp_step_name(failure->left_at),
	       failure->undo ? ", broken" : "");
	trace_cpuhp_failure(failure->cpu, failure->state, failure->dir,
			    failure->callback, failure->err, failure->left_at);
	keep(failure);
}

/**
 * cpuhp_last_failure - word the latest failure
 * @buf:	a page, for sysfs
 * @size:	PAGE_SIZE
 *
 * Context: task context.
 * Return: number of bytes written
 */
int cpuhp_last_failure(char *buf, size_t size)
{
	struct cpuhp_failure last;

	spin_lock(&cpuhp_last_lock);
	last = cpuhp_last;
	spin_unlock(&cpuhp_last_lock);

	if (!last.err)
		return scnprintf(buf, size, "none\n");
	return scnprintf(buf, size,
			 "cpu %u step %d (%s) %s%s callback %ps error %d left-at %d (%s)\n",
			 last.cpu, last.state, cpuhp_step_name(last.state),
			 cpuhp_dir_names[last.dir], last.undo ? " undo" : "",
			 last.callback, last.err, last.left_at,
			 cpuhp_step_name(last.left_at));
}
