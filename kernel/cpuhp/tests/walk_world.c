// SPDX-License-Identifier: GPL-2.0
/*
 * Pretended CPUs: the ops through which the walker under test moves them.
 *
 * Plays a scenario and writes down what happens; judges nothing, except where
 * the world itself would come apart: a step asked for that does not exist, a
 * callback run twice, a CPU started while it moves.
 */

#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "walk_lab.h"

static struct lab *lab_of(struct cpuhp_walk *walk)
{
	return container_of(walk, struct lab, walk);
}

static const struct lab_step *step_of(const struct cpuhp_line *line, int state)
{
	static const struct lab_step none;
	const struct lab_line *l = container_of(line, struct lab_line, line);
	struct lab *lab = container_of(l, struct lab, sc.line);

	if (state >= 1 && state <= line->top)
		return &l->step[state];

	lab->why = "asks for a step that does not exist";
	return &none;
}

static enum cpuhp_kind lab_kind(const struct cpuhp_line *line, int state)
{
	return step_of(line, state)->kind;
}

static enum cpuhp_mode lab_mode(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	const struct lab_line *l = container_of(line, struct lab_line, line);
	struct lab *lab = container_of(l, struct lab, sc.line);

	if (step_of(line, state)->kind != CPUHP_THREAD)
		lab->why = "asks for the mode of a step that is not a THREAD step";
	return step_of(line, state)->mode[dir];
}

static bool lab_has(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return step_of(line, state)->has[dir];
}

static bool lab_meets(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return step_of(line, state)->meets[dir];
}

/**
 * lab_line_init - make a line of a laboratory that has steps yet to be described
 * @line:	the line; must be sc.line of a struct lab
 * @top:	number of its steps, at most LAB_STEPS
 */
void lab_line_init(struct lab_line *line, int top)
{
	*line = (struct lab_line){
		.line = {
			.top = top, .kind = lab_kind, .mode = lab_mode, .has = lab_has,
			.meets = lab_meets,
		},
	};
}

static void write_down(struct lab *lab, struct lab_event event)
{
	if (lab->nr_log < LAB_LOG)
		lab->log[lab->nr_log++] = event;
	else
		lab->why = "never comes to an end";
}

static int index_of(struct lab *lab, struct cpuhp_member *m)
{
	return m - lab->member;
}

static bool is_up(const struct lab *lab, int cpu, int state)
{
	return lab->up[cpu] >> state & 1;
}

/* Does any step fail, from @state on up to position @to? */
static bool fails_in(const struct lab *lab, int cpu, enum cpuhp_dir dir, int state, int to)
{
	int step = dir == CPUHP_UP ? 1 : -1;
	int last = dir == CPUHP_UP ? to : to + 1;
	int r;

	for (r = state; r != last + step && r >= 1 && r <= LAB_STEPS; r += step) {
		if (lab->sc.line.step[r].has[dir] && (lab->sc.cpu[cpu].fails[dir] >> r & 1))
			return true;
	}
	return false;
}

/* Run one step or a whole handover: its steps up to and including @to. */
static int run(struct lab *lab, int cpu, enum cpuhp_dir dir, int state, int to)
{
	int err = fails_in(lab, cpu, dir, state, to) ? lab_errno(cpu, dir, state) : 0;
	int step = dir == CPUHP_UP ? 1 : -1;
	int last = dir == CPUHP_UP ? to : to + 1;
	int r;

	for (r = state; r != last + step && r >= 1 && r <= LAB_STEPS; r += step) {
		if (is_up(lab, cpu, r) ? dir == CPUHP_UP : dir == CPUHP_DOWN)
			lab->why = "takes a step up or down twice";
	}
	if (!err) {
		for (r = state; r != last + step && r >= 1 && r <= LAB_STEPS; r += step)
			lab->up[cpu] ^= 1U << r;
	}
	write_down(lab, (struct lab_event){
		.what = LAB_STEP, .dir = dir, .cpu = cpu, .state = state, .to = to, .err = err,
	});
	return err;
}

/* The position as the world sees it: steps without a callback cost nothing. */
static void cross_empty_steps(struct lab *lab, int cpu, enum cpuhp_dir dir, int from, int to)
{
	for (; dir == CPUHP_UP && from < to; from++)
		lab->up[cpu] |= 1U << (from + 1);
	for (; dir == CPUHP_DOWN && from > to; from--)
		lab->up[cpu] &= ~(1U << from);
}

/* One step of a CPU that is under way. */
static void advance(struct lab *lab, int cpu)
{
	struct lab_flight *f = &lab->flight[cpu];
	struct cpuhp_member *m = &lab->member[cpu];
	enum cpuhp_dir dir = f->seg->dir;
	int from = m->pos;
	int state;

	if (f->seg->kind == CPUHP_HANDOVER) {
		f->err = run(lab, cpu, dir, cpuhp_state_ahead(dir, m->pos), f->to);
		if (!f->err)
			m->pos = f->to;
		else if (lab->sc.torn && m->pos + 1 < f->to)
			m->pos++;
		f->moving = false;
		return;
	}

	state = cpuhp_walk_next(lab->walk.line, dir, &m->pos, f->to);
	cross_empty_steps(lab, cpu, dir, from, m->pos);
	if (state) {
		f->err = run(lab, cpu, dir, state, dir == CPUHP_UP ? state : state - 1);
		if (!f->err)
			m->pos = cpuhp_walk_commit(dir, state);
	}
	f->moving = state && !f->err && !lab->why;
}

/* The walker must report the segment that it crosses. */
static void look_at_progress(struct lab *lab, const struct cpuhp_seg *seg)
{
	if (seg->dir == lab->sc.dir && seg != &lab->walk.plan.seg[lab->walk.seg])
		lab->why = "says that it crosses another segment than it does";
}

static void world_turn(struct cpuhp_walk *walk, struct cpuhp_member *m, enum cpuhp_dir dir)
{
	struct lab *lab = lab_of(walk);

	write_down(lab, (struct lab_event){
		.what = LAB_TURN, .dir = dir, .cpu = index_of(lab, m), .to = m->target,
	});
}

static void world_start(struct cpuhp_walk *walk, struct cpuhp_member *m,
			const struct cpuhp_seg *seg, int to)
{
	struct lab *lab = lab_of(walk);
	int cpu = index_of(lab, m);
	struct lab_flight *f = &lab->flight[cpu];

	look_at_progress(lab, seg);
	if (f->seg)
		lab->why = "starts a CPU that is under way";
	*f = (struct lab_flight){ .to = to, .seg = seg, .moving = true };
	write_down(lab, (struct lab_event){
		.what = LAB_START, .dir = seg->dir, .cpu = cpu,
		.state = cpuhp_state_ahead(seg->dir, m->pos), .to = to,
	});

	while (f->moving && lab->sc.pace == LAB_EAGER)
		advance(lab, cpu);
}

static int world_wait(struct cpuhp_walk *walk, struct cpuhp_member *m,
		      const struct cpuhp_seg *seg, int to)
{
	struct lab *lab = lab_of(walk);
	int cpu = index_of(lab, m);
	struct lab_flight *f = &lab->flight[cpu];
	int other;

	if (f->seg != seg || f->to != to)
		lab->why = "waits for something else than it has started";

	while (f->moving) {
		advance(lab, cpu);
		for (other = 0; other < lab->sc.nr_cpus; other++) {
			if (lab->sc.pace == LAB_MIXED && lab->flight[other].moving)
				advance(lab, other);
		}
	}
	f->seg = NULL;
	write_down(lab, (struct lab_event){ .what = LAB_LAND, .cpu = cpu });
	return f->err;
}

/* The log tells of a takedown once, when the first CPU is asked or moves. */
static void begin_takedown(struct lab *lab, const struct cpuhp_seg *seg)
{
	if (lab->down == seg)
		return;
	lab->down = seg;
	look_at_progress(lab, seg);
	write_down(lab, (struct lab_event){
		.what = LAB_TAKEDOWN, .dir = CPUHP_DOWN, .state = seg->from, .to = seg->to,
	});
}

/* ->refuse() is not told the segment: find it in the plan that is being walked. */
static const struct cpuhp_seg *takedown_of(struct lab *lab, const struct cpuhp_member *m)
{
	const struct cpuhp_plan *plan = m->returning ? &lab->walk.undo : &lab->walk.plan;
	int i;

	for (i = 0; i < plan->nr; i++) {
		if (plan->seg[i].kind == CPUHP_HANDOVER && plan->seg[i].from == m->pos)
			return &plan->seg[i];
	}
	return NULL;
}

static int world_refuse(struct cpuhp_walk *walk, struct cpuhp_member *m)
{
	struct lab *lab = lab_of(walk);
	const struct cpuhp_seg *seg = takedown_of(lab, m);
	int cpu = index_of(lab, m);

	if (!seg) {
		lab->why = "asks a CPU that is not before a takedown";
		return 0;
	}
	begin_takedown(lab, seg);
	if (!lab->sc.early || !fails_in(lab, cpu, CPUHP_DOWN, seg->from, seg->to))
		return 0;
	return run(lab, cpu, CPUHP_DOWN, seg->from, seg->to);
}

static void world_takedown(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	struct lab *lab = lab_of(walk);
	int cpu;

	begin_takedown(lab, seg);
	for (cpu = 0; cpu < lab->sc.nr_cpus; cpu++) {
		struct cpuhp_member *m = &lab->member[cpu];

		if (!m->moving)
			continue;
		m->result = run(lab, cpu, CPUHP_DOWN, seg->from, seg->to);
		if (!m->result)
			m->pos = seg->to;
	}
}

static int world_stop(struct cpuhp_walk *walk)
{
	struct lab *lab = lab_of(walk);

	write_down(lab, (struct lab_event){ .what = LAB_ASK });
	return ++lab->asked == lab->sc.stop_at ? LAB_STOPPED : 0;
}

static const struct cpuhp_walk_ops world_ops = {
	.turn		= world_turn,
	.start		= world_start,
	.wait		= world_wait,
	.refuse		= world_refuse,
	.takedown	= world_takedown,
	.stop		= world_stop,
};

/**
 * lab_play - play the scenario with the walker under test
 * @lab:	the laboratory; @lab->log, @lab->member and @lab->why are filled
 *
 * Return: what cpuhp_walk_run() has returned.
 */
int lab_play(struct lab *lab)
{
	int cpu;

	lab->nr_log = 0;
	lab->asked = 0;
	lab->down = NULL;
	lab->why = NULL;
	for (cpu = 0; cpu < lab->sc.nr_cpus; cpu++) {
		const struct lab_cpu *c = &lab->sc.cpu[cpu];

		lab->member[cpu] = (struct cpuhp_member){
			.next = cpu + 1 < lab->sc.nr_cpus ? &lab->member[cpu + 1] : NULL,
			.cpu = cpu,
			.pos = c->pos,
			.origin = c->pos,
			.target = c->target,
			.undo_err = c->broken ? LAB_BROKEN : 0,
			/* Left over from a former operation; must not matter. */
			.result = LAB_BROKEN,
		};
		lab->flight[cpu] = (struct lab_flight){ };
		lab->up[cpu] = (2U << (c->pos < 0 ? 0 : c->pos)) - 1;
	}
	lab->walk.line = &lab->sc.line.line;
	lab->walk.ops = &world_ops;
	lab->walk.first = lab->sc.nr_cpus ? &lab->member[0] : NULL;
	lab->walk.policy = lab->sc.policy;
	lab->walk.window = lab->sc.window;
	lab->walk.dir = lab->sc.dir;

	return cpuhp_walk_run(&lab->walk);
}
