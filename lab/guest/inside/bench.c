// SPDX-License-Identifier: GPL-2.0
/*
 * Times CPU hotplug inside the guest, around the writes and nothing else.
 *
 *	bench RUNS LIMIT GROUP...
 *
 * Prints one line per measurement, "bench WHAT RUN NANOSECONDS GAP OFF". The last
 * two are the longest gap of a bystander on CPU 0 and the longest time that it
 * had interrupts off (bystander.h), in nanoseconds, -1 where there is no telling.
 * Groups are
 *
 *	idle			nothing, for a second
 *	one-cpu			one-off, one-on: the last CPU, RUNS times
 *	smt			smt-off, smt-on: smt/control, if it can be switched
 *	all			all-off, all-on: all CPUs but one, as one batch through
 *				hotplug/offline and online where the kernel has
 *				them, else CPU by CPU through each online
 *	suspend			a suspend up to the level "processors" and back.
 *				No bystander: it would be frozen
 *
 *	rehearsal, performance	no operation: those between the two have "rehearsed-"
 *				before their names, for what happens once in a boot
 *	burden, relief		no operation: those behind the first run beside code
 *				that waits in its callbacks (burden.h), with "with-"
 *				before their names; the second ends that
 *
 * A group that has taken LIMIT seconds is not repeated. A single operation that
 * takes longer cannot be cut short, so "bench-over WHAT LIMIT" is printed, and the
 * host may turn the guest off. Not in suspend: nobody is there to look at a clock.
 *
 * The write comes from a CPU that stays and is not the bystander's. If only the
 * bystander's stays, it comes from there, and the bystander goes first.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burden.h"
#include "bystander.h"
#include "cpus.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
/* A whole set of CPUs is moved this often. */
#define SET_RUNS	3
#define IDLE_NS		1000000000LL

static int one_cpu_runs;
static long long limit_ns;
static const char *prefix = "";	/* of the names of operations */
static const char *operation;	/* for say_over() */

static void say_over(void)
{
	printf("bench-over %s%s %lld\n", prefix, operation, limit_ns / 1000000000LL);
}

static void print_times(const char *what, int run, long long took, struct bystander_seen seen)
{
	printf("bench %s%s %d %lld %lld %lld\n", prefix, what, run, took, seen.gap, seen.off);
}

/* Time one operation, with the bystander looking on. */
static void timed(const char *what, int run, void (*act)(const void *data), const void *data)
{
	long long start, took;

	operation = what;
	bystander_begin(limit_ns);
	start = now_ns();
	act(data);
	took = now_ns() - start;
	print_times(what, run, took, bystander_end());
}

struct a_write {
	const char *path, *text;
};

static void do_write(const void *data)
{
	const struct a_write *w = data;

	must_write(w->path, w->text);
}

static void timed_write(const char *what, int run, const char *path, const char *text)
{
	struct a_write w = { path, text };

	timed(what, run, do_write, &w);
}

/* Is the CPU the first thread of its core? It then stays when SMT is switched off. */
static int is_primary(int cpu)
{
	char path[128];
	int first = cpu;
	FILE *file;

	snprintf(path, sizeof(path), SYS_CPU "cpu%d/topology/thread_siblings_list", cpu);
	file = fopen(path, "r");
	if (!file)
		return 1;
	if (fscanf(file, "%d", &first) != 1)
		first = cpu;
	fclose(file);
	return first == cpu;
}

static void write_from(int cpu)
{
	pin(pthread_self(), cpu);
}

/* The first CPU behind the bystander's that stays when SMT goes off. */
static int second_primary(void)
{
	for (int i = 0; i < cpu_count; i++) {
		if (is_primary(cpus[i]))
			return cpus[i];
	}
	return BYSTANDER_CPU;
}

static int may_repeat(int run, int runs, long long since)
{
	return !run || (run < runs && now_ns() - since < limit_ns);
}

static void do_nothing(const void *unused)
{
	(void)unused;
	sleep_until(now_ns() + IDLE_NS);
}

static void time_idle(void)
{
	for (int run = 0; run < SET_RUNS; run++)
		timed("idle", run, do_nothing, NULL);
}

static void time_one_cpu(void)
{
	long long since = now_ns();
	char path[128];

	write_from(cpu_count > 1 ? cpus[0] : BYSTANDER_CPU);
	online_path(path, sizeof(path), cpus[cpu_count - 1]);
	must_write(path, "0");
	must_write(path, "1");
	for (int run = 0; may_repeat(run, one_cpu_runs, since); run++) {
		timed_write("one-off", run, path, "0");
		timed_write("one-on", run, path, "1");
	}
}

static void time_smt(void)
{
	long long since = now_ns();
	char state[32] = "";
	FILE *file = fopen(SYS_CPU "smt/control", "r");

	if (!file)
		return;
	if (!fgets(state, sizeof(state), file) || strcmp(state, "on\n"))
		printf("smt/control is %s\n", state);
	fclose(file);
	if (strcmp(state, "on\n"))
		return;
	write_from(second_primary());
	for (int run = 0; may_repeat(run, SET_RUNS, since); run++) {
		timed_write("smt-off", run, SYS_CPU "smt/control", "off");
		timed_write("smt-on", run, SYS_CPU "smt/control", "on");
	}
}

static void time_batch(void)
{
	long long since = now_ns();
	char list[CPU_LIST_SIZE];

	list_cpus(list);
	for (int run = 0; may_repeat(run, SET_RUNS, since); run++) {
		timed_write("all-off", run, SYS_CPU "hotplug/offline", list);
		timed_write("all-on", run, SYS_CPU "hotplug/online", list);
	}
}

static void time_one_by_one(void)
{
	long long since = now_ns();

	for (int run = 0; may_repeat(run, SET_RUNS, since); run++) {
		timed("all-off", run, set_each, "0");
		timed("all-on", run, set_each, "1");
	}
}

static void time_all(void)
{
	write_from(BYSTANDER_CPU);
	if (access(SYS_CPU "hotplug/offline", W_OK))
		time_one_by_one();
	else
		time_batch();
}

static void time_suspend(void)
{
	static const struct bystander_seen nothing = { -1, -1 };
	long long start, since = now_ns();

	if (try_write("/sys/power/pm_test", "processors"))
		return;
	/* Without it, "mem" may mean suspend-to-idle, which leaves the CPUs alone. */
	if (try_write("/sys/power/mem_sleep", "deep"))
		return;
	try_write("/sys/module/suspend/parameters/pm_test_delay", "0");
	write_from(BYSTANDER_CPU);
	for (int run = 0; may_repeat(run, SET_RUNS, since); run++) {
		start = now_ns();
		must_write("/sys/power/state", "mem");
		print_times("suspend", run, now_ns() - start, nothing);
	}
}

static void begin_rehearsal(void)
{
	prefix = "rehearsed-";
}

static void end_rehearsal(void)
{
	prefix = "";
}

static void begin_burden(void)
{
	take_burden();
	prefix = "with-";
}

static void end_burden(void)
{
	lay_down_burden();
	prefix = "";
}

static const struct {
	const char *name;
	void (*time)(void);
} groups[] = {
	{ "idle",	time_idle },
	{ "one-cpu",	time_one_cpu },
	{ "smt",	time_smt },
	{ "all",	time_all },
	{ "suspend",	time_suspend },
	{ "rehearsal",	begin_rehearsal },
	{ "performance", end_rehearsal },
	{ "burden",	begin_burden },
	{ "relief",	end_burden },
};

static void time_group(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (!strcmp(groups[i].name, name)) {
			groups[i].time();
			return;
		}
	}
	printf("no group of operations: %s\n", name);
	exit(1);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 4) {
		printf("usage: bench RUNS LIMIT GROUP...\n");
		return 1;
	}
	one_cpu_runs = atoi(argv[1]);
	limit_ns = atoll(argv[2]) * 1000000000LL;
	find_cpus(0, BYSTANDER_CPU);
	if (!cpu_count) {
		printf("no CPU can go offline\n");
		return 1;
	}
	bystander_start(say_over);
	for (char **name = argv + 3; *name; name++)
		time_group(*name);
	return 0;
}
