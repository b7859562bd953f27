// SPDX-License-Identifier: GPL-2.0
/*
 * Steps and instances come and go: the registration API.
 *
 * A registration calls bring_up on every CPU whose position has reached the
 * step, a removal calls tear_down there; a failure takes back exactly those
 * calls that succeeded. Registrations hold the read side of the hotplug lock,
 * so no CPU moves meanwhile, and cpuhp_state_mutex against each other.
 */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include "cpuhp.h"

/**
 * struct dyn_range - states handed out one by one
 * @first:	the first of them; a caller that wants any of them asks for it
 * @last:	the last of them
 */
struct dyn_range {
	int first;
	int last;
};

static const struct dyn_range dyn_ranges[] = {
	{ CPUHP_BP_PREPARE_DYN,	CPUHP_BP_PREPARE_DYN_END },
	{ CPUHP_AP_ONLINE_DYN,	CPUHP_AP_ONLINE_DYN_END },
};

static bool state_valid(int state)
{
	return state > CPUHP_OFFLINE && state < CPUHP_ONLINE;
}

/* The state to use for a request: itself, a free one of its range, or -ENOSPC. */
static int pick_state(int state)
{
	const struct dyn_range *range;
	int i;

	for (range = dyn_ranges; range < dyn_ranges + ARRAY_SIZE(dyn_ranges); range++) {
		if (range->first != state)
			continue;
		for (i = range->first; i <= range->last; i++) {
			if (!cpuhp_step(i)->name)
				return i;
		}
		pr_err("No more dynamic states available for CPU hotplug\n");
		return -ENOSPC;
	}
	return state;
}

static bool state_is_request(int state)
{
	return state == CPUHP_BP_PREPARE_DYN || state == CPUHP_AP_ONLINE_DYN;
}

static int call_unwatched(unsigned int cpu, int state, enum cpuhp_dir dir,
			  struct hlist_node *node)
{
	if (cpuhp_state_on_ap(state))
		return cpuhp_thread_call(cpu, state, dir, node);
	return cpuhp_invoke(per_cpu_ptr(&cpuhp_rec, cpu), state, dir, node);
}

static int call_on(unsigned int cpu, int state, enum cpuhp_dir dir, struct hlist_node *node)
{
	int err;

	if (cpuhp_step_empty(state, dir))
		return 0;
	/* Early registrations happen before there are timers. */
	if (system_state != SYSTEM_RUNNING)
		return call_unwatched(cpu, state, dir, node);

	cpuhp_watch_begin(cpumask_of(cpu));
	err = call_unwatched(cpu, state, dir, node);
	cpuhp_watch_end();
	return err;
}

/*
 * Call tear_down on the CPUs below @end that have reached the step. It must not
 * fail: the callbacks are removed all the same, so a failure can only be reported.
 */
static void tear_down_reached(int state, struct hlist_node *node, unsigned int end)
{
	unsigned int cpu;

	for_each_present_cpu(cpu) {
		if (cpu >= end)
			break;
		if (cpuhp_pos(cpu) >= state && call_on(cpu, state, CPUHP_DOWN, node))
			cpuhp_report_undo(per_cpu_ptr(&cpuhp_rec, cpu));
	}
}

/* Call bring_up on the CPUs that have reached the step; all or none. */
static int bring_up_reached(int state, struct hlist_node *node)
{
	unsigned int cpu;
	int err;

	for_each_present_cpu(cpu) {
		if (cpuhp_pos(cpu) < state)
			continue;
		err = call_on(cpu, state, CPUHP_UP, node);
		if (err) {
			tear_down_reached(state, node, cpu);
			return err;
		}
	}
	return 0;
}

static void clear_step(int state)
{
	*cpuhp_step(state) = (struct cpuhp_step) { };
}

/**
 * __cpuhp_setup_state_cpuslocked - install the callbacks of a state
 * @state:	the state; CPUHP_AP_ONLINE_DYN and CPUHP_BP_PREPARE_DYN ask for
 *		any free one of their range
 * @name:	what sysfs shows
 * @invoke:	call @startup on the CPUs that have reached the state
 * @startup:	bring_up, or NULL
 * @teardown:	tear_down, or NULL
 * @multi_instance: the callbacks take an instance; instances are added later
 *
 * Context: task context, holds cpus_read_lock(); sleeps.
 * Return: 0, or the state that was picked for a request; -EINVAL for a state
 * outside the line or no name; -EBUSY if the state is taken; -ENOSPC if the
 * range is full; the error of @startup, with every CPU torn down again
 */
int __cpuhp_setup_state_cpuslocked(enum cpuhp_state state, const char *name, bool invoke,
				   int (*startup)(unsigned int cpu),
				   int (*teardown)(unsigned int cpu), bool multi_instance)
{
	struct cpuhp_step *step;
	int picked, err = 0;

	lockdep_assert_cpus_held();
	if (!state_valid(state) || !name)
		return -EINVAL;

	guard(mutex)(&cpuhp_state_mutex);
	picked = pick_state(state);
	if (picked < 0)
		return picked;
	step = cpuhp_step(picked);
	if (step->name)
		return -EBUSY;

	*step = (struct cpuhp_step) {
		.name	= name,
		.cb	= { { startup }, { teardown } },
		.multi	= multi_instance,
	};
	if (invoke)
		err = bring_up_reached(picked, NULL);
	if (err) {
		clear_step(picked);
		return err;
	}
	return state_is_request(state) ? picked : 0;
}
EXPORT_SYMBOL(__cpuhp_setup_state_cpuslocked);

/* __cpuhp_setup_state_cpuslocked() that takes cpus_read_lock() itself. */
int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke,
			int (*startup)(unsigned int cpu),
			int (*teardown)(unsigned int cpu), bool multi_instance)
{
	guard(cpus_read_lock)();
	return __cpuhp_setup_state_cpuslocked(state, name, invoke, startup, teardown,
					      multi_instance);
}
EXPORT_SYMBOL(__cpuhp_setup_state);

/**
 * cpuhp_state_allow_concurrent - a state's callbacks may run side by side
 * @state:	a registered state that runs on the hotplug thread
 *
 * Declares that bring_up and tear_down may be called for several CPUs at the
 * same time: no unlocked global data, no "am I the last" test that a CPU on its
 * way down can pass, and work is handed over only to CPUs that are not dying. A
 * batch then need not wait for one CPU after the other.
 *
 * Context: task context; sleeps.
 * Return: 0; -EINVAL for a state that is free or not run by the hotplug thread
 */
int cpuhp_state_allow_concurrent(enum cpuhp_state state)
{
	struct cpuhp_step *step;

	if (!state_valid(state) || cpuhp_state_kind(state) != CPUHP_THREAD)
		return -EINVAL;

	guard(cpus_read_lock)();
	guard(mutex)(&cpuhp_state_mutex);
	step = cpuhp_step(state);
	if (!step->name)
		return -EINVAL;
	step->concurrent = true;
	return 0;
}
EXPORT_SYMBOL_GPL(cpuhp_state_allow_concurrent);

/**
 * __cpuhp_state_add_instance_cpuslocked - add an instance to a state
 * @state:	a multi-instance state
 * @node:	the instance
 * @invoke:	call bring_up with it on the CPUs that have reached the state
 *
 * Context: task context, holds cpus_read_lock(); sleeps.
 * Return: 0; -EINVAL if the state takes no instances; the error of bring_up,
 * with the instance taken back everywhere and not added
 */
int __cpuhp_state_add_instance_cpuslocked(enum cpuhp_state state, struct hlist_node *node,
					  bool invoke)
{
	struct cpuhp_step *step = cpuhp_step(state);
	int err = 0;

	lockdep_assert_cpus_held();
	if (!step->multi)
		return -EINVAL;

	guard(mutex)(&cpuhp_state_mutex);
	if (invoke)
		err = bring_up_reached(state, node);
	if (!err)
		hlist_add_head(node, &step->instances);
	return err;
}

/* __cpuhp_state_add_instance_cpuslocked() that takes cpus_read_lock() itself. */
int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke)
{
	guard(cpus_read_lock)();
	return __cpuhp_state_add_instance_cpuslocked(state, node, invoke);
}
EXPORT_SYMBOL_GPL(__cpuhp_state_add_instance);

/**
 * __cpuhp_state_remove_instance - take an instance from a state
 * @state:	a multi-instance state
 * @node:	an instance of it
 * @invoke:	call tear_down with it on the CPUs that have reached the state
 *
 * Context: task context; sleeps.
 * Return: 0; -EINVAL if the state takes no instances
 */
int __cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke)
{
	if (WARN_ON_ONCE(!state_valid(state)) || !cpuhp_step(state)->multi)
		return -EINVAL;

	guard(cpus_read_lock)();
	guard(mutex)(&cpuhp_state_mutex);
	if (invoke)
		tear_down_reached(state, node, nr_cpu_ids);
	hlist_del(node);
	return 0;
}
EXPORT_SYMBOL_GPL(__cpuhp_state_remove_instance);

/**
 * __cpuhp_remove_state_cpuslocked - take the callbacks of a state away
 * @state:	the state
 * @invoke:	call tear_down on the CPUs that have reached it
 *
 * The instances of a multi-instance state must have been removed before.
 *
 * Context: task context, holds cpus_read_lock(); sleeps.
 */
void __cpuhp_remove_state_cpuslocked(enum cpuhp_state state, bool invoke)
{
	struct cpuhp_step *step;

	lockdep_assert_cpus_held();
	if (WARN_ON_ONCE(!state_valid(state)))
		return;

	guard(mutex)(&cpuhp_state_mutex);
	step = cpuhp_step(state);
	WARN(step->multi && !hlist_empty(&step->instances),
	     "Error: Removing state %d which has instances left.\n", state);
	if (invoke && !step->multi)
		tear_down_reached(state, NULL, nr_cpu_ids);
	clear_step(state);
}
EXPORT_SYMBOL(__cpuhp_remove_state_cpuslocked);

/* __cpuhp_remove_state_cpuslocked() that takes cpus_read_lock() itself. */
void __cpuhp_remove_state(enum cpuhp_state state, bool invoke)
{
	guard(cpus_read_lock)();
	__cpuhp_remove_state_cpuslocked(state, invoke);
}
EXPORT_SYMBOL(__cpuhp_remove_state);
