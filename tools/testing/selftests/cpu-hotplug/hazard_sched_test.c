// SPDX-License-Identifier: GPL-2.0
/*
 * The scheduler, when several CPUs leave together: its count of cores with more
 * than one thread, its NUMA tables, its domains.
 *
 * smt_siblings needs threads: -smp 8,sockets=1,cores=4,threads=2; numa_nodes needs
 * nodes: -numa node,nodeid=0,cpus=0-3,memdev=m0 -numa ...
 *
 * Guards these patches:
 *	sched/core: Let CPUs become inactive in any order and side by side
 *	sched/topology: Make the NUMA tables follow the active CPUs
 *	sched/core: Rebuild sched domains once for many CPUs
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/hazard.h"

#define SCHED_VERBOSE	"/sys/kernel/debug/sched/verbose"
#define DOMAINS		"/sys/kernel/debug/sched/domains"

/* The sched domains of all CPUs, as text. Only a verbose scheduler shows them. */
static char *domains(void)
{
	char verbose[8], *text;

	cpuhp_file_read(SCHED_VERBOSE, verbose, sizeof(verbose));
	cpuhp_file_write(SCHED_VERBOSE, "Y");
	text = cpuhp_files_read(DOMAINS "/*/*/name");
	cpuhp_file_write(SCHED_VERBOSE, verbose);
	return text;
}

static void expect_domains(struct __test_metadata *_metadata, const char *expected)
{
	char *now = domains();

	EXPECT_STREQ(expected, now);
	free(now);
}

/* Members of @movable that are not the first thread of their core. */
static void secondaries(const cpu_set_t *movable, cpu_set_t *set)
{
	cpu_set_t siblings;
	char path[128];
	int cpu;

	CPU_ZERO(set);
	for_each_cpu_in(cpu, movable) {
		snprintf(path, sizeof(path),
			 CPUHP_SYS "/cpu%d/topology/thread_siblings_list", cpu);
		if (!cpuhp_list_read(path, &siblings) && cpuhp_mask_nth(&siblings, 0) != cpu)
			CPU_SET(cpu, set);
	}
}

/* Whether the kernel believes that any core has more than one thread. */
static bool smt_is_active(void)
{
	char text[8] = "";

	cpuhp_sys_read("smt/active", text, sizeof(text));
	return *text == '1';
}

/*
 * Without "sched/core: Let CPUs become inactive in any order and side by side": the
 * kernel counts cores with more than one thread. Whole cores leave, then one
 * thread of each, then the rest. A count that went wrong warns, or contradicts the
 * machine.
 */
TEST_F_TIMEOUT(hazard, smt_siblings, 600)
{
	cpu_set_t second, first;
	unsigned long i;

	secondaries(&self->movable, &second);
	if (!CPU_COUNT(&second))
		SKIP(return, "no core with two threads");
	cpuhp_mask_andnot(&first, &self->movable, &second);

	for (i = 0; i < self->rounds; i++) {
		cycle(_metadata, &self->movable);
		EXPECT_TRUE(smt_is_active());

		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &second));
		EXPECT_FALSE(smt_is_active());
		cycle(_metadata, &first);
		EXPECT_FALSE(smt_is_active());
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &first));
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
		EXPECT_TRUE(smt_is_active());
	}
}

/* Offline one after the other, so that each is once the last of its node; back at once. */
static void leave_singly(struct __test_metadata *_metadata, const cpu_set_t *cpus)
{
	int cpu;

	for_each_cpu_in(cpu, cpus)
		EXPECT_EQ(0, cpuhp_cpu_set(cpu, "online", 0));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, cpus));
}

/* Reads the CPUs of a node; false unless there are any and all of them can go. */
static bool is_movable_node(const char *path, const cpu_set_t *movable, cpu_set_t *cpus)
{
	return !cpuhp_list_read(path, cpus) && CPU_COUNT(cpus) &&
	       cpuhp_mask_subset(cpus, movable);
}

/*
 * Without "sched/topology: Make the NUMA tables follow the active CPUs": nodes lose
 * all their CPUs, at once or one after the other, and get them back at once. A
 * kernel that makes no tables for the node on the way up crashes.
 */
TEST_F_TIMEOUT(hazard, numa_nodes, 600)
{
	char *before = domains(), *now;
	cpu_set_t cpus, all;
	glob_t nodes;
	size_t i;

	if (glob("/sys/devices/system/node/node*/cpulist", 0, NULL, &nodes))
		SKIP(return, "no NUMA nodes");
	CPU_ZERO(&all);
	for (i = 0; i < nodes.gl_pathc; i++) {
		if (!is_movable_node(nodes.gl_pathv[i], &self->movable, &cpus))
			continue;
		CPU_OR(&all, &all, &cpus);
		cycle(_metadata, &cpus);
		leave_singly(_metadata, &cpus);
		expect_domains(_metadata, before);
	}
	globfree(&nodes);
	if (!CPU_COUNT(&all))
		SKIP(return, "no node whose CPUs can all go offline");

	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &all));
	now = domains();
	if (nodes.gl_pathc == 2)
		EXPECT_EQ(NULL, strstr(now, "NUMA"));
	free(now);
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &all));
	expect_domains(_metadata, before);
	free(before);
}

/*
 * Without "sched/core: Rebuild sched domains once for many CPUs", or with it done
 * wrongly: domains are made once for the whole set, and must be the right ones.
 */
TEST_F_TIMEOUT(hazard, sched_domains, 300)
{
	bool one_stays = CPU_COUNT(&self->before.online) == CPU_COUNT(&self->movable) + 1;
	char *before = domains();
	unsigned long i;

	if (!*before)
		SKIP(return, "no " DOMAINS);
	for (i = 0; i < self->rounds; i++) {
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
		if (one_stays)
			expect_domains(_metadata, "");
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
		expect_domains(_metadata, before);
	}
	free(before);
}

CPUHP_HARNESS_MAIN
