// SPDX-License-Identifier: GPL-2.0
/*
 * CPU hotplug: the walker.
 *
 * Owns the order in which the members of a batch cross the segments of a plan,
 * the barrier between segments, and which members are sent back after a failure.
 * One engine serves the way out and the undo: walking with dir == walk->dir is
 * the way out, the inverse direction is an undo.
 *
 * A member takes part if its target is ahead of its position in the direction
 * walked. So to send a member back is to make its origin its target.
 *
 * How a member really moves is behind struct cpuhp_walk_ops.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "walk.h"

static bool has_work(const struct cpuhp_member *m, enum cpuhp_dir dir)
{
	return !m->undo_err && cpuhp_is_ahead(dir, m->pos, m->target);
}

/**
 * cpuhp_walk_due - does a member take part in a segment?
 * @m:		a member at rest
 * @seg:	the segment
 *
 * A member may join in the middle of a segment and may leave it early: what
 * counts is that a step of the segment lies between its position and its
 * target.
 *
 * Context: any; takes no lock, does not sleep.
 * Return: true if it takes part.
 */
bool cpuhp_walk_due(const struct cpuhp_member *m, const struct cpuhp_seg *seg)
{
	return has_work(m, seg->dir) && cpuhp_is_ahead(seg->dir, m->pos, seg->to) &&
	       cpuhp_is_ahead(seg->dir, seg->from, m->target);
}

/* A member leaves the segment at its end or at its own target. */
static int leave_at(const struct cpuhp_member *m, const struct cpuhp_seg *seg)
{
	return cpuhp_is_ahead(seg->dir, m->target, seg->to) ? m->target : seg->to;
}

static bool way_out(const struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	return seg->dir == walk->dir;
}

/* The member rests. If it has failed, that ends its way out or its undo. */
static void member_rests(struct cpuhp_walk *walk, struct cpuhp_member *m, int err)
{
	m->moving = false;
	if (!err)
		return;
	if (m->returning) {
		m->undo_err = err;
		return;
	}
	m->err = err;
	walk->failed = true;
}

/* Does one failure on the way out end it for everybody? */
static bool one_for_all(const struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	return way_out(walk, seg) && walk->policy == CPUHP_ALL_OR_NOTHING;
}

/*
 * May one more member set out? An undo is never cut short. A way out is, by a
 * failure that concerns everybody, and by ->stop(). That is not asked any more
 * once a takedown has begun: finishing is then quicker and safer than an undo.
 */
static bool may_set_out(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	if (!way_out(walk, seg))
		return true;
	if (walk->failed && one_for_all(walk, seg))
		return false;
	if (!walk->stopped && !walk->no_return)
		walk->stopped = walk->ops->stop(walk);

	return !walk->stopped;
}

static void member_wait(struct cpuhp_walk *walk, struct cpuhp_member *m,
			const struct cpuhp_seg *seg)
{
	member_rests(walk, m, walk->ops->wait(walk, m, seg, leave_at(m, seg)));
}

/* How many members may be under way in @seg at a time. */
static unsigned int room_in(const struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	if (seg->mode == CPUHP_ONE_BY_ONE)
		return 1;
	return walk->window ?: UINT_MAX;
}

/* Of those under way, wait for the first behind @m. Return it. */
static struct cpuhp_member *wait_for_next(struct cpuhp_walk *walk, struct cpuhp_member *m,
					  const struct cpuhp_seg *seg)
{
	while (!m->moving)
		m = m->next;
	member_wait(walk, m, seg);
	return m;
}

static void cross_start_wait(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	struct cpuhp_member *m, *waited = walk->first;
	unsigned int room = room_in(walk, seg);

	for (m = walk->first; m; m = m->next) {
		if (!cpuhp_walk_due(m, seg))
			continue;
		if (!room) {
			waited = wait_for_next(walk, waited, seg);
			room++;
		}
		if (!may_set_out(walk, seg))
			break;
		m->moving = true;
		walk->ops->start(walk, m, seg, leave_at(m, seg));
		room--;
	}

	/* A member that has set out is waited for, whatever became of the others. */
	for (m = waited; m; m = m->next) {
		if (m->moving)
			member_wait(walk, m, seg);
	}
}

static bool anybody_due(const struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	const struct cpuhp_member *m;

	for (m = walk->first; m; m = m->next) {
		if (cpuhp_walk_due(m, seg))
			return true;
	}
	return false;
}

/*
 * Let the members that are due set out together. Return whether any does: on the
 * way out of ALL_OR_NOTHING, one refusal leaves all of them where they are.
 */
static bool set_out_together(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	bool any = false, refused = false;
	struct cpuhp_member *m;

	for (m = walk->first; m; m = m->next) {
		if (!cpuhp_walk_due(m, seg))
			continue;
		m->result = walk->ops->refuse(walk, m);
		m->moving = !m->result;
		any |= m->moving;
		refused |= !m->moving;
		if (m->result)
			member_rests(walk, m, m->result);
	}
	if (!refused || !one_for_all(walk, seg))
		return any;

	for (m = walk->first; m; m = m->next)
		m->moving = false;
	return false;
}

static void cross_takedown(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	struct cpuhp_member *m;

	if (!anybody_due(walk, seg) || !may_set_out(walk, seg))
		return;
	walk->no_return |= way_out(walk, seg);
	if (!set_out_together(walk, seg))
		return;

	walk->ops->takedown(walk, seg);
	for (m = walk->first; m; m = m->next) {
		if (m->moving)
			member_rests(walk, m, m->result);
	}
}

static void cross(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	if (seg->kind == CPUHP_HANDOVER && seg->dir == CPUHP_DOWN)
		cross_takedown(walk, seg);
	else
		cross_start_wait(walk, seg);
}

/* Plan for all members that have work in direction @dir, wherever they are. */
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
 * The answer to a failure: the members concerned go back to their origins in
 * lockstep. All of them, including members that have not moved yet, are notified
 * before any of them moves. A member for which no undo can be planned stays where
 * it is and is marked broken.
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
		m->returning = true;
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
		cross(walk, &walk->undo.seg[i]);
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
 * No member enters a segment before all members due in the segment before it
 * have left that one. A member with no step between position and target in the
 * direction of the operation is left alone; its position becomes its target.
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

	/* A member already past its target must not be mistaken for one that is being undone. */
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
		cross(walk, &walk->plan.seg[i]);
		if (!walk->failed && !walk->stopped)
			continue;
		undo(walk);
		if (walk->stopped || walk->policy == CPUHP_ALL_OR_NOTHING)
			break;
	}

	return first_error(walk);
}
