// SPDX-License-Identifier: GPL-2.0
/*
 * One step on one CPU.
 *
 * Owns the call into a subsystem: injected failures, the instances of a step and
 * their undo when a later instance fails, trace events, latencies, and the commit
 * of a CPU's position. It does not know why the step is run or what a failure
 * means for the operation.
 */
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "cpuhp.h"

#include <trace/events/cpuhp.h>

/**
 * cpuhp_fail_injected - was this step told to fail?
 * @rec:	the CPU
 * @state:	the step about to run
 *
 * An injection serves once: this clears it, so that the undo which follows can
 * pass the step.
 *
 * Context: owner of the CPU.
 * Return: true if the step is to fail
 */
bool cpuhp_fail_injected(struct cpuhp_rec *rec, int state)
{
	if (READ_ONCE(rec->fail) != state)
		return false;
	WRITE_ONCE(rec->fail, CPUHP_INVALID);
	return true;
}

/**
 * cpuhp_note_failure - remember what failed, for the report to come
 * @rec:	the CPU
 * @state:	the step
 * @dir:	the direction it ran in
 * @callback:	its callback, or the function of the core that failed
 * @err:	negative errno
 *
 * Context: owner of the CPU.
 */
void cpuhp_note_failure(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
			void *callback, int err)
{
	rec->failed = (struct cpuhp_failure) {
		.cpu		= rec->m.cpu,
		.state		= state,
		.dir		= dir,
		.callback	= callback,
		.err		= err,
		.left_at	= rec->m.pos,
	};
}

#ifdef CONFIG_SMP
/*
 * The step that is running. watch_step() reads these fields from a timer, so
 * @running is set last and cleared first:
 *
 * (A) a reader that finds a step in @running sees the fields of that step;
 * (B) a reader that sees a field of a step no longer finds the step before it in
 *     @running.
 */
static void step_begins(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir, void *cb)
{
	smp_wmb();	/* (B) after the 0 of step_ends() */
	WRITE_ONCE(rec->slow, false);
	WRITE_ONCE(rec->since, jiffies);
	WRITE_ONCE(rec->running_dir, dir);
	WRITE_ONCE(rec->running_cb, cb);
	WRITE_ONCE(rec->runner, current);
	smp_store_release(&rec->running, state);	/* (A) */
}

static void step_ends(struct cpuhp_rec *rec)
{
	WRITE_ONCE(rec->running, 0);
}
#else
static inline void step_begins(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
			       void *cb) { }
static inline void step_ends(struct cpuhp_rec *rec) { }
#endif

/* What the exit event shows: the position that a success leads to. */
static int pos_after(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir, int err)
{
	int pos = rec->m.pos;

	if (err || cpuhp_state_ahead(dir, pos) != state)
		return pos;
	return cpuhp_walk_commit(dir, state);
}

static int call_single(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir)
{
	union cpuhp_callback cb = cpuhp_step(state)->cb[dir];
	int err;

	trace_cpuhp_enter(rec->m.cpu, rec->m.target, state, cb.single);
	err = cb.single(rec->m.cpu);
	trace_cpuhp_exit(rec->m.cpu, pos_after(rec, state, dir, err), state, err);
	return err;
}

static int call_instance(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
			 struct hlist_node *node)
{
	union cpuhp_callback cb = cpuhp_step(state)->cb[dir];
	int err;

	trace_cpuhp_multi_enter(rec->m.cpu, rec->m.target, state, cb.multi, node);
	err = cb.multi(rec->m.cpu, node);
	trace_cpuhp_exit(rec->m.cpu, pos_after(rec, state, dir, err), state, err);
	return err;
}

/* Undo the instances before @end, which failed. */
static void undo_instances(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
			   struct hlist_node *end)
{
	enum cpuhp_dir back = cpuhp_inverse(dir);
	struct hlist_node *node;
	int err;

	if (cpuhp_step_empty(state, back))
		return;

	hlist_for_each(node, &cpuhp_step(state)->instances) {
		if (node == end)
			break;
		err = call_instance(rec, state, back, node);
		if (err) {
			cpuhp_note_failure(rec, state, back,
					   cpuhp_step(state)->cb[back].ptr, err);
			cpuhp_report_undo(rec);
		}
	}
}

/* All instances or none: none is left done when the step fails. */
static int call_instances(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir)
{
	struct hlist_node *node;
	int err;

	hlist_for_each(node, &cpuhp_step(state)->instances) {
		err = call_instance(rec, state, dir, node);
		if (err) {
			undo_instances(rec, state, dir, node);
			return err;
		}
	}
	return 0;
}

static int call_step(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
		     struct hlist_node *node)
{
	if (!cpuhp_step(state)->multi)
		return call_single(rec, state, dir);
	if (node)
		return call_instance(rec, state, dir, node);
	return call_instances(rec, state, dir);
}

/**
 * cpuhp_invoke - run one step on one CPU
 * @rec:	the CPU
 * @state:	the step; it has a callback in direction @dir
 * @dir:	which half
 * @node:	of a multi-instance step: the one instance to call, or NULL for
 *		all of them
 *
 * The position is not touched. On failure rec->failed is filled in, and the
 * instances before the one that failed have been undone.
 *
 * Context: owner of the CPU; for steps of the AP on that CPU. Sleeps unless the
 * step is atomic, which is called with interrupts off.
 * Return: 0, -EAGAIN for an injected failure, or the callback's own error
 */
int cpuhp_invoke(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
		 struct hlist_node *node)
{
	void *cb = cpuhp_step(state)->cb[dir].ptr;
	u64 begin;
	int err;

	if (cpuhp_fail_injected(rec, state)) {
		cpuhp_note_failure(rec, state, dir, cb, -EAGAIN);
		return -EAGAIN;
	}
	if (WARN_ON_ONCE(!cb))
		return 0;

	step_begins(rec, state, dir, cb);
	begin = ktime_get_mono_fast_ns();
	err = call_step(rec, state, dir, node);
	cpuhp_stats_step(state, dir, ktime_get_mono_fast_ns() - begin);
	step_ends(rec);

	if (err)
		cpuhp_note_failure(rec, state, dir, cb, err);
	return err;
}

#ifdef CONFIG_SMP
/**
 * cpuhp_run_steps - run the steps from the CPU's position to another
 * @rec:	the CPU
 * @dir:	direction
 * @to:		position to reach
 *
 * Context: as cpuhp_invoke().
 * Return: 0 with the position at @to, or the error of the step that failed,
 * with the position where the step before it left the CPU
 */
int cpuhp_run_steps(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to)
{
	int pos = rec->m.pos;
	int state, err;

	while ((state = cpuhp_walk_next(&cpuhp_line, dir, &pos, to))) {
		cpuhp_set_pos(rec, pos);
		err = cpuhp_invoke(rec, state, dir, NULL);
		if (err)
			return err;
		pos = cpuhp_walk_commit(dir, state);
		cpuhp_set_pos(rec, pos);
	}
	cpuhp_set_pos(rec, pos);
	return 0;
}

/**
 * cpuhp_run_steps_nofail - run the steps of the STARTING/DYING section
 * @rec:	this CPU
 * @dir:	direction
 * @to:		position to reach
 *
 * There is no undo from here, so a step that fails is reported and passed.
 *
 * Context: on the CPU itself, interrupts off.
 */
void cpuhp_run_steps_nofail(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to)
{
	int pos = rec->m.pos;
	int state;

	while ((state = cpuhp_walk_next(&cpuhp_line, dir, &pos, to))) {
		cpuhp_set_pos(rec, pos);
		if (cpuhp_invoke(rec, state, dir, NULL))
			cpuhp_report(&rec->failed);
		pos = cpuhp_walk_commit(dir, state);
		cpuhp_set_pos(rec, pos);
	}
	cpuhp_set_pos(rec, pos);
}
#endif /* CONFIG_SMP */
