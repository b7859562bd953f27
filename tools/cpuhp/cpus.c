// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the picture of the machine: one record per CPU that sysfs knows, and the
 * names of the states. A file that is missing leaves its field UNKNOWN: the
 * topology directory goes with an offline CPU, cpuN/online is missing for a CPU
 * that cannot be switched, and hotplug/ needs CONFIG_HOTPLUG_CPU.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"

static char **names;
static int nr_names;

/** states_last - number of the topmost state, UNKNOWN if there are no names */
int states_last(void)
{
	return nr_names - 1;
}

/** state_name - what hotplug/states calls @state, or "?" */
const char *state_name(int state)
{
	if (state < 0 || state >= nr_names || !names[state])
		return "?";
	return names[state];
}

static void add_name(int state, const char *name)
{
	if (state >= nr_names) {
		names = reallocarray(names, state + 1, sizeof(*names));
		if (!names)
			err(EXIT_REFUSED, NULL);
		memset(names + nr_names, 0, (state + 1 - nr_names) * sizeof(*names));
		nr_names = state + 1;
	}
	free(names[state]);
	names[state] = strdup(name);
}

/** states_read - learn the names of the states; 0 or -errno */
int states_read(void)
{
	FILE *file = sys_open("hotplug/states");
	char line[256], name[200];
	int state;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%d: %199[^\n]", &state, name) == 2 && state >= 0)
			add_name(state, name);
	fclose(file);
	return 0;
}

static int find_node(unsigned int cpu)
{
	DIR *dir = sys_opendir(cpu_file(cpu, ""));
	int node = UNKNOWN;
	struct dirent *e;

	if (!dir)
		return UNKNOWN;
	while (node == UNKNOWN && (e = readdir(dir)))
		if (sscanf(e->d_name, "node%d", &node) != 1)
			node = UNKNOWN;
	closedir(dir);
	return node;
}

static void read_cpu(struct cpu *cpu)
{
	unsigned int nr = cpu->nr;
	int online = 1;

	cpu->has_switch = !sys_int(&online, cpu_file(nr, "online"));
	cpu->online = online;
	if (sys_int(&cpu->state, cpu_file(nr, "hotplug/state")))
		cpu->state = UNKNOWN;
	if (sys_int(&cpu->target, cpu_file(nr, "hotplug/target")))
		cpu->target = UNKNOWN;
	if (sys_int(&cpu->package, cpu_file(nr, "topology/physical_package_id")))
		cpu->package = UNKNOWN;
	if (sys_int(&cpu->core, cpu_file(nr, "topology/core_id")))
		cpu->core = UNKNOWN;
	if (sys_line(cpu->siblings, sizeof(cpu->siblings),
		     cpu_file(nr, "topology/thread_siblings_list")))
		snprintf(cpu->siblings, sizeof(cpu->siblings), "-");
	cpu->node = find_node(nr);
}

static int by_number(const void *a, const void *b)
{
	const struct cpu *x = a, *y = b;

	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

/**
 * cpus_read - take a picture of all CPUs that have a directory
 * @cpus:	filled in, in ascending order; to be given to cpus_free()
 *
 * Not atomic: CPUs may move while it is taken.
 *
 * Return: 0 or -errno
 */
int cpus_read(struct cpus *cpus)
{
	DIR *dir = sys_opendir("");
	struct dirent *e;
	unsigned int nr;
	int end;

	cpus->cpu = NULL;
	cpus->nr = 0;
	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		/* cpu7 and not cpufreq, cpuidle */
		if (sscanf(e->d_name, "cpu%u%n", &nr, &end) != 1 || e->d_name[end])
			continue;
		cpus->cpu = reallocarray(cpus->cpu, cpus->nr + 1, sizeof(*cpus->cpu));
		if (!cpus->cpu)
			err(EXIT_REFUSED, NULL);
		cpus->cpu[cpus->nr].nr = nr;
		read_cpu(&cpus->cpu[cpus->nr++]);
	}
	closedir(dir);
	if (!cpus->nr)
		return -ENOENT;
	qsort(cpus->cpu, cpus->nr, sizeof(*cpus->cpu), by_number);
	return 0;
}

/** cpus_free - give the picture back */
void cpus_free(struct cpus *cpus)
{
	free(cpus->cpu);
	cpus->cpu = NULL;
	cpus->nr = 0;
}
