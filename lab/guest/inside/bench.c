// SPDX-License-Identifier: GPL-2.0
/*
 * Times CPU hotplug inside the guest, around the writes and nothing else.
 *
 *	bench RUNS
 *
 * Prints one line per measurement, "bench WHAT RUN NANOSECONDS":
 *
 *	one-off, one-on		the last CPU, RUNS times
 *	smt-off, smt-on		smt/control, where it can be switched
 *	all-off, all-on		all CPUs but one: as one batch through
 *				hotplug/offline and online where the kernel has
 *				them, else CPU by CPU through each online
 *	suspend			a suspend up to the level "processors" and back
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "write.h"

#define SYS_CPU		"/sys/devices/system/cpu/"
#define MAX_CPUS	512
/* A whole set of CPUs is moved this often. */
#define SET_RUNS	3

static int cpus[MAX_CPUS], cpu_count;

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void must_write(const char *path, const char *text)
{
	int error = try_write(path, text);

	if (!error)
		return;
	printf("%s does not take %s: %s\n", path, text, strerror(error));
	exit(1);
}

static void print_time(const char *what, int run, long long start)
{
	printf("bench %s %d %lld\n", what, run, now_ns() - start);
}

static void timed_write(const char *what, int run, const char *path, const char *text)
{
	long long start = now_ns();

	must_write(path, text);
	print_time(what, run, start);
}

static void online_path(char *path, size_t size, int cpu)
{
	snprintf(path, size, SYS_CPU "cpu%d/online", cpu);
}

static void find_cpus(void)
{
	char path[128];

	for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
		online_path(path, sizeof(path), cpu);
		if (!access(path, W_OK))
			cpus[cpu_count++] = cpu;
	}
}

static void time_one_cpu(int runs)
{
	char path[128];

	online_path(path, sizeof(path), cpus[cpu_count - 1]);
	must_write(path, "0");
	must_write(path, "1");
	for (int run = 0; run < runs; run++) {
		timed_write("one-off", run, path, "0");
		timed_write("one-on", run, path, "1");
	}
}

static void time_smt(void)
{
	char state[32] = "";
	FILE *file = fopen(SYS_CPU "smt/control", "r");

	if (!file)
		return;
	if (!fgets(state, sizeof(state), file) || strcmp(state, "on\n"))
		printf("smt/control is %s\n", state);
	fclose(file);
	if (strcmp(state, "on\n"))
		return;
	for (int run = 0; run < SET_RUNS; run++) {
		timed_write("smt-off", run, SYS_CPU "smt/control", "off");
		timed_write("smt-on", run, SYS_CPU "smt/control", "on");
	}
}

static void time_batch(void)
{
	char list[MAX_CPUS * 5] = "";

	for (int i = 0; i < cpu_count; i++)
		sprintf(list + strlen(list), "%s%d", i ? "," : "", cpus[i]);
	for (int run = 0; run < SET_RUNS; run++) {
		timed_write("all-off", run, SYS_CPU "hotplug/offline", list);
		timed_write("all-on", run, SYS_CPU "hotplug/online", list);
	}
}

static void set_each(const char *value)
{
	char path[128];

	for (int i = 0; i < cpu_count; i++) {
		online_path(path, sizeof(path), cpus[i]);
		must_write(path, value);
	}
}

static void time_one_by_one(void)
{
	for (int run = 0; run < SET_RUNS; run++) {
		long long start = now_ns();

		set_each("0");
		print_time("all-off", run, start);
		start = now_ns();
		set_each("1");
		print_time("all-on", run, start);
	}
}

static void time_suspend(void)
{
	if (try_write("/sys/power/pm_test", "processors"))
		return;
	/* Without it, "mem" may mean suspend-to-idle, which leaves the CPUs alone. */
	if (try_write("/sys/power/mem_sleep", "deep"))
		return;
	try_write("/sys/module/suspend/parameters/pm_test_delay", "0");
	for (int run = 0; run < SET_RUNS; run++)
		timed_write("suspend", run, "/sys/power/state", "mem");
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	find_cpus();
	if (!cpu_count) {
		printf("no CPU can go offline\n");
		return 1;
	}
	time_one_cpu(argc > 1 ? atoi(argv[1]) : 20);
	time_smt();
	if (access(SYS_CPU "hotplug/offline", W_OK))
		time_one_by_one();
	else
		time_batch();
	time_suspend();
	return 0;
}
