// SPDX-License-Identifier: GPL-2.0
/*
 * Which interrupts a nohz_full CPU gets that an operation is not about.
 *
 *	nohz_full
 *
 * The CPU is the first of nohz_full= on the kernel's command line. A task spins
 * there in user mode, where the kernel has promised to leave it alone; all else
 * runs on CPU 0. Prints a line per operation, with the interrupts from its start
 * until SETTLE_NS after its end, by their lines in /proc/interrupts:
 *
 *	irqs WHAT LOC RES CAL TLB IWI OTHERS
 *
 * Says so instead if the CPU has a tick although nothing happens. A lab kernel with
 * pktgen has two wake-ups of its thread in each line.
 *
 * Operations are those of bench, all of them without that CPU ("most" for "all"),
 * and for comparison what any program may cause: nothing at all, a grace period,
 * and an expedited one, each with the unmounting of a file system around it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cpus.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define SETTLE_NS	200000000L
/* So many timer interrupts in SETTLE_NS are no tick. */
#define QUIET_TICKS	5
#define QUIET_TRIES	25
#define BLANKS		"\n "
#define PLACE		"/tmp/nohz_full"

static const char *const lines[] = { "LOC", "RES", "CAL", "TLB", "IWI" };

#define NR_LINES	ARRAY_SIZE(lines)

static int quiet_cpu;

/* In which column is the CPU? They are there for online CPUs alone. */
static int column_of(char *head, int cpu)
{
	int column = 0, number;

	for (char *word = strtok(head, BLANKS); word; word = strtok(NULL, BLANKS), column++) {
		if (sscanf(word, "CPU%d", &number) == 1 && number == cpu)
			return column;
	}
	printf("/proc/interrupts does not show CPU %d\n", cpu);
	exit(1);
}

/* Adds what a line says of the CPU to the count that it belongs to. */
static void add_line(long *counts, char *line, int column)
{
	char *name = strtok(line, ": "), *word = NULL, *end;
	size_t which = 0;
	long count;

	for (int i = 0; i <= column; i++)
		word = strtok(NULL, BLANKS);
	if (!name || !word)
		return;
	count = strtol(word, &end, 10);
	if (*end)
		return;		/* no number: a line such as ERR, which has one column */
	while (which < NR_LINES && strcmp(lines[which], name))
		which++;
	counts[which] += count;
}

static void read_interrupts(long *counts)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char *line = NULL;
	size_t size = 0;
	int column;

	memset(counts, 0, (NR_LINES + 1) * sizeof(*counts));
	if (!file || getline(&line, &size, file) < 0) {
		printf("/proc/interrupts cannot be read\n");
		exit(1);
	}
	column = column_of(line, quiet_cpu);
	while (getline(&line, &size, file) >= 0)
		add_line(counts, line, column);
	free(line);
	fclose(file);
}

static void settle(void)
{
	struct timespec pause = { .tv_nsec = SETTLE_NS };

	nanosleep(&pause, NULL);
}

static void counted(const char *what, void (*act)(const void *data), const void *data)
{
	long before[NR_LINES + 1], after[NR_LINES + 1];

	settle();
	read_interrupts(before);
	act(data);
	settle();
	read_interrupts(after);
	printf("irqs %s", what);
	for (size_t i = 0; i <= NR_LINES; i++)
		printf(" %ld", after[i] - before[i]);
	printf("\n");
}

/* In some boots the tick does not stop at all: what an operation adds cannot be seen then. */
static int has_tick(void)
{
	long before[NR_LINES + 1], after[NR_LINES + 1];
	int tries = 0;

	do {
		read_interrupts(before);
		settle();
		read_interrupts(after);
	} while (after[0] - before[0] > QUIET_TICKS && ++tries < QUIET_TRIES);
	return tries == QUIET_TRIES;
}

static void do_nothing(const void *unused)
{
	(void)unused;
}

/* The kernel waits for an expedited grace period, or for a normal one if it is told so. */
static void unmount(const void *unused)
{
	(void)unused;
	if (!umount(PLACE))
		return;
	perror(PLACE);
	exit(1);
}

static void count_grace_period(const char *what, const char *rcu_normal)
{
	must_write("/sys/kernel/rcu_normal", rcu_normal);
	if (mount("tmpfs", PLACE, "tmpfs", 0, NULL)) {
		perror(PLACE);
		exit(1);
	}
	counted(what, unmount, NULL);
	must_write("/sys/kernel/rcu_normal", "0");
}

static void switch_smt(const void *state)
{
	must_write(SYS_CPU "smt/control", state);
}

static void set_last(const void *value)
{
	char path[128];

	online_path(path, sizeof(path), cpus[cpu_count - 1]);
	must_write(path, value);
}

static void set_batch(const void *file)
{
	char path[128], list[CPU_LIST_SIZE];

	list_cpus(list);
	snprintf(path, sizeof(path), SYS_CPU "hotplug/%s", (const char *)file);
	must_write(path, list);
}

/* CPU 0 stays: all else runs there. */
static void find_roles(void)
{
	FILE *file = fopen(SYS_CPU "nohz_full", "r");

	if (!file || fscanf(file, "%d", &quiet_cpu) != 1 || !quiet_cpu) {
		printf("no CPU behind CPU 0 is nohz_full\n");
		exit(1);
	}
	fclose(file);
	find_cpus(1, quiet_cpu);
	if (cpu_count)
		return;
	printf("no CPU is left that could move\n");
	exit(1);
}

/* In user mode for good. A translator with one thread goes on to the next CPU at a pause. */
static void *spin(void *unused)
{
	(void)unused;
	for (;;) {
#ifdef __x86_64__
		__builtin_ia32_pause();
#endif
	}
	return NULL;
}

int main(void)
{
	pthread_t thread;

	setvbuf(stdout, NULL, _IOLBF, 0);
	find_roles();
	mkdir(PLACE, 0755);
	pin(pthread_self(), 0);
	errno = pthread_create(&thread, NULL, spin, NULL);
	if (errno) {
		perror("no thread");
		return 1;
	}
	pin(thread, quiet_cpu);

	if (has_tick()) {
		printf("CPU %d still has a tick\n", quiet_cpu);
		return 0;
	}
	counted("nothing", do_nothing, NULL);
	count_grace_period("gp", "1");
	count_grace_period("expedited-gp", "0");
	counted("one-off", set_last, "0");
	counted("one-on", set_last, "1");
	counted("smt-off", switch_smt, "off");
	counted("smt-on", switch_smt, "on");
	if (access(SYS_CPU "hotplug/offline", W_OK)) {
		counted("most-off", set_each, "0");
		counted("most-on", set_each, "1");
	} else {
		counted("most-off", set_batch, "offline");
		counted("most-on", set_batch, "online");
	}
	return 0;
}
