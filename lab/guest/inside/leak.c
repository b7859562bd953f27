// SPDX-License-Identifier: GPL-2.0
/*
 * Takes CPUs off and on again many times and looks whether anything is left
 * behind: free memory, kernel threads, per-CPU memory and slab objects.
 *
 *	leak [CYCLES]		off and on, round robin over the CPUs that can go
 *
 * A first lap over all CPUs is not measured: it fills caches that stay filled.
 * What is freed through RCU or work items comes back a little later, so the
 * comparison waits for the numbers, up to a deadline. Output is KTAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpus.h"
#include "sample.h"

#define WARM_LAPS	2

static int test_number, failures;

static void report(int good, const char *name)
{
	printf("%s %d %s\n", good ? "ok" : "not ok", ++test_number, name);
	failures += !good;
}

/* Write a CPU's online attribute and read it back; 0 or a negative errno. */
static int set_online(int cpu, char value)
{
	char path[128], now = '?';
	int fd, error = 0;

	online_path(path, sizeof(path), cpu);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return -errno;
	if (write(fd, &value, 1) != 1)
		error = -errno;
	else if (pread(fd, &now, 1, 0) != 1 || now != value)
		error = -EIO;
	close(fd);
	return error;
}

/* Off and on, @count times round robin; returns how many writes failed. */
static int run_cycles(int count)
{
	int failed = 0;

	for (int i = 0; i < count; i++) {
		int cpu = cpus[i % cpu_count];

		for (const char *value = "01"; *value; value++) {
			int error = set_online(cpu, *value);

			if (!error)
				continue;
			if (failed++ < 10)
				printf("# cycle %d: writing %c to cpu%d/online: %s\n", i, *value,
				       cpu, strerror(-error));
		}
		if (i && i % 100 == 0) {
			printf("# %d cycles done\n", i);
			fflush(stdout);
		}
	}
	return failed;
}

int main(int argc, char **argv)
{
	int cycles = argc > 1 ? atoi(argv[1]) : 1000;
	static struct sample before, after;
	const struct cache *grown;
	int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n");
	find_cpus(0, -1);
	if (!cpu_count) {
		printf("1..0 # SKIP no CPU can go offline\n");
		return 4;
	}
	printf("1..5\n");

	open_slab_files();
	run_cycles(WARM_LAPS * cpu_count);
	take_sample(&before);
	failed = run_cycles(cycles);
	take_settled_sample(&after, &before, cycles);

	print_sample("before:", &before);
	print_sample("after:", &after);
	printf("# %d cycles over %d CPUs, %d writes failed\n", cycles, cpu_count, failed);
	report(!failed, "every write took effect");
	report(memory_agrees(&before, &after), "free memory agrees");
	report(percpu_agrees(&before, &after), "per-CPU memory agrees");
	report(before.threads == after.threads, "the number of threads agrees");
	grown = grown_cache(&before, &after, cycles);
	if (grown)
		printf("# slab %s: %ld objects, before %ld\n", grown->name, grown->objects,
		       objects_in(&before, grown->name));
	report(!grown, "no slab has grown");
	return failures ? 1 : 0;
}
