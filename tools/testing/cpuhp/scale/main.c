// SPDX-License-Identifier: GPL-2.0
/*
 * Does what an operation costs grow faster than its set of CPUs?
 *
 * Plays operations with the code of the kernel, from batch.c down to limbo.c, on larger
 * and larger sets, and counts. Counts are no times: they are the same on every machine. One
 * member more may not cost more in a large set than in a small one.
 */

#include <linux/kernel.h>
#include <stdio.h>

#include "cpuhp.h"
#include "world.h"

static const unsigned int sizes[] = { 64, 256, 1024, 4096 };

#define NR_SIZES	ARRAY_SIZE(sizes)

static const char * const names[SCALE_NR] = {
	[SCALE_STEPS] = "steps", [SCALE_WAKEUPS] = "wake-ups", [SCALE_WAITS] = "waits",
	[SCALE_TAKEDOWNS] = "takedowns", [SCALE_LOCKS] = "write locks",
	[SCALE_DOMAINS] = "domains", [SCALE_STOPPERS] = "stoppers", [SCALE_CALLS] = "calls",
	[SCALE_IPIS] = "interrupts", [SCALE_GPS] = "GPs", [SCALE_MASK_WORDS] = "mask words",
	[SCALE_BLOCKS] = "blocks",
};

static const struct {
	const char *name;
	enum cpuhp_dir dir;
	enum cpuhp_policy policy;
	int fails_at;
} operations[] = {
	{ "off", CPUHP_DOWN, CPUHP_ALL_OR_NOTHING, 0 },
	{ "on", CPUHP_UP, CPUHP_ALL_OR_NOTHING, 0 },
	{ "off, undone by the last step", CPUHP_DOWN, CPUHP_ALL_OR_NOTHING, 1 },
	{ "on, undone by the last step", CPUHP_UP, CPUHP_ALL_OR_NOTHING, CPUHP_ONLINE },
	{ "on, one stays away", CPUHP_UP, CPUHP_EACH, CPUHP_ONLINE },
};

static int passed, failed;

static void verdict(const char *operation, const char *what, bool good)
{
	printf("%s scale, %s: %s\n", good ? "ok    " : "not ok", operation, what);
	if (good)
		passed++;
	else
		failed++;
}

/* Are the CPUs where they have to be in the end? Otherwise the counts mean nothing. */
static bool play(unsigned int op, unsigned int nr)
{
	int low = 0, high = CPUHP_ONLINE, lost;
	int from = operations[op].dir == CPUHP_UP ? low : high;
	int to = operations[op].dir == CPUHP_UP ? high : low;
	struct cpuhp_op request = {
		.dir = operations[op].dir, .target = to, .policy = operations[op].policy,
	};
	struct cpumask all;
	unsigned int cpu;

	memset(&all, 0, sizeof(all));
	for (cpu = 0; cpu < nr; cpu++)
		all.bits[cpu / 64] |= 1ULL << cpu % 64;
	scale_place(nr, from);
	scale_fails_at = operations[op].fails_at;
	memset(scale_counts, 0, sizeof(scale_counts));
	if (!cpuhp_batch(&all, &request) != !scale_fails_at)
		return false;

	lost = 0;
	for (cpu = 0; cpu < nr; cpu++)
		lost += scale_position(cpu) != to;
	if (!scale_fails_at)
		return !lost;
	return lost == (request.policy == CPUHP_EACH ? 1 : (int)nr);
}

/* What does a member more cost? What is there once for all of them may be any size. */
static bool grows_too_fast(const unsigned long counts[NR_SIZES])
{
	for (size_t i = 2; i < NR_SIZES; i++) {
		unsigned long before = counts[i - 1] - counts[i - 2];
		unsigned long now = counts[i] - counts[i - 1];

		if (now * (sizes[i - 1] - sizes[i - 2]) > before * (sizes[i] - sizes[i - 1]))
			return true;
	}
	return false;
}

static void print_counts(const char *what, const unsigned long counts[NR_SIZES])
{
	printf("#   %-12s", what);
	for (size_t i = 0; i < NR_SIZES; i++)
		printf(" %10lu", counts[i]);
	printf("  %.2f each\n", (double)counts[NR_SIZES - 1] / sizes[NR_SIZES - 1]);
}

static void test(unsigned int op)
{
	unsigned long counts[SCALE_NR][NR_SIZES];
	const char *name = operations[op].name;

	for (size_t i = 0; i < NR_SIZES; i++) {
		if (!play(op, sizes[i])) {
			verdict(name, "its CPUs are not where they have to be", false);
			return;
		}
		for (int what = 0; what < SCALE_NR; what++)
			counts[what][i] = scale_counts[what];
	}
	printf("# %s, of", name);
	for (size_t i = 0; i < NR_SIZES; i++)
		printf(" %u", sizes[i]);
	printf(" CPUs\n");
	for (int what = 0; what < SCALE_NR; what++)
		print_counts(names[what], counts[what]);
	for (int what = 0; what < SCALE_NR; what++)
		verdict(name, names[what], !grows_too_fast(counts[what]));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int op = 0; op < ARRAY_SIZE(operations); op++)
		test(op);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
