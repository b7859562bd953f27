// SPDX-License-Identifier: GPL-2.0
/*
 * Compares what has happened in the world with what had to happen.
 *
 * Three questions. Is each CPU where it has to be, with the error it has to
 * have? Did each CPU live through exactly the steps it had to, in their order
 * (its script)? And did the CPUs keep to the barriers between them? For the
 * last one every entry of the log has a key, which may never fall:
 *
 *	0			told to go, before anybody moves
 *	(s + 1) * KEYS		in stage s of the way out
 *	(s + 1) * KEYS + 1	told to go back because of something in stage s
 *	(s + 1) * KEYS + 2 + u	in stage u of that undo
 */

#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "walk_lab.h"

#define KEYS		(LAB_STEPS + 2)

/* Where the reading of the log has got to. */
struct reader {
	struct lab *lab;
	int key;
	int in_flight;
	bool landed;
	bool no_return;
};

static bool wrong(struct lab *lab, const char *why)
{
	if (!lab->why)
		lab->why = why;
	return false;
}

static int key_out(const struct lab *lab, int state)
{
	return (lab->verdict.out.stage[state] + 1) * KEYS;
}

static int key_back(const struct lab *lab, const struct lab_script *s, int cpu, int state)
{
	return (lab->verdict.cpu[cpu].group + 1) * KEYS + 2 + s->back.stage[state];
}

static void script_add(struct lab_script *s, struct lab_event event, int key)
{
	s->key[s->nr] = key;
	s->event[s->nr++] = event;
}

static bool first_of_unit(const struct lab_line *line, enum cpuhp_dir dir, int state)
{
	int before = dir == CPUHP_UP ? state - 1 : state + 1;

	if (line->step[state].kind != CPUHP_HANDOVER)
		return line->step[state].has[dir];
	return before < 1 || before > line->line.top ||
	       line->step[before].kind != CPUHP_HANDOVER;
}

/* All steps between two positions, and after them the one that fails, if any. */
static void script_steps(const struct lab *lab, struct lab_script *s, int cpu, enum cpuhp_dir dir,
			 int from, int to, int fails)
{
	const struct lab_line *line = &lab->sc.line;
	int step = dir == CPUHP_UP ? 1 : -1;
	int state = dir == CPUHP_UP ? from + 1 : from;
	int end = dir == CPUHP_UP ? to + 1 : to;

	for (; state != end || state == fails; state += step) {
		if (first_of_unit(line, dir, state))
			script_add(s, (struct lab_event){
				.what = LAB_STEP, .dir = dir, .cpu = cpu, .state = state,
				.err = state == fails ? lab_errno(cpu, dir, state) : 0,
			}, dir == lab->sc.dir ? key_out(lab, state) : key_back(lab, s, cpu, state));
		if (state == fails)
			return;
	}
}

/* CPUs that go back for the same reason share a way. */
static void find_way_back(const struct lab *lab, struct lab_script *s, int group)
{
	enum cpuhp_dir dir = cpuhp_inverse(lab->sc.dir);
	int from = 0, to = 0, nr = 0, cpu;

	for (cpu = 0; cpu < lab->sc.nr_cpus; cpu++) {
		const struct lab_fate *f = &lab->verdict.cpu[cpu];
		int origin = lab->sc.cpu[cpu].pos;

		if (!f->back || f->torn || f->group != group || f->reach == origin)
			continue;
		if (!nr || (dir == CPUHP_UP ? f->reach < from : f->reach > from))
			from = f->reach;
		if (!nr || (dir == CPUHP_UP ? origin > to : origin < to))
			to = origin;
		nr++;
	}
	lab_way_make(&s->back, &lab->sc.line, dir, from, to, nr);
}

static void script_make(const struct lab *lab, struct lab_script *s, int cpu)
{
	const struct lab_fate *f = &lab->verdict.cpu[cpu];
	enum cpuhp_dir dir = lab->sc.dir;
	int origin = lab->sc.cpu[cpu].pos;

	s->nr = 0;
	s->next = 0;
	if (!f->works)
		return;

	script_add(s, (struct lab_event){
		.what = LAB_TURN, .dir = dir, .cpu = cpu, .to = lab->sc.cpu[cpu].target,
	}, 0);
	script_steps(lab, s, cpu, dir, origin, f->reach, f->fail_state);
	if (!f->back || f->torn)
		return;

	find_way_back(lab, s, f->group);
	script_add(s, (struct lab_event){
		.what = LAB_TURN, .dir = cpuhp_inverse(dir), .cpu = cpu, .to = origin,
	}, (f->group + 1) * KEYS + 1);
	script_steps(lab, s, cpu, cpuhp_inverse(dir), f->reach, f->final, f->undo_state);
}

static bool read_key(struct reader *r, int key)
{
	if (key < r->key)
		return wrong(r->lab, "somebody is behind a barrier that somebody else has passed");
	if (key > r->key) {
		if (r->in_flight)
			return wrong(r->lab, "passes a barrier before everybody has come there");
		r->landed = false;
	}
	r->key = key;
	return true;
}

static bool read_script(struct reader *r, const struct lab_event *e)
{
	struct lab_script *s = &r->lab->script[e->cpu];
	const struct lab_event *want = &s->event[s->next];

	if (s->next == s->nr)
		return wrong(r->lab, "does more than is due");
	if (e->what != want->what || e->dir != want->dir || e->state != want->state)
		return wrong(r->lab, "does something else than is due");
	if (e->err != want->err)
		return wrong(r->lab, "fails where it must not, or does not where it must");
	if (e->what == LAB_TURN && e->to != want->to)
		return wrong(r->lab, "is told the wrong target");
	return read_key(r, s->key[s->next++]);
}

/* Where a CPU that starts before @state has to leave the stage. */
static int leave_at(const struct lab_way *way, int state, int target)
{
	int step = way->dir == CPUHP_UP ? 1 : -1;
	int stage = way->stage[state];
	int pos = way->dir == CPUHP_UP ? state - 1 : state;

	while (pos != target && state >= 1 && state <= LAB_STEPS && way->stage[state] == stage) {
		pos += step;
		state += step;
	}
	return pos;
}

/* ->stop() is asked before each start and takedown of the way out, else never. */
static bool read_permission(struct reader *r, const struct lab_event *e)
{
	bool asked = e > r->lab->log && e[-1].what == LAB_ASK;

	if (asked != (e->dir == r->lab->sc.dir && !r->no_return))
		return wrong(r->lab, "->stop() is asked too often or not often enough");
	return true;
}

static bool read_start(struct reader *r, const struct lab_event *e)
{
	struct lab *lab = r->lab;
	struct lab_script *s = &r->lab->script[e->cpu];
	bool out = e->dir == lab->sc.dir;
	const struct lab_way *way = out ? &lab->verdict.out : &s->back;
	int target = out ? lab->sc.cpu[e->cpu].target : lab->sc.cpu[e->cpu].pos;
	int room;

	if (!s->next || e->state < 1 || e->state > lab->sc.line.line.top ||
	    way->stage[e->state] < 0)
		return wrong(lab, "starts a CPU that has nothing to do");
	if (!read_permission(r, e) ||
	    !read_key(r, out ? key_out(lab, e->state) : key_back(lab, s, e->cpu, e->state)))
		return false;
	if (e->to != leave_at(way, e->state, target))
		return wrong(lab, "starts a CPU to the wrong position");
	room = lab_room(&lab->sc, way, e->state);
	if (r->in_flight >= room)
		return wrong(lab, "starts a CPU while too many are under way");
	if (r->landed && r->in_flight < room - 1)
		return wrong(lab, "waits for a CPU although others may start");
	r->in_flight++;
	return true;
}

static bool read_takedown(struct reader *r, const struct lab_event *e)
{
	const struct lab_line *line = &r->lab->sc.line;
	int state;

	if (!read_permission(r, e))
		return false;
	if (!first_of_unit(line, CPUHP_DOWN, e->state) || !lab_may_rest(line, e->to))
		return wrong(r->lab, "takedown does not cross a handover as a whole");
	for (state = e->state; state > e->to; state--) {
		if (line->step[state].kind != CPUHP_HANDOVER)
			return wrong(r->lab, "takedown crosses more than a handover");
	}
	if (e + 1 == r->lab->log + r->lab->nr_log || e[1].what != LAB_STEP)
		return wrong(r->lab, "takedown of nobody");
	if (!read_key(r, r->lab->script[e[1].cpu].key[r->lab->script[e[1].cpu].next]))
		return false;
	if (r->landed)
		return wrong(r->lab, "second takedown in one stage");
	r->landed = true;
	r->no_return |= r->lab->sc.dir == CPUHP_DOWN;
	return true;
}

static bool read_event(struct reader *r, const struct lab_event *e)
{
	switch (e->what) {
	case LAB_TURN:
	case LAB_STEP:
		return read_script(r, e);
	case LAB_START:
		return read_start(r, e);
	case LAB_TAKEDOWN:
		return read_takedown(r, e);
	case LAB_LAND:
		r->in_flight--;
		r->landed = true;
		return true;
	case LAB_ASK:
		return true;
	}
	return wrong(r->lab, "writes nonsense into the log");
}

static bool check_log(struct lab *lab)
{
	struct reader r = { .lab = lab };
	int cpu, i;

	for (cpu = 0; cpu < lab->sc.nr_cpus; cpu++)
		script_make(lab, &lab->script[cpu], cpu);

	for (i = 0; i < lab->nr_log; i++) {
		if (!read_event(&r, &lab->log[i]))
			return false;
	}
	for (cpu = 0; cpu < lab->sc.nr_cpus; cpu++) {
		if (lab->script[cpu].next != lab->script[cpu].nr)
			return wrong(lab, "does less than is due");
	}
	if (r.in_flight)
		return wrong(lab, "does not wait for a CPU");
	if (lab->asked != lab->verdict.asks)
		return wrong(lab, "->stop() is asked too often or not often enough");
	return true;
}

static bool check_member(struct lab *lab, int cpu)
{
	const struct cpuhp_member *m = &lab->member[cpu];
	const struct lab_fate *f = &lab->verdict.cpu[cpu];
	const struct lab_cpu *c = &lab->sc.cpu[cpu];
	int err = f->fail_state ? lab_errno(cpu, lab->sc.dir, f->fail_state) : 0;
	int undo_err = c->broken ? LAB_BROKEN : 0;

	if (f->torn)
		undo_err = -EINVAL;
	else if (f->undo_state)
		undo_err = lab_errno(cpu, cpuhp_inverse(lab->sc.dir), f->undo_state);

	if (m->pos != f->final)
		return wrong(lab, "ends at the wrong position");
	if (m->err != err)
		return wrong(lab, "ends with the wrong error");
	if (m->undo_err != undo_err)
		return wrong(lab, "ends with the wrong error of the undo");
	if (m->origin != c->pos)
		return wrong(lab, "forgets where it came from");
	if (f->works && m->target != (f->back ? c->pos : c->target))
		return wrong(lab, "ends with the wrong target");
	if (m->moving)
		return wrong(lab, "ends under way");
	if (m->returning != f->back)
		return wrong(lab, "does not know that it was sent back, or believes so");
	return true;
}

/**
 * lab_try - play the scenario and compare
 * @lab:	the laboratory, with @lab->sc filled in
 *
 * Return: true if everything is as it has to be, else @lab->why says what is
 * wrong.
 */
bool lab_try(struct lab *lab)
{
	int ret, cpu;

	lab->tries++;
	lab_expect(&lab->sc, &lab->verdict);
	ret = lab_play(lab);
	if (lab->why || !check_log(lab))
		return false;
	for (cpu = 0; cpu < lab->sc.nr_cpus; cpu++) {
		if (!check_member(lab, cpu))
			return false;
	}
	return ret == lab->verdict.ret || wrong(lab, "returns the wrong error");
}

/**
 * lab_check_plan - make one plan and compare
 * @lab:	the laboratory, with @lab->sc.line filled in
 * @dir:	direction
 * @from:	any number
 * @to:		any number
 * @nr_cpus:	how many are going to walk it
 *
 * Return: true if everything is as it has to be, else @lab->why says what is
 * wrong.
 */
bool lab_check_plan(struct lab *lab, enum cpuhp_dir dir, int from, int to, int nr_cpus)
{
	const struct lab_line *line = &lab->sc.line;
	struct cpuhp_plan *plan = &lab->walk.plan;
	struct lab_way *way = &lab->verdict.out;
	int want = 0, pos = from, i;
	int ret;

	lab->tries++;
	lab->why = NULL;
	if (!lab_may_rest(line, from) || !lab_may_rest(line, to) ||
	    (dir == CPUHP_UP ? from > to : from < to))
		want = -EINVAL;

	ret = cpuhp_plan_make(plan, &line->line, dir, from, to, nr_cpus);
	if (lab->why)
		return false;
	if (ret != want)
		return wrong(lab, "plan: wrong return value");
	if (want)
		return !plan->nr || wrong(lab, "plan: refused, and yet has segments");
	if (plan->dir != dir)
		return wrong(lab, "plan: wrong direction");

	lab_way_make(way, line, dir, from, to, nr_cpus);
	for (i = 0; i < plan->nr; i++) {
		const struct cpuhp_seg *seg = &plan->seg[i];
		enum cpuhp_mode mode;
		int state = dir == CPUHP_UP ? pos + 1 : pos;

		if (seg->from != pos || pos == to)
			return wrong(lab, "plan: has a gap");
		if (seg->to != leave_at(way, state, to))
			return wrong(lab, "plan: barrier in the wrong place");
		if (seg->dir != dir)
			return wrong(lab, "plan: segment in the wrong direction");
		if (seg->kind != line->step[state].kind)
			return wrong(lab, "plan: wrong kind");
		mode = lab_serial(line, way, state) ? CPUHP_ONE_BY_ONE : CPUHP_CONCURRENT;
		if (seg->mode != mode && !(seg->kind == CPUHP_HANDOVER && dir == CPUHP_DOWN))
			return wrong(lab, "plan: wrong mode");
		pos = seg->to;
	}
	return pos == to || wrong(lab, "plan: does not get there");
}

/* A segment and the way of a CPU, from position to position: do they overlap? */
static bool overlap(enum cpuhp_dir dir, const int seg[2], const int way[2])
{
	int state;

	for (state = 1; state <= LAB_STEPS; state++) {
		if (dir == CPUHP_UP && state > seg[0] && state <= seg[1] &&
		    state > way[0] && state <= way[1])
			return true;
		if (dir == CPUHP_DOWN && state <= seg[0] && state > seg[1] &&
		    state <= way[0] && state > way[1])
			return true;
	}
	return false;
}

/**
 * lab_check_due - ask once whether a member is due, and compare
 * @lab:	the laboratory
 * @dir:	direction
 * @seg:	position before and after the segment
 * @way:	position and target of the member
 *
 * Return: true if everything is as it has to be, else @lab->why says what is
 * wrong.
 */
bool lab_check_due(struct lab *lab, enum cpuhp_dir dir, const int seg[2], const int way[2])
{
	struct cpuhp_member *m = &lab->member[0];
	struct cpuhp_seg s = { .dir = dir, .from = seg[0], .to = seg[1] };

	lab->tries++;
	lab->why = NULL;
	*m = (struct cpuhp_member){ .pos = way[0], .target = way[1] };
	if (cpuhp_walk_due(m, &s) != overlap(dir, seg, way))
		return wrong(lab, "due: where no step is in common, or not where one is");

	m->undo_err = LAB_BROKEN;
	if (cpuhp_walk_due(m, &s))
		return wrong(lab, "due: though it is broken");
	return true;
}
