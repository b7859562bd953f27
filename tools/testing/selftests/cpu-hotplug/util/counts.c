// SPDX-License-Identifier: GPL-2.0
/*
 * How many interrupts of each kind a CPU has had.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"

#define BLANKS	"\n "

/* The position of a CPU in the lines below @head; they have one for each online CPU. */
static int column_of(int cpu, char *head)
{
	char *word, *rest = head, name[16];
	int column = 0;

	snprintf(name, sizeof(name), "CPU%d", cpu);
	while ((word = strtok_r(rest, BLANKS, &rest))) {
		if (!strcmp(word, name))
			return column;
		column++;
	}
	return -ENOENT;
}

/* A line such as "ERR" has one number, for all CPUs, and is left out. */
static void add_line(struct cpuhp_counts *counts, char *line, int column)
{
	struct cpuhp_kind *kind = &counts->kind[counts->nr];
	char *rest = line, *name = strtok_r(rest, ": ", &rest), *word = NULL, *end;
	int i;

	for (i = 0; i <= column; i++)
		word = strtok_r(rest, BLANKS, &rest);
	if (!name || !word || counts->nr == CPUHP_KINDS_MAX)
		return;
	kind->count = strtol(word, &end, 10);
	if (*end)
		return;
	snprintf(kind->name, sizeof(kind->name), "%s", name);
	while ((name = strtok_r(rest, BLANKS, &rest)))
		word = name;
	snprintf(kind->last, sizeof(kind->last), "%s", word);
	counts->nr++;
}

/**
 * cpuhp_counts_read - count the interrupts of a CPU
 * @cpu:	the CPU
 * @counts:	filled
 *
 * Return: 0, -errno if /proc/interrupts cannot be read, -ENOENT if the CPU is offline.
 */
int cpuhp_counts_read(int cpu, struct cpuhp_counts *counts)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char *line = NULL;
	size_t size = 0;
	int column;

	counts->nr = 0;
	if (!file)
		return -errno;
	column = getline(&line, &size, file) < 0 ? -EIO : column_of(cpu, line);
	while (column >= 0 && getline(&line, &size, file) >= 0)
		add_line(counts, line, column);
	free(line);
	fclose(file);
	return column < 0 ? column : 0;
}

/**
 * cpuhp_counts_of - how many interrupts of a kind there were
 * @counts:	all kinds
 * @name:	the kind
 *
 * Return: their number; 0 if the kind is unknown, as that of an interrupt that was not
 * requested yet.
 */
long cpuhp_counts_of(const struct cpuhp_counts *counts, const char *name)
{
	int i;

	for (i = 0; i < counts->nr; i++) {
		if (!strcmp(counts->kind[i].name, name))
			return counts->kind[i].count;
	}
	return 0;
}
