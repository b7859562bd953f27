// SPDX-License-Identifier: GPL-2.0
/*
 * Owns CPU lists as the kernel writes them, "1-3,7". Needed only where CPUs
 * must be moved one by one; a batch hands the user's text to the kernel.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"

/* Far above any NR_CPUS: keeps a slip like 1-4000000000 from eating memory. */
#define CPU_LIMIT	65536

static int parse_number(unsigned long *nr, const char **text)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	*nr = strtoul(*text, &end, 10);
	*text = end;
	return *nr < CPU_LIMIT ? 0 : -ERANGE;
}

static int parse_range(bool *set, const char **text)
{
	unsigned long from, to;
	int ret;

	ret = parse_number(&from, text);
	if (ret)
		return ret;
	to = from;
	if (**text == '-') {
		++*text;
		ret = parse_number(&to, text);
		if (ret)
			return ret;
	}
	if (to < from)
		return -EINVAL;
	memset(set + from, true, to - from + 1);
	return 0;
}

/**
 * cpulist_parse - the CPUs that @text names
 * @list:	filled in; to be given to cpulist_free(), also after an error
 * @text:	the list; must name at least one CPU
 *
 * Return: 0, -EINVAL where @text is no list, -ERANGE for an absurd number
 */
int cpulist_parse(struct cpulist *list, const char *text)
{
	bool *set = calloc(CPU_LIMIT, sizeof(*set));
	int ret;

	if (!set)
		err(EXIT_REFUSED, NULL);
	list->nr = 0;
	list->cpu = NULL;
	ret = parse_range(set, &text);
	while (!ret && *text == ',') {
		text++;
		ret = parse_range(set, &text);
	}
	if (!ret && *text)
		ret = -EINVAL;

	if (!ret) {
		list->cpu = calloc(CPU_LIMIT, sizeof(*list->cpu));
		if (!list->cpu)
			err(EXIT_REFUSED, NULL);
		for (unsigned int cpu = 0; cpu < CPU_LIMIT; cpu++)
			if (set[cpu])
				list->cpu[list->nr++] = cpu;
	}
	free(set);
	return ret;
}

/** cpulist_has - is @cpu a member? */
bool cpulist_has(const struct cpulist *list, unsigned int cpu)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->cpu[i] == cpu)
			return true;
	return false;
}

/** cpulist_text - the list as the kernel would write it; the caller frees it */
char *cpulist_text(const struct cpulist *list)
{
	const char *comma = "";
	char *text;
	size_t size, i, last;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(EXIT_REFUSED, NULL);
	for (i = 0; i < list->nr; i = last + 1) {
		for (last = i; last + 1 < list->nr; last++)
			if (list->cpu[last + 1] != list->cpu[last] + 1)
				break;
		fprintf(out, "%s%u", comma, list->cpu[i]);
		if (last > i)
			fprintf(out, "-%u", list->cpu[last]);
		comma = ",";
	}
	fclose(out);
	return text;
}

/** cpulist_free - give a parsed list back */
void cpulist_free(struct cpulist *list)
{
	free(list->cpu);
	list->cpu = NULL;
	list->nr = 0;
}
