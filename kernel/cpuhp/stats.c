// SPDX-License-Identifier: GPL-2.0
/*
 * Counts and latencies of the line, per step and in all.
 *
 * Owns the numbers; debugfs.c shows them.
 */
#include <linux/atomic.h>

#include "cpuhp.h"

struct cpuhp_step_stats cpuhp_step_stats[CPUHP_ONLINE + 1][2];
atomic64_t cpuhp_counters[CPUHP_COUNT_NR];

static void raise(atomic64_t *max, s64 to)
{
	s64 old = atomic64_read(max);

	while (old < to && !atomic64_try_cmpxchg(max, &old, to))
		;
}

/**
 * cpuhp_stats_step - a step has run
 * @state:	the step
 * @dir:	which half
 * @ns:		how long it took
 *
 * Context: any, interrupts on or off; several CPUs at once.
 */
void cpuhp_stats_step(int state, enum cpuhp_dir dir, u64 ns)
{
	struct cpuhp_step_stats *stats = &cpuhp_step_stats[state][dir];

	atomic64_inc(&stats->count);
	atomic64_add(ns, &stats->total);
	atomic64_set(&stats->last, ns);
	raise(&stats->max, ns);
}

void cpuhp_count(enum cpuhp_counter counter, unsigned int n)
{
	atomic64_add(n, &cpuhp_counters[counter]);
}

void cpuhp_count_max(enum cpuhp_counter counter, u64 value)
{
	raise(&cpuhp_counters[counter], value);
}
