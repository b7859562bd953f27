// SPDX-License-Identifier: GPL-2.0
/*
 * Failures of CPU hotplug: one log line, one trace event, one record.
 *
 * The rest of the core decides that something went wrong and passes a typed
 * failure; only this file words it. The wording is an interface: tests and
 * `hotplug/last_failure` rely on it.
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cpuhp.h"

#ifdef CONFIG_SMP
#include <trace/events/cpuhp.h>
#else
static inline void trace_cpuhp_failure(unsigned int cpu, int step, int dir,
				       void *callback, int err, int left_at) { }
#endif

/* Worded when it happens: later the step and its callback may be gone. */
static DEFINE_SPINLOCK(cpuhp_last_lock);
static char cpuhp_last[256 + KSYM_SYMBOL_LEN] = "none\n";	/* cpuhp_last_lock */

static const char * const cpuhp_dir_names[] = {
	[CPUHP_UP]	= "up",
	[CPUHP_DOWN]	= "down",
};

/* Anybody may read the record: an address will not do where there is no name. */
static void name_callback(char *name, size_t size, void *callback)
{
	if (IS_ENABLED(CONFIG_KALLSYMS) && callback)
		scnprintf(name, size, "%ps", callback);
	else
		strscpy(name, "?", size);
}

static void keep(const struct cpuhp_failure *failure)
{
	static char callback[KSYM_SYMBOL_LEN];	/* cpuhp_last_lock */

	spin_lock(&cpuhp_last_lock);
	name_callback(callback, sizeof(callback), failure->callback);
	scnprintf(cpuhp_last, sizeof(cpuhp_last),
		  "cpu %u step %d (%s) %s%s callback %s error %d left-at %d (%s)\n",
		  failure->cpu, failure->state, cpuhp_step_name(failure->state),
		  cpuhp_dir_names[failure->dir], failure->undo ? " undo" : "",
		  callback, failure->err, failure->left_at, cpuhp_step_name(failure->left_at));
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
	spin_lock(&cpuhp_last_lock);
	strscpy(cpuhp_last, "none\n");
	spin_unlock(&cpuhp_last_lock);
}

/**
 * cpuhp_note_veto - a set of CPUs is refused, and the log has its own words
 * @cpus:	the set, or the part of it that is refused; not empty
 * @callback:	who refuses
 * @err:	the answer
 *
 * Record and trace event name the first CPU of the set, at the step where it is.
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
 * cpuhp_last_failure - show the latest failure
 * @buf:	a page, for sysfs
 * @size:	PAGE_SIZE
 *
 * Context: task context.
 * Return: number of bytes written
 */
int cpuhp_last_failure(char *buf, size_t size)
{
	int len;

	spin_lock(&cpuhp_last_lock);
	len = scnprintf(buf, size, "%s", cpuhp_last);
	spin_unlock(&cpuhp_last_lock);
	return len;
}
