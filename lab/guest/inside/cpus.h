/* SPDX-License-Identifier: GPL-2.0 */
/* The CPUs that can move, for the programs of the guest. Needs _GNU_SOURCE. */
#ifndef LAB_GUEST_CPUS_H
#define LAB_GUEST_CPUS_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "write.h"

#define SYS_CPU		"/sys/devices/system/cpu/"
#define MAX_CPUS	512
/* All of them, with commas, and an end. */
#define CPU_LIST_SIZE	(MAX_CPUS * 5)

static int cpus[MAX_CPUS], cpu_count;

static inline void must_write(const char *path, const char *text)
{
	int error = try_write(path, text);

	if (!error)
		return;
	printf("%s does not take %s: %s\n", path, text, strerror(error));
	exit(1);
}

static inline void online_path(char *path, size_t size, int cpu)
{
	snprintf(path, size, SYS_CPU "cpu%d/online", cpu);
}

/* Finds the CPUs from @first on that can go offline, without CPU @but; -1 leaves out none. */
static inline void find_cpus(int first, int but)
{
	char path[128];

	for (int cpu = first; cpu < MAX_CPUS; cpu++) {
		online_path(path, sizeof(path), cpu);
		if (cpu != but && !access(path, W_OK))
			cpus[cpu_count++] = cpu;
	}
}

/* Lists these CPUs in CPU_LIST_SIZE bytes. */
static inline void list_cpus(char *list)
{
	*list = '\0';
	for (int i = 0; i < cpu_count; i++)
		sprintf(list + strlen(list), "%s%d", i ? "," : "", cpus[i]);
}

/* Writes to the online attribute of one after the other. */
static inline void set_each(const void *value)
{
	char path[128];

	for (int i = 0; i < cpu_count; i++) {
		online_path(path, sizeof(path), cpus[i]);
		must_write(path, value);
	}
}

static inline void pin(pthread_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	errno = pthread_setaffinity_np(thread, sizeof(set), &set);
	if (!errno)
		return;
	printf("a thread cannot be pinned to CPU %d: %s\n", cpu, strerror(errno));
	exit(1);
}

#endif
