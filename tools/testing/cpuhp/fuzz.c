// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: makes a scenario of bytes, plays it, compares with the model.
 *
 * Reaches what the sweeps leave out: long lines, a target of its own for each
 * CPU, any number of failures at once.
 */

#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "lab_user.h"

struct bytes {
	const uint8_t *data;
	size_t left;
};

/* A number below @end; 0 when there are no bytes left. */
static unsigned int take(struct bytes *b, unsigned int end)
{
	if (!b->left)
		return 0;
	b->left--;
	return *b->data++ % end;
}

static void take_step(struct bytes *b, struct lab_step *step)
{
	unsigned int bits = take(b, 256);

	step->kind = (bits & 3) == 3 ? CPUHP_THREAD : bits & 3;
	step->mode[CPUHP_UP] = bits >> 2 & 1;
	step->mode[CPUHP_DOWN] = bits >> 3 & 1;
	step->has[CPUHP_UP] = !(bits >> 4 & 1);
	step->has[CPUHP_DOWN] = !(bits >> 5 & 1);
	step->meets[CPUHP_UP] = bits >> 6 & 1;
	step->meets[CPUHP_DOWN] = bits >> 7 & 1;
}

/* Rarely a place inside a handover: a CPU there stops the whole operation. */
static int take_pos(struct bytes *b, const struct lab_line *line)
{
	int pos = take(b, line->line.top + 1);

	while (!lab_may_rest(line, pos) && take(b, 16))
		pos--;
	return pos;
}

static void take_cpu(struct bytes *b, struct lab_scenario *sc, struct lab_cpu *c)
{
	unsigned int nr_failures = take(b, 4);

	c->pos = take_pos(b, &sc->line);
	c->target = take_pos(b, &sc->line);
	c->broken = take(b, 16) == 1;
	while (nr_failures--)
		c->fails[take(b, 2)] |= 2U << take(b, sc->line.line.top);
}

/* The Makefile gives it the name that libFuzzer calls. */
int fuzz_one_input(const uint8_t *data, size_t size);

int fuzz_one_input(const uint8_t *data, size_t size)
{
	static struct lab lab;
	struct bytes b = { data, size };
	struct lab_scenario *sc = &lab.sc;
	int i, top;

	memset(sc, 0, sizeof(*sc));
	top = 1 + take(&b, LAB_STEPS);
	lab_line_init(&sc->line, top);
	sc->dir = take(&b, 2);
	sc->policy = take(&b, 2);
	sc->window = take(&b, 4);
	sc->pace = take(&b, LAB_NR_PACES);
	sc->stop_at = take(&b, 4) ? 0 : take(&b, LAB_STEPS * LAB_CPUS);
	sc->torn = take(&b, 8) == 1;
	sc->early = take(&b, 2);
	sc->nr_cpus = 1 + take(&b, LAB_CPUS);
	for (i = 1; i <= top; i++)
		take_step(&b, &sc->line.step[i]);
	for (i = 0; i < sc->nr_cpus; i++)
		take_cpu(&b, sc, &sc->cpu[i]);

	if (!lab_try(&lab)) {
		lab_print(&lab);
		abort();
	}
	return 0;
}
