// SPDX-License-Identifier: GPL-2.0
/*
 * CPU hotplug: the walker.
 *
 * Owns the order in which the members of a batch cross the segments of a plan,
 * the barrier between segments, and who is sent back after a failure. There is
 * one engine for the way out and for the way back: walking with
 * dir == walk->dir is the way out, the inverse direction is an undo.
 *
 * Who takes part follows from the members alone: whoever has its target ahead
 * of its position in the direction walked. Sending a member back is therefore
 * nothing but making its origin its target.
 *
 * How a member really moves is behind struct cpuhp_walk_ops.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "walk.h"

static bool has_work(const struct cpuhp_member *m, enum cpuhp_dir dir)
{
	return !m->undo_err && cpuhp_is_ahead(dir, m->pos, m->target);
}

/**
 * cpuhp_walk_due - does a member take part in a segment?
 * @walk:	the operation
 * @m:		a member of it, at rest
 * @seg:	the segment
 * @dir:	direction in which it is crossed
 *
 * A member may join in the middle of a segment and may leave it early: what
 * counts is that a step of the segment lies between its position and its
 * target.
 *
 * Context: any; takes no lock, does not sleep.
 * Return: true if it takes part.
 */
bool cpuhp_walk_due(const struct cpuhp_walk *walk, const struct cpuhp_member *m,
		    const struct cpuhp_seg *seg, enum cpuhp_dir dir)
{
	return has_work(m, dir) && cpuhp_is_ahead(dir, m->pos, seg->to) &&
	       cpuhp_is_ahead(dir, seg->from, m->target);
}

/* A member leaves the segment at its end or at its own target. */
static int leave_at(const struct cpuhp_member *m, const struct cpuhp_seg *seg, enum cpuhp_dir dir)
{
	return cpuhp_is_ahead(dir, m->target, seg->to) ? m->target : seg->to;
}

static void member_failed(struct cpuhp_walk *walk, struct cpuhp_member *m, enum cpuhp_dir dir,
			  int err)
{
	if (dir != walk->dir) {
		m->undo_err = err;
		return;
	}
	m->err = err;
	walk->failed = true;
}

/*
 * May one more member set out? A way back is never cut short. A way out is,
 * by a failure that concerns everybody or by ->stop(), until a takedown has
 * begun: from then on finishing is quicker and safer than turning round.
 */
static bool may_set_out(struct cpuhp_walk *walk, enum cpuhp_dir dir)
{
	if (dir != walk->dir)
		return true;
	if (walk->failed && walk->policy == CPUHP_ALL_OR_NOTHING)
		return false;
	if (!walk->stopped && !walk->no_return)
		walk->stopped = walk->ops->stop(walk);

	return !walk->stopped;
}

static void member_wait(struct cpuhp_walk *walk, struct cpuhp_member *m,
			const struct cpuhp_seg *seg, enum cpuhp_dir dir)
{
	int err = walk->ops->wait(walk, m, seg, leave_at(m, seg, dir));

	m->moving = false;
	if (err)
		member_failed(walk, m, dir, err);
}

static void cross_start_wait(struct cpuhp_walk *walk, const struct cpuhp_seg *seg,
			     enum cpuhp_dir dir)
{
	struct cpuhp_member *m;

	for (m = walk->first; m; m = m->next) {
		if (!cpuhp_walk_due(walk, m, seg, dir))
			continue;
		if (!may_set_out(walk, dir))
			break;
		m->moving = true;
		walk->ops->start(walk, m, seg, leave_at(m, seg, dir));
		if (seg->mode == CPUHP_ONE_BY_ONE)
			member_wait(walk, m, seg, dir);
	}

	/* Whoever has set out is waited for, whatever became of the others. */
	for (m = walk->first; m; m = m->next) {
		if (m->moving)
			member_wait(walk, m, seg, dir);
	}
}

static void cross_takedown(struct cpuhp_walk *walk, const struct cpuhp_seg *seg,
			   enum cpuhp_dir dir)
{
	struct cpuhp_member *m;
	bool any = false;

	for (m = walk->first; m; m = m->next) {
		any |= cpuhp_walk_due(walk, m, seg, dir);
		m->result = 0;
	}
	if (!any)
		return;

	if (may_set_out(walk, dir)) {
		walk->no_return |= dir == walk->dir;
		walk->ops->takedown(walk, seg);
	}

	for (m = walk->first; m; m = m->next) {
		if (m->result)
			member_failed(walk, m, dir, m->result);
	}
}

static void cross(struct cpuhp_walk *walk, const struct cpuhp_seg *seg, enum cpuhp_dir dir)
{
	if (seg->kind == CPUHP_HANDOVER && dir == CPUHP_DOWN)
		cross_takedown(walk, seg, dir);
	else
		cross_start_wait(walk, seg, dir);
}

/* Plan for all who have work in direction @dir, wherever they are. */
static int plan_for_members(struct cpuhp_walk *walk, struct cpuhp_plan *plan, enum cpuhp_dir dir)
{
	unsigned int nr_members = 0;
	struct cpuhp_member *m;
	int from = 0, to = 0;

	for (m = walk->first; m; m = m->next) {
		if (!has_work(m, dir))
			continue;
		if (!cpuhp_may_rest(walk->line, m->pos) || !cpuhp_may_rest(walk->line, m->target))
			return -EINVAL;
		if (!nr_members || cpuhp_is_ahead(dir, m->pos, from))
			from = m->pos;
		if (!nr_members || cpuhp_is_ahead(dir, to, m->target))
			to = m->target;
		nr_members++;
	}

	return cpuhp_plan_make(plan, walk->line, dir, from, to, nr_members);
}

static bool must_go_back(const struct cpuhp_walk *walk, const struct cpuhp_member *m)
{
	/* It cannot, had nothing to do, or has been sent back before. */
	if (m->undo_err || !cpuhp_is_ahead(walk->dir, m->origin, m->target))
		return false;

	return walk->policy == CPUHP_ALL_OR_NOTHING || m->err ||
	       (walk->stopped && m->pos != m->target);
}

/*
 * The answer to a failure: everybody concerned goes back to its origin, in
 * lockstep, and is told before anybody moves, also who has not left it yet. Who
 * cannot even be planned for stays where it is, broken.
 */
static void undo(struct cpuhp_walk *walk)
{
	enum cpuhp_dir dir = cpuhp_inverse(walk->dir);
	struct cpuhp_member *m;
	int i, err;

	for (m = walk->first; m; m = m->next) {
		if (!must_go_back(walk, m))
			continue;
		m->target = m->origin;
		if (cpuhp_may_rest(walk->line, m->pos))
			walk->ops->turn(walk, m, dir);
		else
			m->undo_err = -EINVAL;
	}
	walk->failed = false;

	err = plan_for_members(walk, &walk->undo, dir);
	if (err) {
		for (m = walk->first; m; m = m->next) {
			if (has_work(m, dir))
				m->undo_err = err;
		}
		return;
	}

	for (i = 0; i < walk->undo.nr; i++)
		cross(walk, &walk->undo.seg[i], dir);
}

static int first_error(const struct cpuhp_walk *walk)
{
	const struct cpuhp_member *m;

	if (walk->stopped)
		return walk->stopped;

	for (m = walk->first; m; m = m->next) {
		if (m->err)
			return m->err;
	}

	return 0;
}

/**
 * cpuhp_walk_run - lead all members to their targets, or back
 * @walk:	the operation; line, ops, first, policy and dir are set, and of
 *		each member cpu, pos, origin (the same as pos) and target, its
 *		other fields being 0
 *
 * Nobody enters a segment before everybody due in the one before it has left
 * that. A member with no step between position and target in the direction of
 * the operation is left alone; its position becomes its target.
 *
 * On return each member is at its target (m->err is 0), or back at its origin
 * because it or, with CPUHP_ALL_OR_NOTHING, any other failed or ->stop() said
 * so, or it is broken where it stands (m->undo_err is set).
 *
 * Context: that of the ops; takes no lock of its own.
 * Return: 0; the error of ->stop(), else of the first member of the set that
 * has one; -EINVAL or -ENOSPC of cpuhp_plan_make(), with nothing touched.
 */
int cpuhp_walk_run(struct cpuhp_walk *walk)
{
	struct cpuhp_member *m;
	int i, err;

	walk->seg = 0;
	walk->stopped = 0;
	walk->failed = false;
	walk->no_return = false;

	/* Who is beyond its target must not look as if it were on a way back. */
	for (m = walk->first; m; m = m->next) {
		if (!cpuhp_is_ahead(walk->dir, m->pos, m->target))
			m->target = m->pos;
	}

	err = plan_for_members(walk, &walk->plan, walk->dir);
	if (err)
		return err;

	for (m = walk->first; m; m = m->next) {
		if (has_work(m, walk->dir))
			walk->ops->turn(walk, m, walk->dir);
	}

	for (i = 0; i < walk->plan.nr; i++) {
		WRITE_ONCE(walk->seg, i);
		cross(walk, &walk->plan.seg[i], walk->dir);
		if (!walk->failed && !walk->stopped)
			continue;
		undo(walk);
		if (walk->stopped || walk->policy == CPUHP_ALL_OR_NOTHING)
			break;
	}

	return first_error(walk);
}
