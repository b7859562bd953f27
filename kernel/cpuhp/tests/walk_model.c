// SPDX-License-Identifier: GPL-2.0
/*
 * The required outcome of an operation, from the rules alone.
 *
 * The walker steps through time; the model does not. It says where barriers
 * stand, at what moment each CPU would fail if it were alone, and takes
 * the earliest moment that concerns all. How far each CPU gets, and what becomes
 * of it, then follows for each CPU alone.
 *
 * A moment is a number: stage * MOMENTS + n. In stage s, CPU n enters at
 * moment n; the outcome of a stage that is shared is known at its last moment.
 */

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "walk_lab.h"

#define MOMENTS		(LAB_CPUS + 1)
#define NEVER		((LAB_STEPS + 1) * MOMENTS)

static int step(enum cpuhp_dir dir)
{
	return dir == CPUHP_UP ? 1 : -1;
}

/* First step and, as an end that is not reached, the step after the last one. */
static int first_state(enum cpuhp_dir dir, int from)
{
	return dir == CPUHP_UP ? from + 1 : from;
}

static int end_state(enum cpuhp_dir dir, int to)
{
	return dir == CPUHP_UP ? to + 1 : to;
}

/* A CPU for which @state fails rests on the near side of it. */
static int near_side(enum cpuhp_dir dir, int state)
{
	return dir == CPUHP_UP ? state - 1 : state;
}

static bool in_order(enum cpuhp_dir dir, int from, int to)
{
	return (to - from) * step(dir) > 0;
}

/**
 * lab_may_rest - may a CPU stay at a position?
 * @line:	the steps
 * @pos:	any number
 *
 * Return: true if it is a position of the line and no handover is cut by it.
 */
bool lab_may_rest(const struct lab_line *line, int pos)
{
	if (pos < 0 || pos > line->line.top)
		return false;
	if (pos == 0 || pos == line->line.top)
		return true;
	return line->step[pos].kind != CPUHP_HANDOVER || line->step[pos + 1].kind != CPUHP_HANDOVER;
}

static bool has_say(const struct lab_line *line, enum cpuhp_dir dir, int state)
{
	return line->step[state].kind == CPUHP_THREAD && line->step[state].has[dir];
}

static bool meet_behind(const struct lab_line *line, enum cpuhp_dir dir, int state)
{
	return line->step[state].kind != CPUHP_HANDOVER && line->step[state].has[dir] &&
	       line->step[state].meets[dir];
}

/* Do CPUs wait for each other between @state and the step before it? */
static bool barrier_before(const struct lab_line *line, const struct lab_way *way, int state)
{
	int back = -step(way->dir);
	int first = first_state(way->dir, way->from);
	int r;

	if (state == first)
		return false;
	if (line->step[state].kind != line->step[state + back].kind)
		return true;
	if (way->nr_cpus > 1 && meet_behind(line, way->dir, state + back))
		return true;
	if (way->nr_cpus < 2 || !has_say(line, way->dir, state))
		return false;

	for (r = state; r != first; ) {
		r += back;
		if (line->step[r].kind != CPUHP_THREAD || meet_behind(line, way->dir, r))
			return false;
		if (has_say(line, way->dir, r))
			return line->step[r].mode[way->dir] != line->step[state].mode[way->dir];
	}
	return false;
}

/**
 * lab_way_make - where do CPUs wait for each other?
 * @way:	filled in
 * @line:	the steps
 * @dir:	direction
 * @from:	extreme position at which the way begins
 * @to:		extreme position at which it ends
 * @nr_cpus:	how many walk it
 */
void lab_way_make(struct lab_way *way, const struct lab_line *line, enum cpuhp_dir dir,
		  int from, int to, int nr_cpus)
{
	int state, stage = 0;

	way->dir = dir;
	way->from = from;
	way->to = to;
	way->nr_cpus = nr_cpus;
	for (state = 0; state <= LAB_STEPS; state++)
		way->stage[state] = -1;
	if (!in_order(dir, from, to))
		return;

	for (state = first_state(dir, from); state != end_state(dir, to); state += step(dir)) {
		stage += barrier_before(line, way, state);
		way->stage[state] = stage;
	}
}

/**
 * lab_serial - does one CPU after the other cross the stage of a step?
 * @line:	the steps
 * @way:	the way
 * @state:	a step of the way
 *
 * Return: false if they do it together.
 */
bool lab_serial(const struct lab_line *line, const struct lab_way *way, int state)
{
	int r;

	if (line->step[state].kind == CPUHP_HANDOVER)
		return way->dir == CPUHP_UP;
	if (line->step[state].kind == CPUHP_PREPARE || way->nr_cpus < 2)
		return true;

	for (r = 1; r <= line->line.top; r++) {
		if (way->stage[r] == way->stage[state] && has_say(line, way->dir, r))
			return line->step[r].mode[way->dir] == CPUHP_ONE_BY_ONE;
	}
	return true;
}

/**
 * lab_room - how many CPUs may cross the stage of a step at a time
 * @sc:		the scenario
 * @way:	the way
 * @state:	the step
 *
 * Return: the number; INT_MAX for any
 */
int lab_room(const struct lab_scenario *sc, const struct lab_way *way, int state)
{
	if (lab_serial(&sc->line, way, state))
		return 1;
	return sc->window ?: INT_MAX;
}

/* The step that would end the way of a CPU if it were alone; a handover is one. */
static int first_failure(const struct lab_scenario *sc, int cpu, enum cpuhp_dir dir,
			 int from, int to)
{
	int state, handover = 0;

	if (!in_order(dir, from, to))
		return 0;

	for (state = first_state(dir, from); state != end_state(dir, to); state += step(dir)) {
		const struct lab_step *r = &sc->line.step[state];

		if (r->kind != CPUHP_HANDOVER)
			handover = 0;
		else if (!handover)
			handover = state;
		if (r->has[dir] && (sc->cpu[cpu].fails[dir] >> state & 1))
			return handover ? handover : state;
	}
	return 0;
}

static bool is_due(const struct lab_scenario *sc, const struct lab_verdict *v, int cpu, int stage)
{
	const struct lab_fate *f = &v->cpu[cpu];
	int state;

	if (!f->works || (f->fail_state && stage > v->out.stage[f->fail_state]))
		return false;

	for (state = first_state(sc->dir, sc->cpu[cpu].pos);
	     state != end_state(sc->dir, sc->cpu[cpu].target); state += step(sc->dir)) {
		if (v->out.stage[state] == stage)
			return true;
	}
	return false;
}

static int any_state(const struct lab_way *way, int stage)
{
	int state;

	for (state = 1; state <= LAB_STEPS; state++) {
		if (way->stage[state] == stage)
			return state;
	}
	return 0;
}

static bool is_takedown(const struct lab_scenario *sc, const struct lab_way *way, int stage)
{
	return way->dir == CPUHP_DOWN &&
	       sc->line.step[any_state(way, stage)].kind == CPUHP_HANDOVER;
}

static int entry(const struct lab_scenario *sc, const struct lab_verdict *v, int cpu, int stage)
{
	return stage * MOMENTS + (is_takedown(sc, &v->out, stage) ? 0 : cpu);
}

static int nr_stages(const struct lab_way *way)
{
	int state, nr = 0;

	for (state = 1; state <= LAB_STEPS; state++) {
		if (way->stage[state] >= nr)
			nr = way->stage[state] + 1;
	}
	return nr;
}

/*
 * The last moment at which a CPU enters a stage before the walker knows that @cpu has
 * failed there: it waits for one member when there is no room for another.
 */
static int unaware_until(const struct lab_scenario *sc, const struct lab_verdict *v, int cpu,
			 int state)
{
	int room = lab_room(sc, &v->out, state), other;

	for (other = cpu; other < sc->nr_cpus; other++) {
		if (is_due(sc, v, other, v->out.stage[state]) && !--room)
			return other;
	}
	return LAB_CPUS;
}

/*
 * The last moment at which a CPU may enter, as far as failures go. Where CPUs are
 * asked beforehand whether they can be taken down, it is the moment of asking.
 */
static int last_entry(const struct lab_scenario *sc, struct lab_verdict *v)
{
	int cpu, last = NEVER;

	v->refused = -1;
	if (sc->policy == CPUHP_EACH)
		return last;

	for (cpu = 0; cpu < sc->nr_cpus; cpu++) {
		int state = v->cpu[cpu].fail_state;
		int stage, known;
		bool asked;

		if (!state)
			continue;
		stage = v->out.stage[state];
		asked = sc->early && is_takedown(sc, &v->out, stage);
		known = stage * MOMENTS;
		if (!asked)
			known += unaware_until(sc, v, cpu, state);
		if (known < last) {
			last = known;
			v->refused = asked ? stage : -1;
		}
	}
	return last;
}

/* The moment at which ->stop() is asked for the last time and says stop. */
static int stop_moment(const struct lab_scenario *sc, struct lab_verdict *v, int last)
{
	int stages = nr_stages(&v->out);
	int stage, n, cpu;

	v->asks = 0;
	for (stage = 0; stage < stages; stage++) {
		bool takedown = is_takedown(sc, &v->out, stage);

		for (n = 0; n < MOMENTS && stage * MOMENTS + n <= last; n++) {
			bool asked = false;

			for (cpu = 0; cpu < sc->nr_cpus; cpu++)
				asked |= is_due(sc, v, cpu, stage) &&
					 entry(sc, v, cpu, stage) == stage * MOMENTS + n;
			if (!asked)
				continue;
			if (++v->asks == sc->stop_at)
				return stage * MOMENTS + n;
			if (takedown)
				return NEVER;
		}
	}
	return NEVER;
}

/* How far a CPU gets if no CPU enters at moment @stop or after @last. */
static void find_reach(const struct lab_scenario *sc, struct lab_verdict *v, int cpu,
		       int last, int stop)
{
	struct lab_fate *f = &v->cpu[cpu];
	int state;

	f->reach = sc->cpu[cpu].pos;
	if (!f->works)
		return;

	for (state = first_state(sc->dir, f->reach);
	     state != end_state(sc->dir, sc->cpu[cpu].target); state += step(sc->dir)) {
		int stage = v->out.stage[state];
		int moment = entry(sc, v, cpu, stage);
		bool kept = stage == v->refused &&
			    (!f->fail_state || v->out.stage[f->fail_state] != stage);

		if (moment > last || moment >= stop || kept) {
			f->fail_state = 0;
			return;
		}
		if (state == f->fail_state)
			return;
		f->reach = end_state(sc->dir, state) - 1;
	}
}

/* Only a handover of more than one step has an inside. */
static bool leaves_torn(const struct lab_scenario *sc, int pos, enum cpuhp_dir dir, int fail_state)
{
	return sc->torn && fail_state && dir == CPUHP_UP && !lab_may_rest(&sc->line, pos + 1);
}

static void find_end(const struct lab_scenario *sc, struct lab_verdict *v, int cpu,
		     bool anybody_failed, int stop)
{
	enum cpuhp_dir inverse = sc->dir == CPUHP_UP ? CPUHP_DOWN : CPUHP_UP;
	struct lab_fate *f = &v->cpu[cpu];
	bool stopped = stop != NEVER;

	f->final = f->reach;
	if (!f->works)
		return;

	if (sc->policy == CPUHP_ALL_OR_NOTHING) {
		f->back = anybody_failed || stopped;
		f->group = nr_stages(&v->out);
	} else if (f->fail_state) {
		f->back = true;
		f->group = v->out.stage[f->fail_state];
	} else if (stopped) {
		f->back = f->reach != sc->cpu[cpu].target;
		f->group = stop / MOMENTS;
	}
	if (!f->back)
		return;

	if (leaves_torn(sc, f->reach, sc->dir, f->fail_state)) {
		f->torn = true;
		f->final++;
		return;
	}
	f->undo_state = first_failure(sc, cpu, inverse, f->reach, sc->cpu[cpu].pos);
	f->final = f->undo_state ? near_side(inverse, f->undo_state) : sc->cpu[cpu].pos;
	f->final += leaves_torn(sc, f->final, inverse, f->undo_state);
}

/**
 * lab_expect - derive the required outcome of a scenario
 * @sc:		the scenario
 * @v:		filled in
 */
void lab_expect(const struct lab_scenario *sc, struct lab_verdict *v)
{
	int from = 0, to = 0, nr = 0, cpu, last, stop;
	bool failed = false, refused = false;

	for (cpu = 0; cpu < sc->nr_cpus; cpu++) {
		const struct lab_cpu *c = &sc->cpu[cpu];
		struct lab_fate *f = &v->cpu[cpu];

		*f = (struct lab_fate){ .reach = c->pos, .final = c->pos };
		f->works = !c->broken && in_order(sc->dir, c->pos, c->target);
		if (!f->works)
			continue;
		refused |= !lab_may_rest(&sc->line, c->pos) || !lab_may_rest(&sc->line, c->target);
		if (!nr || in_order(sc->dir, c->pos, from))
			from = c->pos;
		if (!nr || in_order(sc->dir, to, c->target))
			to = c->target;
		nr++;
	}

	v->asks = 0;
	v->ret = 0;
	if (refused) {
		for (cpu = 0; cpu < sc->nr_cpus; cpu++)
			v->cpu[cpu].works = false;
		v->ret = -EINVAL;
		return;
	}

	lab_way_make(&v->out, &sc->line, sc->dir, from, to, nr);
	for (cpu = 0; cpu < sc->nr_cpus; cpu++) {
		if (v->cpu[cpu].works)
			v->cpu[cpu].fail_state = first_failure(sc, cpu, sc->dir, sc->cpu[cpu].pos,
							       sc->cpu[cpu].target);
	}
	last = last_entry(sc, v);
	stop = stop_moment(sc, v, last);
	for (cpu = 0; cpu < sc->nr_cpus; cpu++)
		find_reach(sc, v, cpu, last, stop);

	for (cpu = sc->nr_cpus - 1; cpu >= 0; cpu--) {
		int state = v->cpu[cpu].fail_state;

		failed |= state != 0;
		if (state)
			v->ret = lab_errno(cpu, sc->dir, state);
	}
	if (stop != NEVER)
		v->ret = LAB_STOPPED;
	for (cpu = 0; cpu < sc->nr_cpus; cpu++)
		find_end(sc, v, cpu, failed, stop);
}
