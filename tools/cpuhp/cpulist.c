// SPDX-License-Identifier: GPL-2.0
/*
 * Owns CPU lists as the kernel reads them: "1-3,7", and "1-15:2/4" for the first
 * two of each four CPUs from 1 to 15. Needed only where CPUs must be moved one
 * by one, and where a list is too long for the kernel; else a batch hands the
 * user's text on.
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

/* "2/4": @used of each @group CPUs. */
static int parse_stride(unsigned long *used, unsigned long *group, const char **text)
{
	int ret = parse_number(used, text);

	if (ret)
		return ret;
	if (**text != '/')
		return -EINVAL;
	++*text;
	ret = parse_number(group, text);
	if (ret)
		return ret;
	return *group && *used <= *group ? 0 : -EINVAL;
}

static int parse_range(bool *set, const char **text)
{
	unsigned long from, to, used = 1, group = 1;
	int ret;

	ret = parse_number(&from, text);
	if (ret)
		return ret;
	to = from;
	if (**text == '-') {
		++*text;
		ret = parse_number(&to, text);
		if (!ret && **text == ':') {
			++*text;
			ret = parse_stride(&used, &group, text);
		}
		if (ret)
			return ret;
	}
	if (to < from)
		return -EINVAL;
	for (unsigned long cpu = from; cpu <= to; cpu++)
		if ((cpu - from) % group < used)
			set[cpu] = true;
	return 0;
}

/**
 * cpulist_parse - the CPUs that @text names
 * @list:	filled in; to be given to cpulist_free(), also after an error
 * @text:	the list; must name at least one CPU
 *
 * Return: 0, -EINVAL if @text is no list, -ERANGE for an absurd number
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

/* Index behind the range of neighbours that begins at index @i. */
static size_t range_end(const struct cpulist *list, size_t i)
{
	while (++i < list->nr)
		if (list->cpu[i] != list->cpu[i - 1] + 1)
			break;
	return i;
}

/*
 * Index behind the ranges from index @i on that are as long as the first of
 * them, @len, and begin @group apart. At least three, or it is the first alone.
 */
static size_t stride_end(const struct cpulist *list, size_t i, size_t *len, unsigned int *group)
{
	size_t first_end = range_end(list, i), end = first_end, next;

	*len = first_end - i;
	*group = end < list->nr ? list->cpu[end] - list->cpu[i] : 0;
	while (end < list->nr && list->cpu[end] - list->cpu[end - *len] == *group) {
		next = range_end(list, end);
		if (next - end != *len)
			break;
		end = next;
	}
	return end - i < 3 * *len ? first_end : end;
}

/** cpulist_text - the list in few bytes; the caller frees it */
char *cpulist_text(const struct cpulist *list)
{
	unsigned int first, last, group;
	const char *comma = "";
	size_t size, i, end, len;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(EXIT_REFUSED, NULL);
	for (i = 0; i < list->nr; i = end) {
		end = stride_end(list, i, &len, &group);
		first = list->cpu[i];
		last = list->cpu[end - 1];
		fprintf(out, "%s%u", comma, first);
		if (last > first)
			fprintf(out, "-%u", last);
		if (end - i > len)
			fprintf(out, ":%zu/%u", len, group);
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
