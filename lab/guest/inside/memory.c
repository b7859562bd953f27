// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory an operation takes while it runs.
 *
 *	memory RUNS
 *
 * Prints a line per operation, all CPUs but CPU 0 off and back on, as one batch where
 * the kernel has batches:
 *
 *	memory WHAT KIB PERCPU
 *
 * KIB is by how much free memory sank at most while the operation ran, PERCPU by how much
 * the memory for per-CPU data grew; both are the median of the runs. A thread on CPU 0
 * looks without a break. Each CPU keeps some free pages for itself, which the kernel counts
 * now and then, so single runs differ by some pages for each CPU.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpus.h"

#define RUNS_MAX	100

struct lows {
	long free, percpu;
};

static struct lows low;
static atomic_bool looking, seen;

/* A value of /proc/meminfo in KiB. */
static long value_of(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? atol(line + strlen(name)) : 0;
}

static struct lows look(int fd)
{
	char text[8192];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);

	if (length < 0) {
		perror("/proc/meminfo");
		exit(1);
	}
	text[length] = '\0';
	return (struct lows){ value_of(text, "MemFree:"), -value_of(text, "Percpu:") };
}

static void lower(long *low_value, long now)
{
	if (now < *low_value)
		*low_value = now;
}

static void *keep_looking(void *fd)
{
	for (;;) {
		struct lows now = look(*(int *)fd);

		if (!atomic_load(&looking))
			low = now;
		lower(&low.free, now.free);
		lower(&low.percpu, now.percpu);
		atomic_store(&seen, true);
		sched_yield();
	}
	return NULL;
}

static void wait_for_a_look(void)
{
	for (int i = 0; i < 2; i++) {
		atomic_store(&seen, false);
		while (!atomic_load(&seen))
			usleep(1000);
	}
}

static int compare(const void *a, const void *b)
{
	return (*(const long *)a > *(const long *)b) - (*(const long *)a < *(const long *)b);
}

static long median(long *values, int count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static void move(int on)
{
	char list[CPU_LIST_SIZE];

	if (access(SYS_CPU "hotplug/offline", W_OK)) {
		set_each(on ? "1" : "0");
		return;
	}
	list_cpus(list);
	must_write(on ? SYS_CPU "hotplug/online" : SYS_CPU "hotplug/offline", list);
}

static struct lows sunk_by(int on)
{
	struct lows before;

	wait_for_a_look();
	before = low;
	atomic_store(&looking, true);
	move(on);
	atomic_store(&looking, false);
	return (struct lows){ before.free - low.free, before.percpu - low.percpu };
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "all-off", "all-on" };
	long sunk[2][2][RUNS_MAX];
	int runs = argc > 1 ? atoi(argv[1]) : 5, fd = open("/proc/meminfo", O_RDONLY);
	pthread_t thread;

	if (runs < 1 || runs > RUNS_MAX || fd < 0) {
		printf("usage: memory RUNS\n");
		return 1;
	}
	find_cpus(1, -1);
	pin(pthread_self(), 0);
	errno = pthread_create(&thread, NULL, keep_looking, &fd);
	if (errno) {
		perror("no thread");
		return 1;
	}
	for (int run = -1; run < runs; run++) {
		for (int on = 0; on < 2; on++) {
			struct lows one = sunk_by(on);

			if (run < 0)
				continue;	/* what is allocated once and for all */
			sunk[on][0][run] = one.free;
			sunk[on][1][run] = one.percpu;
		}
	}
	for (int on = 0; on < 2; on++)
		printf("memory %s %ld %ld\n", names[on], median(sunk[on][0], runs),
		       median(sunk[on][1], runs));
	return 0;
}
