// SPDX-License-Identifier: GPL-2.0
/*
 * Defines the trace events of CPU hotplug, and turns a set of CPUs into text that
 * every tool can print.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "cpuhp.h"

#define CREATE_TRACE_POINTS
#include <trace/events/cpuhp.h>

/*
 * A record of the ring buffer is shorter than a page, and tools expect lines of
 * limited length.
 */
#define LIST_SIZE_MAX	1024

static const char more[] = ",...";

/**
 * cpuhp_trace_list_size - room for a set of CPUs as a list
 * @nr:		number of bits
 * @bits:	the set
 *
 * Context: any.
 * Return: bytes, including the NUL
 */
unsigned int cpuhp_trace_list_size(unsigned int nr, const unsigned long *bits)
{
	return min(snprintf(NULL, 0, "%*pbl", nr, bits) + 1, LIST_SIZE_MAX);
}

/**
 * cpuhp_trace_list - write a set of CPUs as a list such as 0,2-4
 * @list:	room for the text
 * @size:	size of @list in bytes, at least 5
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
