// SPDX-License-Identifier: GPL-2.0
/*
 * The door: every wish to move CPUs comes in here, and names its reason.
 *
 * Owns the frame of an operation, which is the same for all reasons, and the
 * table that says what a reason adds to it or leaves out:
 *
 *	other tasks are kept away		quiesce
 *	cpu_add_remove_lock
 *	  the record of the last failure is cleared	forget
 *	  is hotplug forbidden just now?	gate
 *	  may this set come, may it go?		ask, housekeeping
 *	  the batch, from a CPU that stays	policy, frozen, give_up
 *	unlock
 *	other tasks go on
 *	devices and user space are told		tell
 *
 * A user that knows its set beforehand calls cpuhp_request(). A user that must
 * choose the set under the lock does so between cpuhp_request_begin() and
 * cpuhp_request_end(). No user takes a lock of its own.
 */
#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "cpuhp.h"

/* Give up if the task that made the request was killed: it reads no answer. */
static int task_killed(void *task)
{
	return fatal_signal_pending(task) ? -EINTR : 0;
}

static int wakeup_pending(void *unused)
{
	if (!pm_wakeup_pending())
		return 0;
	pr_info("Wakeup pending. Abort CPU freeze\n");
	return -EBUSY;
}

/*
 * Attaching and detaching a CPU needs no reason of its own: the platform asks the
 * device core, which asks BY_DEVICE.
 */
static const struct cpuhp_request_def cpuhp_requests[] = {
	[CPUHP_BY_LIST] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.quiesce	= true,
		.forget		= true,
		.gate		= true,
		.ask		= true,
		.removable	= true,
		.housekeeping	= true,
		.give_up	= task_killed,
		.tell		= true,
	},
	[CPUHP_BY_TARGET] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.quiesce	= true,
		.forget		= true,
		.gate		= true,
		.ask		= true,
		.removable	= true,
		.housekeeping	= true,
		.tell		= true,
		/* no give_up: this file never answered a signal */
	},
	[CPUHP_BY_DEVICE] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.quiesce	= true,
		.forget		= true,
		.gate		= true,
		.ask		= true,
		.housekeeping	= true,
		/* no removable, no tell: the device core does both */
		/* no give_up: add_cpu() and remove_cpu() are called by drivers */
	},
	[CPUHP_BY_KERNEL] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.quiesce	= true,
		.forget		= true,
		.gate		= true,
		.ask		= true,
		.removable	= true,
		.housekeeping	= true,
		.tell		= true,
		/* no give_up: the caller need not be the task that wants it */
	},
	[CPUHP_BY_SMT_OFF] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.quiesce	= true,
		.forget		= true,
		.gate		= true,
		.ask		= true,
		.housekeeping	= true,
		.give_up	= task_killed,
		.tell		= true,
		/* no removable: SMT policy stands above what a device allows */
	},
	[CPUHP_BY_SMT_ON] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.quiesce	= true,
		.forget		= true,
		.ask		= true,
		.give_up	= task_killed,
		.tell		= true,
		/* no gate: resume from hibernation needs it while hotplug is disabled */
	},
	[CPUHP_BY_IMAGE] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.forget		= true,
		.ask		= true,
		.tell		= true,
		/* no quiesce: user space is frozen */
		/* no gate: comes from within a hibernation, which has disabled hotplug */
		/* no housekeeping: the CPUs that were online before stay */
		/* no give_up: CPUs not yet moved would wait in a kernel that is gone */
	},
	[CPUHP_BY_SUSPEND] = {
		.policy		= CPUHP_ALL_OR_NOTHING,
		.frozen		= true,
		.forget		= true,
		.ask		= true,
		.give_up	= wakeup_pending,
		/* no quiesce: user space is frozen */
		/* no gate: suspend itself has disabled hotplug */
		/* no housekeeping: nothing runs but this task, on the CPU it has chosen */
		/* no tell: for user space the CPUs have never been away */
	},
	[CPUHP_BY_RESUME] = {
		.policy		= CPUHP_EACH,
		.frozen		= true,
		/* no forget: it may follow a suspend that failed, and keeps that record */
		/* no ask: the CPUs were online before */
		/* no give_up: there is nothing to go back to */
		/* no quiesce, gate, housekeeping, tell: as for suspend */
	},
	[CPUHP_BY_BOOT] = {
		.policy		= CPUHP_EACH,
		/* no quiesce, no tell: there are no tasks and no devices yet */
		/* no forget: several operations make one boot */
		/* no ask: boot.c asks for each CPU */
	},
	[CPUHP_BY_SHUTDOWN] = {
		.policy		= CPUHP_EACH,
		.forget		= true,
		.gate		= true,
		.housekeeping	= true,
		/* no quiesce: a task that does not freeze must not stop a reboot */
		/* no ask, no give_up: as many CPUs as possible have to go */
		/* no tell: there is no user space left */
	},
};

/**
 * cpuhp_request_begin - begin a request
 * @req:	for cpuhp_request_move() and cpuhp_request_end()
 * @why:	the reason
 *
 * Other tasks are kept away before the lock is taken: a task that waits for the
 * lock cannot be frozen.
 *
 * Context: task context; sleeps. No hotplug lock held but device_hotplug_lock.
 * Return: 0 with cpu_add_remove_lock held; or an errno of
 * cpuhp_quiesce_begin(), with nothing to end
 */
int cpuhp_request_begin(struct cpuhp_request *req, enum cpuhp_reason why)
{
	const struct cpuhp_request_def *def = &cpuhp_requests[why];
	int err = 0;

	*req = (struct cpuhp_request){ .def = def, .quiesce = CPUHP_QUIESCE_LOCK };
	if (def->quiesce)
		err = cpuhp_quiesce_begin(&req->quiesce);
	if (err)
		return err;
	cpu_maps_update_begin();
	if (def->forget)
		cpuhp_forget_failure();
	return 0;
}

/**
 * struct controlled_batch - a batch for another CPU to control
 * @cpus:	its members
 * @op:		what is asked for
 */
struct controlled_batch {
	const struct cpumask *cpus;
	const struct cpuhp_op *op;
};

static long control_batch(void *arg)
{
	struct controlled_batch *batch = arg;
	int err;

	cpuhp_operation_borrow();
	err = cpuhp_batch(batch->cpus, batch->op);
	cpuhp_operation_return();
	return err;
}

static int go_up(const struct cpuhp_request_def *def, const struct cpumask *cpus,
		 const struct cpuhp_op *op)
{
	return cpuhp_may_online(cpus, def) ?: cpuhp_batch(cpus, op);
}

/*
 * A worker is in control, on a CPU that stays: this task could be throttled, and
 * depend on a timer of a CPU that it is taking down.
 */
static int go_down(const struct cpuhp_request_def *def, const struct cpumask *cpus,
		   const struct cpuhp_op *op)
{
	struct controlled_batch batch = { .cpus = cpus, .op = op };
	unsigned int control;
	int err;

	err = cpuhp_may_offline(cpus, def, &control);
	return err ?: work_on_cpu(control, control_batch, &batch);
}

/**
 * cpuhp_request_move - move CPUs within a request
 * @req:	the request
 * @cpus:	the CPUs; those at @target already, or beyond, are left alone. The
 *		mask must not change before cpuhp_request_end()
 * @dir:	which way
 * @target:	position to reach
 *
 * Context: the task that began the request; sleeps.
 * Return: 0; an errno of cpuhp_may_online() or cpuhp_may_offline(), with nothing
 * moved; an error of cpuhp_batch()
 */
int cpuhp_request_move(struct cpuhp_request *req, const struct cpumask *cpus,
		       enum cpuhp_dir dir, int target)
{
	const struct cpuhp_request_def *def = req->def;
	const struct cpuhp_op op = {
		.dir		= dir,
		.target		= target,
		.policy		= def->policy,
		.tasks_frozen	= def->frozen,
		.give_up	= def->give_up,
		.data		= current,
	};

	cpuhp_assert_operation();
	if (cpumask_empty(cpus))
		return 0;
	req->moved = cpus;
	return dir == CPUHP_UP ? go_up(def, cpus, &op) : go_down(def, cpus, &op);
}

/**
 * cpuhp_request_end - end a request
 * @req:	the request
 *
 * Context: the task that began the request; sleeps.
 */
void cpuhp_request_end(struct cpuhp_request *req)
{
	cpu_maps_update_done();
	cpuhp_quiesce_end(req->quiesce);
	if (req->def->tell && req->moved)
		cpuhp_tell_devices(req->moved);
}

/* Checks that need the device core's lock, and work that sleeps for long, come first. */
static int prepare(const struct cpuhp_request_def *def, const struct cpumask *cpus,
		   enum cpuhp_dir dir)
{
	if (dir == CPUHP_UP)
		return cpuhp_prepare_nodes(cpus);
	return def->removable ? cpuhp_check_removable(cpus) : 0;
}

/**
 * cpuhp_request - move a set of CPUs
 * @why:	the reason
 * @cpus:	the CPUs; those at @target already, or beyond, are left alone
 * @dir:	which way
 * @target:	position to reach
 *
 * Context: task context; sleeps. device_hotplug_lock held, if the reason has
 * removable or tell.
 * Return: 0; an errno of cpuhp_prepare_nodes(), cpuhp_check_removable(),
 * cpuhp_request_begin() or cpuhp_request_move()
 */
int cpuhp_request(enum cpuhp_reason why, const struct cpumask *cpus, enum cpuhp_dir dir,
		  int target)
{
	struct cpuhp_request req;
	int err;

	if (cpumask_empty(cpus))
		return 0;
	err = prepare(&cpuhp_requests[why], cpus, dir) ?: cpuhp_request_begin(&req, why);
	if (err)
		return err;
	err = cpuhp_request_move(&req, cpus, dir, target);
	cpuhp_request_end(&req);
	return err;
}
