// SPDX-License-Identifier: GPL-2.0
/*
 * A picture of all that a user can see of a machine's CPUs and tasks.
 */
#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refused_picture.h"
#include "util/cgroup.h"
#include "util/sys.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* What a user can read about a machine's CPUs, besides the CPUs themselves. */
static const char * const visible[] = {
	CGROUP "/cpuset.cpus*",
	CPUSET "/cpuset.cpus*",
	CPUHP_SYS "/cpu[0-9]*/topology/*_list",
	CPUHP_SYS "/cpu[0-9]*/cache/index*/shared_cpu_list",
	CPUHP_SYS "/cpufreq/policy*/*_cpus",
	CPUHP_SYS "/cpufreq/policy*/scaling_governor",
	CPUHP_SYS "/cpufreq/policy*/scaling_*_freq",
	"/sys/devices/system/node/node[0-9]*/cpulist",
	"/sys/devices/virtual/workqueue/cpumask*",
	"/sys/devices/virtual/workqueue/*/cpumask",
	"/sys/kernel/debug/sched/domains/cpu*/domain*/name",
	"/proc/irq/*/*affinity_list",
};

static void add(struct picture *p, const char *name, const char *value, bool may_go)
{
	struct entry *entry = &p->entry[p->nr];

	if (p->nr == ARRAY_SIZE(p->entry))
		return;
	entry->name = strdup(name);
	entry->value = strdup(value);
	entry->may_go = may_go;
	p->nr += entry->name && entry->value;
}

static void clear(struct picture *p)
{
	while (p->nr) {
		p->nr--;
		free(p->entry[p->nr].name);
		free(p->entry[p->nr].value);
	}
}

static void add_files(struct picture *p, const char *pattern)
{
	char text[CPUHP_LIST_LEN];
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		if (!cpuhp_file_read(found.gl_pathv[i], text, sizeof(text)))
			add(p, found.gl_pathv[i], text, false);
	}
	globfree(&found);
}

/* With the time of its start, to tell a task from a later one with the same PID. */
static bool task_name(const char *pid, char *name, size_t size)
{
	char path[64], text[1024], *rest, *word;
	int i;

	snprintf(path, sizeof(path), "/proc/%.16s/stat", pid);
	if (cpuhp_file_read(path, text, sizeof(text)))
		return false;
	rest = strrchr(text, ')');
	if (!rest)
		return false;
	*rest++ = '\0';
	/* The start is field 22; the first field behind the name is field 3. */
	for (i = 3, word = strtok(rest, " "); word && i < 22; i++)
		word = strtok(NULL, " ");
	snprintf(name, size, "task %s) since %s", text, word ? word : "?");
	return true;
}

static void add_task(struct picture *p, const char *pid)
{
	static const char key[] = "Cpus_allowed_list:\t";
	char path[64], text[8192], name[1200], *list;

	snprintf(path, sizeof(path), "/proc/%.16s/status", pid);
	if (!task_name(pid, name, sizeof(name)) ||
	    cpuhp_file_read(path, text, sizeof(text)))
		return;
	/* Still on its way back from an earlier operation: see pktgen_test.c. */
	if (strstr(name, "(kpktgend_"))
		return;
	list = strstr(text, key);
	if (!list)
		return;
	list += strlen(key);
	list[strcspn(list, "\n")] = '\0';
	add(p, name, list, true);
}

static void add_tasks(struct picture *p)
{
	DIR *proc = opendir("/proc");
	struct dirent *pid;

	while (proc && (pid = readdir(proc))) {
		if (strspn(pid->d_name, "0123456789") == strlen(pid->d_name))
			add_task(p, pid->d_name);
	}
	if (proc)
		closedir(proc);
}

/**
 * picture_take - note all that can be seen
 * @p:		filled; freed first if it was filled before
 */
void picture_take(struct picture *p)
{
	size_t i;

	clear(p);
	cpuhp_machine_read(&p->machine);
	for (i = 0; i < ARRAY_SIZE(visible); i++)
		add_files(p, visible[i]);
	add_tasks(p);
}

static const struct entry *find(const struct picture *p, const char *name, size_t hint)
{
	size_t i;

	for (i = 0; i < p->nr; i++) {
		const struct entry *entry = &p->entry[(hint + i) % p->nr];

		if (!strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

/**
 * picture_diff - describe the first difference of two pictures
 * @a:		the earlier picture
 * @b:		the later picture
 *
 * Return: an empty string if they are the same. The text is valid until the next
 * call.
 */
const char *picture_diff(const struct picture *a, const struct picture *b)
{
	static char text[4 * CPUHP_LIST_LEN];
	size_t i;

	for (i = 0; i < a->nr; i++) {
		const struct entry *was = &a->entry[i];
		const struct entry *is = find(b, was->name, i);

		if (!is && was->may_go)
			continue;
		if (is && !strcmp(was->value, is->value))
			continue;
		snprintf(text, sizeof(text), "%s: was \"%s\", is \"%s\"", was->name,
			 was->value, is ? is->value : "not there");
		return text;
	}
	snprintf(text, sizeof(text), "%s", cpuhp_machine_diff(&a->machine, &b->machine));
	return text;
}
