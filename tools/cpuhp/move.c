// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp online, cpuhp offline: a list of CPUs moves as a whole or not at all.
 *
 * Where the kernel takes a list (hotplug/online, hotplug/offline) it does all
 * of this itself. Elsewhere the CPUs are moved one after the other, and taken
 * back in reverse order when one refuses.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpuhp.h"

struct way {
	enum direction dir;
	const char *name;
	const char *batch_file;
	const char *value;	/* for cpuN/online */
	const char *back;	/* undoes @value */
};

static const struct way ways[] = {
	[GO_UP]		= { GO_UP, "online", "hotplug/online", "1", "0" },
	[GO_DOWN]	= { GO_DOWN, "offline", "hotplug/offline", "0", "1" },
};

/*
 * The list as a text that fits into one write, of which the kernel takes less than
 * a page: a second write would be a list of its own. NULL if there is no such text.
 */
static char *fitting(const char *text)
{
	size_t room = sysconf(_SC_PAGESIZE);
	struct cpulist list;
	char *shorter = NULL;

	if (strlen(text) < room)
		return strdup(text);
	if (!cpulist_parse(&list, text))
		shorter = cpulist_text(&list);
	cpulist_free(&list);
	if (shorter && strlen(shorter) < room)
		return shorter;
	free(shorter);
	return NULL;
}

static int move_batch(const struct way *way, const char *text)
{
	char *list = fitting(text);
	int ret;

	if (!list)
		errx(EXIT_REFUSED, "%s: a list of %zu bytes is too long for %ld; no CPU was moved",
		     way->name, strlen(text), sysconf(_SC_PAGESIZE) - 1);
	ret = progress_write(list, way->batch_file);
	if (ret)
		reason_print(way->dir, list, -ret);
	free(list);
	return ret ? EXIT_REFUSED : 0;
}

/* 1: it is there already. A CPU without a switch is online for good. */
static int move_one(const struct way *way, unsigned int cpu)
{
	char now[8];
	int ret;

	if (!sys_has(cpu_file(cpu, "")))
		return -ENODEV;
	ret = sys_line(now, sizeof(now), cpu_file(cpu, "online"));
	if (ret == -ENOENT && way->dir == GO_UP)
		return 1;
	if (ret)
		return ret;
	if (!strcmp(now, way->value))
		return 1;
	return sys_write(way->value, cpu_file(cpu, "online"));
}

static void undo(const struct way *way, const struct cpulist *moved)
{
	for (size_t i = moved->nr; i--; ) {
		int ret = sys_write(way->back, cpu_file(moved->cpu[i], "online"));

		if (ret)
			reason_print_cpu(way->dir == GO_UP ? GO_DOWN : GO_UP,
					 moved->cpu[i], -ret);
	}
}

static int move_serial(const struct way *way, const struct cpulist *list)
{
	/* filled in place: never longer than the part of @list that was read */
	struct cpulist moved = { .cpu = list->cpu };
	struct progress p = { .total = list->nr };
	int ret = 0;
	size_t i;

	snprintf(p.what, sizeof(p.what), "%s", way->name);
	for (i = 0; i < list->nr; i++) {
		p.done = i;
		progress_draw(&p);
		ret = move_one(way, list->cpu[i]);
		if (ret < 0)
			break;
		if (!ret)
			moved.cpu[moved.nr++] = list->cpu[i];
	}
	progress_clear();
	if (i == list->nr)
		return 0;
	reason_print_cpu(way->dir, list->cpu[i], -ret);
	undo(way, &moved);
	return EXIT_REFUSED;
}

static int move(enum direction dir, int argc, char **argv)
{
	const struct way *way = &ways[dir];
	struct cpulist list;
	int ret;

	if (getopt(argc, argv, "") != -1 || argc - optind != 1)
		return usage();
	states_read();
	if (sys_has(way->batch_file))
		return move_batch(way, argv[optind]);

	ret = cpulist_parse(&list, argv[optind]);
	if (ret)
		errx(EXIT_REFUSED, "'%s' is no list of CPUs", argv[optind]);
	ret = move_serial(way, &list);
	cpulist_free(&list);
	return ret;
}

/** cmd_online - see the usage text */
int cmd_online(int argc, char **argv)
{
	return move(GO_UP, argc, argv);
}

/** cmd_offline - see the usage text */
int cmd_offline(int argc, char **argv)
{
	return move(GO_DOWN, argc, argv);
}
