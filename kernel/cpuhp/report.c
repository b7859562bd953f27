// SPDX-License-Identifier: GPL-2.0
/*
 * Failures of CPU hotplug: one log line, one trace event, one record.
 *
 * The rest of the core decides that something went wrong and passes a typed
 * failure; only this file words it. Tests rely on the wording.
 *
 *   note	keep the failure of a step in rec->failed, by the CPU's owner
 *   report	log, trace event and record, once the outcome for the CPU is known
 *   record	trace event and hotplug/last_failure/, see last_failure.c
 *   veto	a refusal before any CPU has moved
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>

#include "cpuhp.h"

#ifdef CONFIG_SMP
#include <trace/events/cpuhp.h>
#else
static inline void trace_cpuhp_failure(unsigned int cpu, int step, int dir,
				       void *callback, int err, int left_at) { }
#endif

static void record(const struct cpuhp_failure *failure)
{
	trace_cpuhp_failure(failure->cpu, failure->state, failure->dir, failure->callback,
			    failure->err, failure->left_at);
	cpuhp_record_failure(failure);
}

/**
 * cpuhp_record_veto - record that a set of CPUs is refused; the caller has logged why
 * @cpus:	the set, or the part of it that is refused; not empty
 * @callback:	the function that refuses
 * @err:	its answer
 *
 * Record and trace event name the first CPU of the set, at its present position.
 *
 * Context: task context; does not sleep.
 */
void cpuhp_record_veto(const struct cpumask *cpus, void *callback, int err)
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

	record(&failure);
}

/**
 * cpuhp_report_veto - report that a set of CPUs is refused
 * @cpus:	the set, or the part of it that is refused; not empty
 * @callback:	the function that refuses
 * @err:	its answer
 *
 * Context: task context; does not sleep.
 */
void cpuhp_report_veto(const struct cpumask *cpus, void *callback, int err)
{
	pr_notice_ratelimited("CPUs %*pbl stay: %ps says %pe\n", cpumask_pr_args(cpus),
			      callback, ERR_PTR(err));
	cpuhp_record_veto(cpus, callback, err);
}

/**
 * cpuhp_report - report a failure
 * @failure:	what went wrong
 *
 * Context: any but hard interrupts; does not sleep.
 */
void cpuhp_report(const struct cpuhp_failure *failure)
{
	pr_err("CPU%u step %d (%s) %s%s: %ps failed with %pe, CPU left at %d (%s)%s\n",
	       failure->cpu, failure->state, cpuhp_step_name(failure->state),
	       cpuhp_dir_name(failure->dir), failure->undo ? " while undoing" : "",
	       failure->callback, ERR_PTR(failure->err),
	       failure->left_at, cpuhp_step_name(failure->left_at),
	       failure->undo ? ", broken" : "");
	record(failure);
}

/**
 * cpuhp_report_undo - report that a step failed in an undo
 * @rec:	the CPU; the failure has been noted
 *
 * Context: any but hard interrupts; does not sleep.
 */
void cpuhp_report_undo(struct cpuhp_rec *rec)
{
	rec->failed.undo = true;
	cpuhp_report(&rec->failed);
}
