/* SPDX-License-Identifier: GPL-2.0 */
/* What an operation costs in things that can be counted. */
#ifndef _CPUHP_TEST_SCALE_H
#define _CPUHP_TEST_SCALE_H

#define MAX_MEMBERS	4096

/**
 * enum scale_count - what is counted
 * @SCALE_STEPS:	steps that a CPU has run; a handover counts once
 * @SCALE_WAKEUPS:	orders to hotplug threads
 * @SCALE_WAITS:	waits for them
 * @SCALE_TAKEDOWNS:	takedowns, of however many members
 * @SCALE_LOCKS:	the hotplug lock taken for writing
 * @SCALE_DOMAINS:	scheduling domains made to follow
 * @SCALE_MASK_WORDS:	words of CPU masks that were looked at or written
 * @SCALE_BLOCKS:	basic blocks that planner, walker and batch.c went through:
 *			each turn of each of their loops
 * @SCALE_NR:		how many there are
 */
enum scale_count {
	SCALE_STEPS,
	SCALE_WAKEUPS,
	SCALE_WAITS,
	SCALE_TAKEDOWNS,
	SCALE_LOCKS,
	SCALE_DOMAINS,
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

#endif
