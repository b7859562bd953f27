// SPDX-License-Identifier: GPL-2.0
/*
 * Planner and walker in user space: runs the sweeps over many lines.
 *
 * A test is a sweep over one line of steps, or over all lines of some length
 * made of certain steps. The first scenario that goes wrong ends its test, and
 * is printed with all that happened in it.
 */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <stdio.h>

#include "lab_user.h"

static struct lab lab;
static int passed, failed;

static void verdict(const char *name, const char *line, bool good)
{
	printf("%s %s [%s] %lu tries\n", good ? "ok    " : "not ok", name, line, lab.tries);
	if (!good)
		lab_print(&lab);
	good ? passed++ : failed++;
	lab.tries = 0;
}

static bool batch_of_2(struct lab *l)
{
	return lab_sweep_batch(l, 2, 1);
}

static bool batch_of_2_some(struct lab *l)
{
	return lab_sweep_batch(l, 2, 7);
}

static bool batch_of_3_some(struct lab *l)
{
	return lab_sweep_batch(l, 3, 61);
}

static bool batch_of_4_some(struct lab *l)
{
	return lab_sweep_batch(l, 4, 1997);
}

/* One test per line. */
static const struct {
	const char *name;
	bool (*sweep)(struct lab *lab);
} by_line[] = {
	{ "plans", lab_sweep_plans },
	{ "alone", lab_sweep_alone },
	{ "targets", lab_sweep_targets },
	{ "batch of 2", batch_of_2 },
	{ "batch of 3, every 61st", batch_of_3_some },
	{ "batch of 4, every 1997th", batch_of_4_some },
};

/* One test for all lines of up to @length steps that can be made of @words. */
static const struct {
	const char *name;
	bool (*sweep)(struct lab *lab);
	int length;
	const char *words;
} by_words[] = {
	{
		"plans", lab_sweep_plans, 3,
		"P P^ Pv P. H H^ Hv H. S S^ Sv S. C C^ Cv C. X X^ Xv X. Y Y^ Yv Y.",
	},
	{ "plans", lab_sweep_plans, 5, "P H S C C." },
	{
		"alone", lab_sweep_alone, 2,
		"P P^ Pv P. H H^ Hv H. S S^ Sv S. C C^ Cv C. X X^ Xv X. Y Y^ Yv Y.",
	},
	{ "alone", lab_sweep_alone, 4, "P H S C^" },
	{ "batch of 2", batch_of_2, 2, "P H S C X Y S. C. H. P^ Hv C^" },
	{ "batch of 2, every 7th", batch_of_2_some, 3, "P H S C C. Xv" },
};

/* Line number @n of all lines of @length steps made of @words; false if none. */
static bool make_line(struct lab_line *line, unsigned long n, int length, const char *words)
{
	char text[LAB_STEPS * 3 + 1] = "";
	unsigned long nr_words = 1;
	const char *w;
	int i, k;

	for (w = words; *w; w++)
		nr_words += *w == ' ';

	for (i = 0; i < length; i++, n /= nr_words) {
		w = words;
		for (k = n % nr_words; k; k--)
			w = strchr(w, ' ') + 1;
		strncat(text, w, strcspn(w, " "));
		strcat(text, " ");
	}
	return !n && lab_line_parse(line, text);
}

static void test_words(int i)
{
	bool good = true;
	unsigned long n;
	int length;

	for (length = 1; good && length <= by_words[i].length; length++) {
		for (n = 0; good && make_line(&lab.sc.line, n, length, by_words[i].words); n++)
			good = by_words[i].sweep(&lab);
	}
	verdict(by_words[i].name, by_words[i].words, good);
}

/*
 * A line too long to be cut up by its modes: downwards every step needs a
 * segment of its own, upwards one segment is enough.
 */
static enum cpuhp_kind long_kind(const struct cpuhp_line *line, int state)
{
	return CPUHP_THREAD;
}

static enum cpuhp_mode long_mode(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return dir == CPUHP_DOWN && state % 2 ? CPUHP_ONE_BY_ONE : CPUHP_CONCURRENT;
}

static bool long_has(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return true;
}

static bool long_meets(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return false;
}

static const struct cpuhp_line long_line = {
	.top = CPUHP_PLAN_MAX + 1,
	.kind = long_kind, .mode = long_mode, .has = long_has, .meets = long_meets,
};

static bool long_plan_is(enum cpuhp_dir dir, int from, int to, int nr_cpus, int ret, int nr)
{
	struct cpuhp_plan *plan = &lab.walk.plan;

	lab.tries++;
	return cpuhp_plan_make(plan, &long_line, dir, from, to, nr_cpus) == ret && plan->nr == nr;
}

static void test_long_plan(void)
{
	int top = long_line.top;
	bool good;

	good = long_plan_is(CPUHP_DOWN, top, 1, 2, 0, CPUHP_PLAN_MAX) &&
	       long_plan_is(CPUHP_DOWN, top, 0, 2, -ENOSPC, 0) &&
	       long_plan_is(CPUHP_DOWN, top, 0, 1, 0, 1) &&
	       long_plan_is(CPUHP_UP, 0, top, 2, 0, 1);
	lab.nr_log = 0;
	lab.why = good ? NULL : "too long a way is not told from one that fits";
	verdict("plans", "too many segments", good);
}

/* The simplest of worlds: all CPUs arrive, but CPU 1 fails in the last step. */
static void long_turn(struct cpuhp_walk *walk, struct cpuhp_member *m, enum cpuhp_dir dir)
{
}

static void long_start(struct cpuhp_walk *walk, struct cpuhp_member *m,
		       const struct cpuhp_seg *seg, int to)
{
	m->pos = to - (m->cpu == 1);
}

static int long_wait(struct cpuhp_walk *walk, struct cpuhp_member *m,
		     const struct cpuhp_seg *seg, int to)
{
	return m->cpu == 1 ? -EIO : 0;
}

static int long_stop(struct cpuhp_walk *walk)
{
	return 0;
}

/* No CPU may be lost if an undo cannot be planned, though that never happens. */
static void test_long_undo(void)
{
	static const struct cpuhp_walk_ops ops = {
		.turn = long_turn, .start = long_start, .wait = long_wait, .stop = long_stop,
	};
	struct cpuhp_member m[2] = {
		{ .next = &m[1], .cpu = 0, .target = long_line.top },
		{ .cpu = 1, .target = long_line.top },
	};
	bool good;

	lab.walk.line = &long_line;
	lab.walk.ops = &ops;
	lab.walk.first = m;
	lab.walk.dir = CPUHP_UP;
	lab.walk.policy = CPUHP_ALL_OR_NOTHING;
	lab.tries = 1;
	good = cpuhp_walk_run(&lab.walk) == -EIO &&
	       m[0].pos == long_line.top && !m[0].err && m[0].undo_err == -ENOSPC &&
	       m[1].pos == long_line.top - 1 && m[1].err == -EIO && m[1].undo_err == -ENOSPC;
	lab.nr_log = 0;
	lab.why = good ? NULL : "a way back that has no plan is not reported";
	verdict("undo", "too many segments", good);
}

int main(void)
{
	size_t i, line;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (line = 0; line < LAB_NR_LINES; line++) {
		if (!lab_line_parse(&lab.sc.line, lab_lines[line])) {
			verdict("parse", lab_lines[line], false);
			continue;
		}
		for (i = 0; i < ARRAY_SIZE(by_line); i++)
			verdict(by_line[i].name, lab_lines[line], by_line[i].sweep(&lab));
	}
	for (i = 0; i < ARRAY_SIZE(by_words); i++)
		test_words(i);
	verdict("due", "any", lab_sweep_due(&lab));
	test_long_plan();
	test_long_undo();

	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
