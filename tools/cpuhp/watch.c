// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp watch: follow CPUs as they move. On a terminal the status table is drawn
 * over and over; elsewhere each change is one line, for a log or a pipe.
 *
 * It polls every few milliseconds, and does not see what happens in between. The
 * trace events miss nothing; "cpuhp trace" uses them.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cpuhp.h"

#define DEFAULT_MS	100

static void nap(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void must_read(struct cpus *cpus)
{
	int ret = cpus_read(cpus);

	if (ret)
		errx(EXIT_REFUSED, "%s: %s", CPU_DIR, strerror(-ret));
}

static const struct cpu *find_cpu(const struct cpus *cpus, unsigned int nr)
{
	for (size_t i = 0; i < cpus->nr; i++)
		if (cpus->cpu[i].nr == nr)
			return &cpus->cpu[i];
	return NULL;
}

static void print_change(const struct cpu *was, const struct cpu *is)
{
	printf("%.3f CPU %u", now(), is->nr);
	if (is->state == UNKNOWN)
		printf(" %s\n", is->online ? "online" : "offline");
	else
		printf(" %d %s -> %d %s (target %d)\n", was->state,
		       state_name(was->state), is->state, state_name(is->state),
		       is->target);
}

static bool changed(const struct cpu *was, const struct cpu *is)
{
	return was->online != is->online || was->state != is->state ||
	       was->target != is->target;
}

static void print_changes(const struct cpus *was, const struct cpus *is)
{
	for (size_t i = 0; i < is->nr; i++) {
		const struct cpu *cpu = &is->cpu[i];
		const struct cpu *before = find_cpu(was, cpu->nr);

		if (!before)
			printf("%.3f CPU %u appeared\n", now(), cpu->nr);
		else if (changed(before, cpu))
			print_change(before, cpu);
	}
	for (size_t i = 0; i < was->nr; i++)
		if (!find_cpu(is, was->cpu[i].nr))
			printf("%.3f CPU %u is gone\n", now(), was->cpu[i].nr);
	fflush(stdout);
}

static void watch_lines(long looks, long ms)
{
	struct cpus was, is;

	must_read(&was);
	for (long i = 0; looks < 0 || i < looks; i++) {
		nap(ms);
		must_read(&is);
		print_changes(&was, &is);
		cpus_free(&was);
		was = is;
	}
	cpus_free(&was);
}

static void watch_screen(long looks, long ms)
{
	struct progress p;

	for (long i = 0; looks < 0 || i < looks; i++) {
		fputs("\033[H", stdout);
		if (status_print(stdout))
			errx(EXIT_REFUSED, "%s is gone", CPU_DIR);
		fputs("\033[J", stdout);
		fflush(stdout);
		if (progress_read(&p))
			progress_draw(&p);
		nap(ms);
	}
	fputc('\n', stdout);
}

/* 0 if @text is no number; no option accepts 0 */
static long number(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	return end == text || *end ? 0 : value;
}

/** cmd_watch - see the usage text */
int cmd_watch(int argc, char **argv)
{
	long looks = -1, ms = DEFAULT_MS;
	int opt;

	while ((opt = getopt(argc, argv, "n:i:")) != -1) {
		switch (opt) {
		case 'n':
			looks = number(optarg);
			break;
		case 'i':
			ms = number(optarg);
			break;
		default:
			return usage();
		}
	}
	if (optind != argc || !looks || ms < 1)
		return usage();

	states_read();
	if (isatty(STDOUT_FILENO))
		watch_screen(looks, ms);
	else
		watch_lines(looks, ms);
	return 0;
}
