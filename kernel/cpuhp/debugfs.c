// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs cpuhp/steps and cpuhp/counters: the steps, and what they have cost.
 */
#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "cpuhp.h"

static const char * const cpuhp_counter_names[] = {
	[CPUHP_COUNT_BATCHES]		= "batches",
	[CPUHP_COUNT_CPUS]		= "cpus",
	[CPUHP_COUNT_WRITE_LOCKS]	= "write-locks",
	[CPUHP_COUNT_STOPS]		= "stops",
	[CPUHP_COUNT_QUIET]		= "quiet-takedowns",
	[CPUHP_COUNT_TURN_NS]		= "longest-turn-ns",
	[CPUHP_COUNT_WAKEUPS]		= "wakeups",
};

static_assert(ARRAY_SIZE(cpuhp_counter_names) == CPUHP_COUNT_NR);

static const char *mode_name(int state, enum cpuhp_dir dir)
{
	if (cpuhp_step_empty(state, dir))
		return "-";
	if (dir == CPUHP_DOWN && cpuhp_step_stops(state))
		return "stop";
	return cpuhp_state_mode(state, dir) == CPUHP_CONCURRENT ? "concurrent" : "one-by-one";
}

static void show_callback(struct seq_file *m, int state, enum cpuhp_dir dir)
{
	void *cb = cpuhp_step(state)->cb[dir].ptr;

	if (cb)
		seq_printf(m, "\t%ps", cb);
	else
		seq_puts(m, "\t-");
}

static u64 read_us(const atomic64_t *ns)
{
	return div_u64(atomic64_read(ns), NSEC_PER_USEC);
}

static void show_stats(struct seq_file *m, const struct cpuhp_step_stats *stats)
{
	seq_printf(m, "\t%lld\t%llu\t%llu\t%llu", atomic64_read(&stats->count),
		   read_us(&stats->total), read_us(&stats->max), read_us(&stats->last));
}

static int steps_show(struct seq_file *m, void *unused)
{
	int state;

	seq_puts(m, "state\tname\tmode-up\tmode-down\tup-callback\tdown-callback");
	seq_puts(m, "\tup-count\tup-total-us\tup-max-us\tup-last-us");
	seq_puts(m, "\tdown-count\tdown-total-us\tdown-max-us\tdown-last-us\n");

	guard(mutex)(&cpuhp_state_mutex);
	for (state = CPUHP_OFFLINE; state <= CPUHP_ONLINE; state++) {
		if (!cpuhp_step(state)->name)
			continue;
		seq_printf(m, "%d\t%s\t%s\t%s", state, cpuhp_step_name(state),
			   mode_name(state, CPUHP_UP), mode_name(state, CPUHP_DOWN));
		show_callback(m, state, CPUHP_UP);
		show_callback(m, state, CPUHP_DOWN);
		show_stats(m, &cpuhp_step_stats[state][CPUHP_UP]);
		show_stats(m, &cpuhp_step_stats[state][CPUHP_DOWN]);
		seq_putc(m, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(steps);

static int counters_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = 0; i < CPUHP_COUNT_NR; i++)
		seq_printf(m, "%s %lld\n", cpuhp_counter_names[i],
			   atomic64_read(&cpuhp_counters[i]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static int __init cpuhp_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("cpuhp", NULL);

	debugfs_create_file("steps", 0444, dir, NULL, &steps_fops);
	debugfs_create_file("counters", 0444, dir, NULL, &counters_fops);
	return 0;
}
late_initcall(cpuhp_debugfs_init);
