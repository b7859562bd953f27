/* SPDX-License-Identifier: GPL-2.0 */
/* What an operation costs in things that can be counted. */
#ifndef _CPUHP_TEST_SCALE_H
#define _CPUHP_TEST_SCALE_H

#define MAX_MEMBERS	4096

/**
 * enum scale_count - what is counted
 * @SCALE_STEPS:	steps that a CPU has run; the handover on the way up counts once
 * @SCALE_WAKEUPS:	orders to hotplug threads, and that they park or go on
 * @SCALE_WAITS:	waits for them, each of which a thread ends
 * @SCALE_TAKEDOWNS:	takedowns, of however many members
 * @SCALE_LOCKS:	the hotplug lock taken for writing
 * @SCALE_DOMAINS:	scheduling domains made to follow
 * @SCALE_STOPPERS:	works for a CPU's stopper
 * @SCALE_CALLS:	functions that one CPU calls on another
 * @SCALE_IPIS:	interrupts that one CPU sends to another, at most: for each call that
 *		is not behind another, and for whatever wakes a thread or a stopper
 * @SCALE_GPS:	grace periods that the core itself waits for
 * @SCALE_MASK_WORDS:	words of CPU masks that were looked at or written
 * @SCALE_BLOCKS:	basic blocks of the code under test that were gone through:
 *			each turn of each of its loops
 * @SCALE_NR:		how many there are
 */
enum scale_count {
	SCALE_STEPS,
	SCALE_WAKEUPS,
	SCALE_WAITS,
	SCALE_TAKEDOWNS,
	SCALE_LOCKS,
	SCALE_DOMAINS,
	SCALE_STOPPERS,
	SCALE_CALLS,
	SCALE_IPIS,
	SCALE_GPS,
	SCALE_MASK_WORDS,
	SCALE_BLOCKS,
	SCALE_NR,
};

extern unsigned long scale_counts[SCALE_NR];
extern unsigned int scale_members;

static inline void scale_count(enum scale_count what, unsigned long n)
{
	scale_counts[what] += n;
}

/* What makes a thread on another CPU run. */
static inline void scale_order(enum scale_count what)
{
	scale_count(what, 1);
	scale_count(SCALE_IPIS, 1);
}

#endif
