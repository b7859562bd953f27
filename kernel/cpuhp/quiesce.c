// SPDX-License-Identifier: GPL-2.0
/*
 * How the rest of the system is kept away while CPUs move.
 *
 * Owns the choice between two ways, hotplug/quiesce in sysfs and the parameter
 * cpuhp.quiesce=:
 *
 *   lock	Tasks that must not see CPUs move hold cpus_read_lock(). All others
 *		run.
 *   freezer	Every freezable task stands still while CPUs move. The task that
 *		moves them runs, and kernel threads that are not freezable: a step
 *		may need them. A suspend leaves them running, too, when it takes
 *		CPUs down.
 *
 * Timeline of an operation in mode freezer
 *
 *	cpuhp_quiesce_begin()	tasks freeze; no hotplug lock is held, so a task
 *				that waits for one gets it and freezes later
 *	cpu_add_remove_lock, cpus_write_lock, the walk, both unlocked
 *	cpuhp_quiesce_end()	tasks go on, whatever the walk's result
 *
 * If the task that moves CPUs, or a suspend, has frozen the others already, there
 * is nothing left to do: turning SMT on to resume from hibernation is an example.
 */
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../kthread_bound.h"
#include "quiesce.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

static const char * const quiesce_names[] = {
	[CPUHP_QUIESCE_LOCK]	= "lock",
	[CPUHP_QUIESCE_FREEZER]	= "freezer",
};

/* Written by cpuhp_quiesce_store(), read once per operation. */
static enum cpuhp_quiesce quiesce_mode = CPUHP_QUIESCE_LOCK;

static bool quiesce_verify;
module_param_named(verify, quiesce_verify, bool, 0644);
MODULE_PARM_DESC(verify, "Check every task before each takedown (debug)");

/**
 * cpuhp_quiesce_begin - keep the rest of the system away
 * @mode:	where to store what was done, for cpuhp_quiesce_end()
 *
 * Context: sleeps. No hotplug lock held, device_hotplug_lock excepted.
 * Return: 0; -EBUSY, -EAGAIN or -EINTR from freeze_for(), with nothing frozen and
 * nothing to end
 */
int cpuhp_quiesce_begin(enum cpuhp_quiesce *mode)
{
	*mode = freezer_engaged() ? CPUHP_QUIESCE_LOCK : READ_ONCE(quiesce_mode);
	return *mode == CPUHP_QUIESCE_FREEZER ? freeze_for(FREEZE_HOTPLUG) : 0;
}

/**
 * cpuhp_quiesce_end - let the rest of the system go on
 * @mode:	what cpuhp_quiesce_begin() stored
 *
 * Context: as cpuhp_quiesce_begin(), in the same task.
 */
void cpuhp_quiesce_end(enum cpuhp_quiesce mode)
{
	if (mode == CPUHP_QUIESCE_FREEZER)
		thaw_for(FREEZE_HOTPLUG);
}

/**
 * cpuhp_quiesce_show - contents of hotplug/quiesce
 * @buf:	a page
 *
 * Context: any.
 * Return: length of the list of modes, the current one in brackets.
 */
ssize_t cpuhp_quiesce_show(char *buf)
{
	enum cpuhp_quiesce mode = READ_ONCE(quiesce_mode);
	ssize_t len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(quiesce_names); i++)
		len += sysfs_emit_at(buf, len, i == mode ? "[%s] " : "%s ", quiesce_names[i]);
	buf[len - 1] = '\n';
	return len;
}

/**
 * cpuhp_quiesce_store - choose the mode for operations that begin from now on
 * @buf:	name of a mode, a trailing newline allowed
 *
 * Context: any.
 * Return: 0; -EINVAL for an unknown name, -EOPNOTSUPP for "freezer" in a kernel
 * without one. On failure the mode stays.
 */
int cpuhp_quiesce_store(const char *buf)
{
	int mode = sysfs_match_string(quiesce_names, buf);

	if (mode < 0)
		return mode;
	if (mode == CPUHP_QUIESCE_FREEZER && !IS_ENABLED(CONFIG_FREEZER))
		return -EOPNOTSUPP;
	WRITE_ONCE(quiesce_mode, mode);
	return 0;
}

static int quiesce_param_set(const char *val, const struct kernel_param *kp)
{
	return cpuhp_quiesce_store(val);
}

static int quiesce_param_get(char *buf, const struct kernel_param *kp)
{
	return cpuhp_quiesce_show(buf);
}

static const struct kernel_param_ops quiesce_param_ops = {
	.set = quiesce_param_set,
	.get = quiesce_param_get,
};
module_param_cb(quiesce, &quiesce_param_ops, NULL, 0444);
MODULE_PARM_DESC(quiesce, "How others are kept away while CPUs move: lock or freezer");

/* Is @p a bound thread that was created and not started? Its first act is to park. */
static bool never_ran(struct task_struct *p)
{
	struct kthread_bound *bound = kthread_bound_record(p);

	return bound && bound->task && READ_ONCE(bound->state) == BOUND_NEW;
}

/*
 * The CPUs that @p may run on count, not the one it ran on last: a worker that
 * got its CPU back while asleep moves there with its next wakeup.
 */
static bool belongs_to(struct task_struct *p, const struct cpumask *members)
{
	return kthread_is_per_cpu(p) && cpumask_subset(p->cpus_ptr, members);
}

/*
 * What is wrong with the state of @p at a takedown of @members, or NULL. Stoppers
 * are excepted: they take their CPUs down, and park themselves.
 */
static const char *misplaced(struct task_struct *p, const struct cpumask *members)
{
	bool still = READ_ONCE(p->__state) & (TASK_PARKED | TASK_FROZEN);

	if (freezing(p) && !still)
		return "is not frozen";
	if (!belongs_to(p, members))
		return NULL;
	if (!strncmp(p->comm, "migration/", strlen("migration/")) || never_ran(p))
		return NULL;
	return still ? NULL : "is not parked";
}

/**
 * cpuhp_quiesce_verify - warn of each task that should stand still and does not
 * @members:	CPUs about to be taken down, with their hotplug threads parked
 *
 * Before each takedown: every thread that belongs to one of the CPUs is parked,
 * and where a freeze is in effect every freezable task is frozen. Does nothing
 * unless cpuhp.verify is set.
 *
 * Context: the control CPU; cpus_write_lock() held.
 */
void cpuhp_quiesce_verify(const struct cpumask *members)
{
	struct task_struct *group, *p;
	const char *wrong;

	if (!READ_ONCE(quiesce_verify))
		return;

	read_lock(&tasklist_lock);
	for_each_process_thread(group, p) {
		wrong = p == current ? NULL : misplaced(p, members);
		if (!wrong)
			continue;
		WARN(1, "cpuhp: %s (pid %d) %s at a takedown\n", p->comm, task_pid_nr(p), wrong);
		sched_show_task(p);
	}
	read_unlock(&tasklist_lock);
}
