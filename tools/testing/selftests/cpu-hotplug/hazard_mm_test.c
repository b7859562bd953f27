// SPDX-License-Identifier: GPL-2.0
/*
 * The lists of free pages of a CPU, whose length is a share of what its node has.
 *
 * Guards this patch:
 *	mm/page_alloc: Count the CPUs that share a zone
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "util/hazard.h"

#define FRACTION	"/proc/sys/vm/percpu_pagelist_high_fraction"
#define TOUCHED		(4 << 20)

/* A list takes its new length when it is used. */
static int use_lists(void)
{
	void *memory = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	memset(memory, 1, TOUCHED);
	return munmap(memory, TOUCHED);
}

/* How long the lists of @cpu may become in the zone of @node that lets them be longest. */
static int longest_lists(unsigned int node, int cpu)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	int at = -1, high, longest = -1;
	unsigned int of = node;
	char line[256];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %u,", &of) == 1)
			at = -1;
		if (sscanf(line, " cpu: %d", &at) == 1)
			continue;
		if (of == node && at == cpu && sscanf(line, " high: %d", &high) == 1 &&
		    high > longest)
			longest = high;
	}
	fclose(file);
	return longest;
}

/* A fixed fraction, as the kernel tunes the length by itself otherwise. */
TEST_F_TIMEOUT(hazard, page_lists, 300)
{
	int first = cpuhp_mask_nth(&self->before.online, 0), before;
	unsigned int node;
	char fraction[32];
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(first, &here);
	CPU_CLR(first, &self->movable);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(here), &here));
	ASSERT_EQ(0, getcpu(NULL, &node));
	ASSERT_EQ(0, cpuhp_file_read(FRACTION, fraction, sizeof(fraction)));
	ASSERT_EQ(0, cpuhp_file_write(FRACTION, "8"));
	EXPECT_EQ(0, use_lists());
	before = longest_lists(node, first);
	EXPECT_LT(0, before);

	cycle(_metadata, &self->movable);
	EXPECT_EQ(0, use_lists());
	EXPECT_EQ(before, longest_lists(node, first));

	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	EXPECT_EQ(0, use_lists());
	EXPECT_LT(before, longest_lists(node, first));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));

	EXPECT_EQ(0, cpuhp_file_write(FRACTION, fraction));
}

CPUHP_HARNESS_MAIN
