// SPDX-License-Identifier: GPL-2.0
/*
 * Makes up scenarios, all of a kind, and says what a scenario was.
 *
 * Lines are written as text, a word for a step: P, H, S, C are PREPARE,
 * HANDOVER, THREAD one by one, THREAD concurrent; X is concurrent upwards
 * only, Y downwards only. A step may be lacking callbacks: "^" has the upward
 * one only, "v" the downward one only, "." none. "P P. H S^ C" has five steps.
 * CPUs meet behind a step with a "/" going up, with a "\" going down, with a
 * "|" both ways; that comes last in the word.
 *
 * A sweep counts through all its scenarios with one number: its digits, of
 * different bases, are the choices.
 */

#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include "walk_lab.h"

static const char step_letters[] = "PHSCXY";

/* Lines worth a full sweep; the first is the real one in small. */
const char * const lab_lines[LAB_NR_LINES] = {
	"P H H S C",
	"P P H H S",
	"H C C S",
	"S C H P",
	"P H C S C",
	"X Y X Y",
	"P^ Hv H^ Cv C^",
	"S. C S. C. S",
	"H P H S H",
	"H. H. C. C.",
	"C",
	"P\\ P\\ H S C\\",
	"C| C| S/ P|",
	"P\\ P. H Cv\\ C/",
};

/**
 * lab_line_parse - read a line
 * @line:	filled in; must be sc.line of a struct lab
 * @text:	words as described above
 *
 * Return: false if @text is not a line.
 */
bool lab_line_parse(struct lab_line *line, const char *text)
{
	int top = 0;

	lab_line_init(line, 0);
	for (; *text; text++) {
		const char *letter = strchr(step_letters, *text);
		struct lab_step *step;

		if (*text == ' ')
			continue;
		if (!letter || top == LAB_STEPS)
			return false;

		step = &line->step[++top];
		step->kind = *letter == 'P' ? CPUHP_PREPARE :
			    *letter == 'H' ? CPUHP_HANDOVER : CPUHP_THREAD;
		step->mode[CPUHP_UP] = *letter == 'C' || *letter == 'X';
		step->mode[CPUHP_DOWN] = *letter == 'C' || *letter == 'Y';
		step->has[CPUHP_UP] = text[1] != 'v' && text[1] != '.';
		step->has[CPUHP_DOWN] = text[1] != '^' && text[1] != '.';
		if (text[1] && strchr("^v.", text[1]))
			text++;
		step->meets[CPUHP_UP] = text[1] == '/' || text[1] == '|';
		step->meets[CPUHP_DOWN] = text[1] == '\\' || text[1] == '|';
		if (text[1] && strchr("/\\|", text[1]))
			text++;
	}
	line->line.top = top;
	return true;
}

static const char *step_meets(const struct lab_step *step)
{
	if (step->meets[CPUHP_UP])
		return step->meets[CPUHP_DOWN] ? "|" : "/";
	return step->meets[CPUHP_DOWN] ? "\\" : "";
}

static char step_letter(const struct lab_step *step)
{
	if (step->kind != CPUHP_THREAD)
		return step->kind == CPUHP_PREPARE ? 'P' : 'H';
	if (step->mode[CPUHP_UP] == CPUHP_CONCURRENT)
		return step->mode[CPUHP_DOWN] == CPUHP_CONCURRENT ? 'C' : 'X';
	return step->mode[CPUHP_DOWN] == CPUHP_CONCURRENT ? 'Y' : 'S';
}

/**
 * lab_describe - put a scenario and what was wrong with it into words
 * @lab:	the laboratory after a try
 * @buf:	filled in
 * @size:	size of @buf
 *
 * Return: how many characters have been written.
 */
int lab_describe(const struct lab *lab, char *buf, size_t size)
{
	static const char * const paces[] = { "eager", "lazy", "mixed" };
	const struct lab_scenario *sc = &lab->sc;
	int n = 0, i;

	n += scnprintf(buf + n, size - n, "%s: line \"", lab->why ? lab->why : "as it has to be");
	for (i = 1; i <= sc->line.line.top; i++) {
		const struct lab_step *step = &sc->line.step[i];

		n += scnprintf(buf + n, size - n, "%s%c%s%s", i > 1 ? " " : "", step_letter(step),
			       step->has[CPUHP_UP] && step->has[CPUHP_DOWN] ? "" :
			       step->has[CPUHP_UP] ? "^" : step->has[CPUHP_DOWN] ? "v" : ".",
			       step_meets(step));
	}
	n += scnprintf(buf + n, size - n, "\" %s %s %s window=%u stop_at=%d%s%s",
		       sc->dir == CPUHP_UP ? "up" : "down",
		       sc->policy == CPUHP_EACH ? "each" : "all-or-nothing",
		       paces[sc->pace], sc->window, sc->stop_at, sc->torn ? " torn" : "",
		       sc->early ? " early" : "");
	for (i = 0; i < sc->nr_cpus; i++) {
		const struct lab_cpu *c = &sc->cpu[i];

		n += scnprintf(buf + n, size - n, "; cpu%d %d->%d%s fails %#x up %#x down",
			       i, c->pos, c->target, c->broken ? " broken" : "",
			       c->fails[CPUHP_UP], c->fails[CPUHP_DOWN]);
		n += scnprintf(buf + n, size - n, ", is at %d, has to be at %d",
			       lab->member[i].pos, lab->verdict.cpu[i].final);
	}
	return n;
}

/* The lowest digit of *@code, in base @base; it is taken off. */
static int digit(unsigned long *code, unsigned long base)
{
	unsigned long d = *code % base;

	*code /= base;
	return d;
}

/*
 * Does a CPU that cannot be taken down say so beforehand? In half of the scenarios,
 * independent of their other choices, for which the low bits of @n stand.
 */
static bool says_so_early(unsigned long n)
{
	return n * 2654435761UL >> 20 & 1;
}

/**
 * lab_sweep_due - every segment, position and target of a short line
 * @lab:	the laboratory
 *
 * Return: false at the first that is wrong.
 */
bool lab_sweep_due(struct lab *lab)
{
	unsigned long n, code;
	int seg[2], way[2];
	enum cpuhp_dir dir;

	lab->sc.nr_cpus = 0;
	for (n = 0; n < 2 * 6 * 6 * 6 * 6; n++) {
		code = n;
		dir = digit(&code, 2);
		seg[0] = digit(&code, 6);
		seg[1] = digit(&code, 6);
		way[0] = digit(&code, 6);
		way[1] = digit(&code, 6);
		if (cpuhp_is_ahead(dir, seg[0], seg[1]) && !lab_check_due(lab, dir, seg, way))
			return false;
	}
	return true;
}

/**
 * lab_sweep_plans - every plan of a line
 * @lab:	the laboratory, with @lab->sc.line filled in
 *
 * Every direction, beginning and end, also such as do not exist, for no, one
 * and more CPUs.
 *
 * Return: false at the first that is wrong.
 */
bool lab_sweep_plans(struct lab *lab)
{
	int top = lab->sc.line.line.top;
	int dir, from, to, nr_cpus;

	lab->sc.nr_cpus = 0;
	for (dir = CPUHP_UP; dir <= CPUHP_DOWN; dir++) {
		for (from = -1; from <= top + 1; from++) {
			for (to = -1; to <= top + 1; to++) {
				for (nr_cpus = 0; nr_cpus <= 3; nr_cpus++) {
					if (!lab_check_plan(lab, dir, from, to, nr_cpus))
						return false;
				}
			}
		}
	}
	return true;
}

/* Lets the step @where % top of CPU @where / top fail. */
static void let_fail(struct lab_scenario *sc, enum cpuhp_dir dir, int where)
{
	int top = sc->line.line.top;

	sc->cpu[where / top].fails[dir] |= 2U << where % top;
}

/*
 * A first and a second trouble, 0 for none. The first is a step that fails on the
 * way out. The second is a step that fails in the undo, or a stop, or a CPU that
 * is broken from before, or a handover that tears its CPU when it fails.
 */
static void add_troubles(struct lab_scenario *sc, int first, int second)
{
	int places = sc->nr_cpus * sc->line.line.top;

	if (first)
		let_fail(sc, sc->dir, first - 1);
	if (!second)
		return;

	second--;
	if (second < places)
		let_fail(sc, cpuhp_inverse(sc->dir), second);
	else if (second < 2 * places)
		sc->stop_at = second - places + 1;
	else if (second < 2 * places + sc->nr_cpus)
		sc->cpu[second - 2 * places].broken = true;
	else
		sc->torn = true;
}

static int nr_first(const struct lab_scenario *sc)
{
	return 1 + sc->nr_cpus * sc->line.line.top;
}

static int nr_second(const struct lab_scenario *sc)
{
	return 1 + 2 * sc->nr_cpus * sc->line.line.top + sc->nr_cpus + 1;
}

static void clear_cpus(struct lab_scenario *sc)
{
	memset(sc->cpu, 0, sizeof(sc->cpu));
	sc->stop_at = 0;
	sc->torn = false;
}

/**
 * lab_sweep_alone - every operation of one CPU
 * @lab:	the laboratory, with @lab->sc.line filled in
 *
 * Every position and target, also such as do not exist or are inside a
 * handover, with every pair of troubles.
 *
 * Return: false at the first that goes wrong.
 */
bool lab_sweep_alone(struct lab *lab)
{
	struct lab_scenario *sc = &lab->sc;
	unsigned long positions = sc->line.line.top + 3;
	unsigned long n, code, total;

	sc->nr_cpus = 1;
	total = 2 * 2 * positions * positions * nr_first(sc) * nr_second(sc);
	for (n = 0; n < total; n++) {
		code = n;
		clear_cpus(sc);
		sc->dir = digit(&code, 2);
		sc->policy = digit(&code, 2);
		sc->cpu[0].pos = digit(&code, positions) - 1;
		sc->cpu[0].target = digit(&code, positions) - 1;
		sc->pace = n % LAB_NR_PACES;
		sc->early = says_so_early(n);
		add_troubles(sc, code % nr_first(sc), code / nr_first(sc));
		if (!lab_try(lab))
			return false;
	}
	return true;
}

/**
 * lab_sweep_targets - every operation of two CPUs, each with its own target
 * @lab:	the laboratory, with @lab->sc.line filled in
 *
 * Positions and targets inside a handover included, with every first trouble.
 *
 * Return: false at the first that goes wrong.
 */
bool lab_sweep_targets(struct lab *lab)
{
	struct lab_scenario *sc = &lab->sc;
	unsigned long positions = sc->line.line.top + 1;
	unsigned long n, code, total;
	int cpu;

	sc->nr_cpus = 2;
	total = 2 * 2 * positions * positions * positions * positions * nr_first(sc);
	for (n = 0; n < total; n++) {
		code = n;
		clear_cpus(sc);
		sc->dir = digit(&code, 2);
		sc->policy = digit(&code, 2);
		sc->window = n % (sc->nr_cpus + 1);
		for (cpu = 0; cpu < sc->nr_cpus; cpu++) {
			sc->cpu[cpu].pos = digit(&code, positions);
			sc->cpu[cpu].target = digit(&code, positions);
		}
		sc->pace = n % LAB_NR_PACES;
		sc->early = says_so_early(n);
		add_troubles(sc, code, 0);
		if (!lab_try(lab))
			return false;
	}
	return true;
}

/**
 * lab_sweep_batch - operations of several CPUs
 * @lab:	the laboratory, with @lab->sc.line filled in
 * @nr_cpus:	how many
 * @stride:	play every scenario (1), or every @stride'th; a prime is best
 *
 * The CPUs begin wherever they like, beyond the target too, so that every
 * subset of them takes part; their target is the same. With every pair of
 * troubles.
 *
 * Return: false at the first that goes wrong.
 */
bool lab_sweep_batch(struct lab *lab, int nr_cpus, unsigned long stride)
{
	struct lab_scenario *sc = &lab->sc;
	unsigned long positions = sc->line.line.top + 1;
	unsigned long n, code, total;
	int cpu, target;

	sc->nr_cpus = nr_cpus;
	total = 2 * 2 * LAB_NR_PACES * positions * nr_first(sc) * nr_second(sc);
	for (cpu = 0; cpu < nr_cpus; cpu++)
		total *= positions;

	for (n = 0; n < total; n += stride) {
		code = n;
		clear_cpus(sc);
		sc->dir = digit(&code, 2);
		sc->policy = digit(&code, 2);
		sc->pace = digit(&code, LAB_NR_PACES);
		sc->window = n % (nr_cpus + 1);
		sc->early = says_so_early(n);
		target = digit(&code, positions);
		for (cpu = 0; cpu < nr_cpus; cpu++) {
			sc->cpu[cpu].pos = digit(&code, positions);
			sc->cpu[cpu].target = target;
		}
		add_troubles(sc, code % nr_first(sc), code / nr_first(sc));
		if (!lab_try(lab))
			return false;
	}
	return true;
}
