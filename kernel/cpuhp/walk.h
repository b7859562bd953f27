/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pure half of CPU hotplug: planner and walker.
 *
 * Nothing here or in plan.c and walk.c may take a lock, touch per-CPU data,
 * print or sleep. Its input comes in as arguments; its effects go out through
 * struct cpuhp_walk_ops. So the two files can be compiled three times: into the
 * kernel, under KUnit, and in user space with sanitizers and a fuzzer
 * (tools/testing/cpuhp).
 *
 * Position
 *   A CPU's position is a state number P and means: every step up to and
 *   including P is up, every step above P is down. It moves only after a step's
 *   callback has succeeded, so it always says what is completed.
 *   Going up from P runs step P + 1 and then moves to P + 1.
 *   Going down from P runs step P and then moves to P - 1.
 */
#ifndef _KERNEL_CPUHP_WALK_H
#define _KERNEL_CPUHP_WALK_H

#include <linux/types.h>

/** enum cpuhp_dir - which way along the line; an index into per-direction pairs */
enum cpuhp_dir {
	CPUHP_UP,
	CPUHP_DOWN,
};

static inline enum cpuhp_dir cpuhp_inverse(enum cpuhp_dir dir)
{
	return dir == CPUHP_UP ? CPUHP_DOWN : CPUHP_UP;
}

/* Does a CPU at @pos, moving in direction @dir, still have a step to run before @to? */
static inline bool cpuhp_is_ahead(enum cpuhp_dir dir, int pos, int to)
{
	return dir == CPUHP_UP ? pos < to : pos > to;
}

/* The step that leads onwards from position @pos */
static inline int cpuhp_state_ahead(enum cpuhp_dir dir, int pos)
{
	return dir == CPUHP_UP ? pos + 1 : pos;
}

/**
 * enum cpuhp_kind - who runs a step, and in which context
 * @CPUHP_PREPARE:	control CPU, task context, for one CPU after the other
 * @CPUHP_HANDOVER:	control passes between BP and AP: kick, alive and the
 *			STARTING steps going up; takedown, the DYING steps and
 *			death going down. Always crossed as a whole.
 * @CPUHP_THREAD:	the hotplug thread of the moving CPU
 */
enum cpuhp_kind {
	CPUHP_PREPARE,
	CPUHP_HANDOVER,
	CPUHP_THREAD,
};

/**
 * enum cpuhp_mode - how the members of a batch share a segment
 * @CPUHP_ONE_BY_ONE:	a member starts after the one before it has finished
 * @CPUHP_CONCURRENT:	members are started until cpuhp_walk.window of them are under way,
 *			and each next one when the first of these has arrived
 */
enum cpuhp_mode {
	CPUHP_ONE_BY_ONE,
	CPUHP_CONCURRENT,
};

/** enum cpuhp_policy - what a failing member means for the others */
enum cpuhp_policy {
	CPUHP_ALL_OR_NOTHING,	/* every member goes back to where it was */
	CPUHP_EACH,		/* only the failing member goes back */
};

/**
 * struct cpuhp_line - what planner and walker may ask about the steps
 * @top:	the highest position; the lowest is 0
 * @kind:	kind of the step @state
 * @mode:	mode of the step @state in direction @dir; asked for THREAD steps
 * @has:	true if the step @state has a callback in direction @dir
 * @meets:	true if no member of a batch may go on from the step @state in
 *		direction @dir before all of them have crossed it; has no
 *		effect on a HANDOVER step
 */
struct cpuhp_line {
	int top;
	enum cpuhp_kind (*kind)(const struct cpuhp_line *line, int state);
	enum cpuhp_mode (*mode)(const struct cpuhp_line *line, int state,
				enum cpuhp_dir dir);
	bool (*has)(const struct cpuhp_line *line, int state,
		    enum cpuhp_dir dir);
	bool (*meets)(const struct cpuhp_line *line, int state,
		      enum cpuhp_dir dir);
};

/**
 * struct cpuhp_seg - a run of steps that a batch crosses without a barrier
 * @dir:	direction in which it is crossed
 * @kind:	common to all its steps
 * @mode:	how the members share it
 * @from:	position before its first step, in walking direction
 * @to:		position after its last step
 */
struct cpuhp_seg {
	enum cpuhp_dir dir;
	enum cpuhp_kind kind;
	enum cpuhp_mode mode;
	int from;
	int to;
};

/* A segment has at least one step, so a line of this many steps always fits. */
#define CPUHP_PLAN_MAX	256

/**
 * struct cpuhp_plan - the segments of one walk, in walking order
 * @dir:	direction of the walk
 * @nr:		number of segments; seg[i].to == seg[i + 1].from
 * @seg:	the segments
 */
struct cpuhp_plan {
	enum cpuhp_dir dir;
	int nr;
	struct cpuhp_seg seg[CPUHP_PLAN_MAX];
};

/**
 * struct cpuhp_member - one CPU's part in an operation
 * @next:	next member of the set, NULL after the last
 * @cpu:	its number; opaque here
 * @pos:	where it is, see "Position" above; the one record of it
 * @origin:	where it was when the operation began; an undo leads here
 * @target:	where the walk in progress leads it: the aim of the operation,
 *		or @origin while it is being undone
 * @returning:	it has been sent back: @target is @origin
 * @moving:	it has set out into a segment and is not yet known to rest
 * @result:	0 or the error of the segment that it crossed last; set by the ops
 * @err:	the error that ended its way out, or 0
 * @undo_err:	the error that ended its undo, or 0; the member then stays where
 *		it is and takes no further part ("broken")
 */
struct cpuhp_member {
	struct cpuhp_member *next;
	unsigned int cpu;
	int pos;
	int origin;
	int target;
	bool returning;
	bool moving;
	int result;
	int err;
	int undo_err;
};

struct cpuhp_walk;

/**
 * struct cpuhp_walk_ops - how the walker moves real (or pretended) CPUs
 * @turn:	the member is about to move in direction @dir towards
 *		m->target; called once per member before a walk, and once more
 *		if it is sent back, even if it has not left its origin
 * @start:	set the member moving through @seg to position @to. May return
 *		before it has arrived
 * @wait:	wait until the member rests, and return its result: 0 when
 *		m->pos is @to, else the error of the step that failed, with
 *		m->pos where the step before it left the member. A HANDOVER
 *		upwards is crossed as a whole or not at all: after an error
 *		m->pos is what it was before, or @to if the member is not
 *		wanted there
 * @refuse:	is it known beforehand that this member cannot be taken down?
 *		The error, or 0. Asked of each member that is due at a takedown,
 *		before any of them moves
 * @takedown:	take all members with m->moving down through the HANDOVER @seg
 *		together. Sets m->result of those: 0 and m->pos == seg->to, or
 *		the error, with m->pos as it was
 * @stop:	a reason to give up (-EINTR), or 0. Asked before each start and
 *		before a takedown, on the way out only, and not after a takedown
 *		has begun
 */
struct cpuhp_walk_ops {
	void (*turn)(struct cpuhp_walk *walk, struct cpuhp_member *m,
		     enum cpuhp_dir dir);
	void (*start)(struct cpuhp_walk *walk, struct cpuhp_member *m,
		      const struct cpuhp_seg *seg, int to);
	int (*wait)(struct cpuhp_walk *walk, struct cpuhp_member *m,
		    const struct cpuhp_seg *seg, int to);
	int (*refuse)(struct cpuhp_walk *walk, struct cpuhp_member *m);
	void (*takedown)(struct cpuhp_walk *walk, const struct cpuhp_seg *seg);
	int (*stop)(struct cpuhp_walk *walk);
};

/**
 * struct cpuhp_walk - one operation on a set of CPUs
 * @line:	the steps
 * @ops:	how members move
 * @first:	the members, linked by cpuhp_member.next
 * @policy:	what a failure means for the others
 * @window:	how many members cross a CONCURRENT segment at a time; 0: all
 * @dir:	direction of the operation (not of an undo in progress)
 * @plan:	where the way out is planned
 * @undo:	where an undo is planned
 * @seg:	index in @plan of the segment being crossed, or at which an undo
 *		began, for progress reports; read it with READ_ONCE()
 * @stopped:	the error ->stop() gave, or 0
 * @failed:	a member has failed on the way out, and the undo has not begun;
 *		private to the walker
 * @no_return:	a takedown has begun on the way out; ->stop() is not asked
 *		again
 *
 * Large: lives in static storage, under the lock that operations hold.
 */
struct cpuhp_walk {
	const struct cpuhp_line *line;
	const struct cpuhp_walk_ops *ops;
	struct cpuhp_member *first;
	enum cpuhp_policy policy;
	unsigned int window;
	enum cpuhp_dir dir;
	struct cpuhp_plan plan;
	struct cpuhp_plan undo;
	int seg;
	int stopped;
	bool failed;
	bool no_return;
};

/* plan.c */
bool cpuhp_may_rest(const struct cpuhp_line *line, int pos);
int cpuhp_walk_next(const struct cpuhp_line *line, enum cpuhp_dir dir, int *pos, int to);
int cpuhp_walk_commit(enum cpuhp_dir dir, int state);
int cpuhp_plan_make(struct cpuhp_plan *plan, const struct cpuhp_line *line,
		    enum cpuhp_dir dir, int from, int to, unsigned int nr_members);

/* walk.c */
bool cpuhp_walk_due(const struct cpuhp_member *m, const struct cpuhp_seg *seg);
int cpuhp_walk_run(struct cpuhp_walk *walk);

#endif /* _KERNEL_CPUHP_WALK_H */
