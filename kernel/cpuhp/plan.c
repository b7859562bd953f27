// SPDX-License-Identifier: GPL-2.0
/*
 * CPU hotplug: the line and the planner.
 *
 * Owns the arithmetic of positions on the line, and the rule by which a stretch
 * of it is cut into segments, between which the members of a batch wait for each
 * other. It knows steps by their attributes only, keeps no state, and does not
 * know what a CPU is.
 */

#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "walk.h"

/**
 * cpuhp_may_rest - may a CPU stay at a position?
 * @line:	the steps
 * @pos:	a position of the line, 0 to @line->top
 *
 * Between two steps of one handover neither side is in control of the CPU, so
 * nothing may start, end or turn back there.
 *
 * Context: any; takes no lock, does not sleep.
 * Return: false inside a run of HANDOVER steps, else true.
 */
bool cpuhp_may_rest(const struct cpuhp_line *line, int pos)
{
	if (pos <= 0 || pos >= line->top)
		return true;

	return line->kind(line, pos) != CPUHP_HANDOVER ||
	       line->kind(line, pos + 1) != CPUHP_HANDOVER;
}

/**
 * cpuhp_walk_next - the next step to run
 * @line:	the steps
 * @dir:	direction of the walk
 * @pos:	where the CPU is; moved over steps without a callback in @dir
 * @to:		where the walk ends
 *
 * Context: any; takes no lock, does not sleep.
 * Return: the step, which is not crossed before cpuhp_walk_commit(); 0 if there
 * is none left, and *@pos has then reached @to.
 */
int cpuhp_walk_next(const struct cpuhp_line *line, enum cpuhp_dir dir, int *pos, int to)
{
	while (cpuhp_is_ahead(dir, *pos, to)) {
		int state = cpuhp_state_ahead(dir, *pos);

		if (line->has(line, state, dir))
			return state;
		*pos = cpuhp_walk_commit(dir, state);
	}

	return 0;
}

/**
 * cpuhp_walk_commit - the position after a step
 * @dir:	direction of the walk
 * @state:	the step that has succeeded
 *
 * The caller stores the result as the CPU's position when the step has succeeded;
 * a step that fails leaves the position alone.
 *
 * Context: any; takes no lock, does not sleep.
 * Return: the new position.
 */
int cpuhp_walk_commit(enum cpuhp_dir dir, int state)
{
	return dir == CPUHP_UP ? state : state - 1;
}

static bool plan_possible(const struct cpuhp_line *line, enum cpuhp_dir dir, int from, int to)
{
	int low = dir == CPUHP_UP ? from : to;
	int high = dir == CPUHP_UP ? to : from;

	return low >= 0 && low <= high && high <= line->top &&
	       cpuhp_may_rest(line, low) && cpuhp_may_rest(line, high);
}

/*
 * Does it matter in which mode the members cross the step? Not if the step has
 * no callback, or a kind that leaves no choice, and not for a CPU that is alone:
 * a change of mode would only cost it a wake-up.
 */
static bool mode_matters(const struct cpuhp_line *line, enum cpuhp_dir dir, int state,
			 unsigned int nr_members)
{
	return nr_members > 1 && line->kind(line, state) == CPUHP_THREAD &&
	       line->has(line, state, dir);
}

/*
 * Must all members have crossed @state before any of them goes on? Never inside a
 * handover, which is crossed as a whole.
 */
static bool members_meet(const struct cpuhp_line *line, enum cpuhp_dir dir, int state,
			 unsigned int nr_members)
{
	return nr_members > 1 && line->kind(line, state) != CPUHP_HANDOVER &&
	       line->has(line, state, dir) && line->meets(line, state, dir);
}

/**
 * cpuhp_plan_make - cut the way between two positions into segments
 * @plan:	filled in; has no segment if an error is returned
 * @line:	the steps
 * @dir:	direction of the walk
 * @from:	where it begins
 * @to:		where it ends
 * @nr_members:	how many CPUs are going to walk it
 *
 * A segment ends where the kind of the steps changes, among THREAD steps where
 * the mode changes, and behind a step after which the members meet. Of a step
 * without a callback in direction @dir only the kind counts. A segment whose mode
 * no step decides is ONE_BY_ONE.
 *
 * Context: any; takes no lock, does not sleep.
 * Return: 0 (with no segment if @from is @to), -EINVAL if there is no way from
 * @from to @to in direction @dir or one of them is inside a handover, -ENOSPC
 * if the plan would need more than CPUHP_PLAN_MAX segments.
 */
int cpuhp_plan_make(struct cpuhp_plan *plan, const struct cpuhp_line *line,
		    enum cpuhp_dir dir, int from, int to, unsigned int nr_members)
{
	struct cpuhp_seg *seg = NULL;
	bool mode_is_set = false;
	bool meet = false;
	int pos, next;

	plan->dir = dir;
	plan->nr = 0;

	if (!plan_possible(line, dir, from, to))
		return -EINVAL;

	for (pos = from; pos != to; pos = next) {
		int state = cpuhp_state_ahead(dir, pos);
		enum cpuhp_kind kind = line->kind(line, state);
		enum cpuhp_mode mode = CPUHP_ONE_BY_ONE;
		bool matters = mode_matters(line, dir, state, nr_members);

		if (matters)
			mode = line->mode(line, state, dir);
		next = cpuhp_walk_commit(dir, state);

		if (!seg || meet || seg->kind != kind ||
		    (matters && mode_is_set && seg->mode != mode)) {
			if (plan->nr == CPUHP_PLAN_MAX) {
				plan->nr = 0;
				return -ENOSPC;
			}
			seg = &plan->seg[plan->nr++];
			seg->dir = dir;
			seg->kind = kind;
			seg->from = pos;
			mode_is_set = false;
		}
		if (!mode_is_set)
			seg->mode = mode;
		mode_is_set |= matters;
		meet = members_meet(line, dir, state, nr_members);
		seg->to = next;
	}

	return 0;
}
