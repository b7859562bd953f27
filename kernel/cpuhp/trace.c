// SPDX-License-Identifier: GPL-2.0
/*
 * The trace events of CPU hotplug are made here, and a set of CPUs becomes text
 * that every tool can print.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "cpuhp.h"

#define CREATE_TRACE_POINTS
#include <trace/events/cpuhp.h>

/*
 * A record of the ring buffer has less than a page, and a tool does not expect
 * lines without end.
 */
#define LIST_SIZE_MAX	1024

static const char more[] = ",...";

/**
 * cpuhp_trace_list_size - how much room a set of CPUs has as a list
 * @nr:		number of bits
 * @bits:	the set
 *
 * Context: any.
 * Return: bytes, with the NUL behind the text
 */
unsigned int cpuhp_trace_list_size(unsigned int nr, const unsigned long *bits)
{
	return min(snprintf(NULL, 0, "%*pbl", nr, bits) + 1, LIST_SIZE_MAX);
}

/**
 * cpuhp_trace_list - write a set of CPUs as a list such as 0,2-4
 * @list:	room for the text
 * @size:	of it, at least 5
 * @nr:		number of bits
 * @bits:	the set
 *
 * A list that is too long ends behind a whole number or range, with ",...".
 *
 * Context: any.
 */
void cpuhp_trace_list(char *list, unsigned int size, unsigned int nr, const unsigned long *bits)
{
	char *end;

	if (snprintf(list, size, "%*pbl", nr, bits) < size)
		return;
	list[size - sizeof(more) + 1] = '\0';
	end = strrchr(list, ',') ?: list;
	memcpy(end, more, sizeof(more));
}
