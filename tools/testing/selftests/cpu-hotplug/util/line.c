// SPDX-License-Identifier: GPL-2.0
/*
 * The states of CPU hotplug, as hotplug/states lists them, and which of them a CPU
 * may rest at.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "machine.h"
#include "sys.h"

/**
 * cpuhp_steps_read - read hotplug/states
 * @steps:	filled
 *
 * Return: 0, -errno if it cannot be read, -EPROTO if it cannot be understood.
 */
int cpuhp_steps_read(struct cpuhp_steps *steps)
{
	char text[16384], *line, *save = NULL;
	struct cpuhp_step *step;
	int err, previous = -1;

	steps->count = 0;
	err = cpuhp_sys_read("hotplug/states", text, sizeof(text));
	if (err)
		return err;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (steps->count == CPUHP_MAX_STEPS)
			return -EPROTO;
		step = &steps->step[steps->count++];
		if (sscanf(line, "%d: %63s", &step->nr, step->name) != 2 ||
		    step->nr <= previous)
			return -EPROTO;
		previous = step->nr;
	}
	return steps->count ? 0 : -EPROTO;
}

/**
 * cpuhp_steps_top - the highest state
 * @steps:	from cpuhp_steps_read()
 *
 * Return: its number.
 */
int cpuhp_steps_top(const struct cpuhp_steps *steps)
{
	return steps->step[steps->count - 1].nr;
}

/**
 * cpuhp_steps_find - the number of a state by its name
 * @steps:	from cpuhp_steps_read()
 * @name:	the state's name
 *
 * Return: its number, -ENOENT if this kernel has no such state.
 */
int cpuhp_steps_find(const struct cpuhp_steps *steps, const char *name)
{
	int i;

	for (i = 0; i < steps->count; i++)
		if (!strcmp(steps->step[i].name, name))
			return steps->step[i].nr;
	return -ENOENT;
}

/**
 * cpuhp_steps_name - the name of a state by its number
 * @steps:	from cpuhp_steps_read()
 * @nr:		the state's number
 *
 * Return: its name, NULL if this kernel has no such state.
 */
const char *cpuhp_steps_name(const struct cpuhp_steps *steps, int nr)
{
	int i;

	for (i = 0; i < steps->count; i++)
		if (steps->step[i].nr == nr)
			return steps->step[i].name;
	return NULL;
}

/**
 * cpuhp_step_is_barred - check whether a CPU must not be left at a state
 * @steps:	from cpuhp_steps_read()
 * @nr:		any number
 *
 * True for numbers without a state, for states that are only half of a step, and
 * for all states between bringing a CPU to life and its first idle loop. Also for
 * cpu:kick_ap on a kernel without batches: such a kernel never kicks a CPU again
 * that has come down to this state, so the CPU is lost.
 *
 * Return: true if a CPU must not be left there.
 */
bool cpuhp_step_is_barred(const struct cpuhp_steps *steps, int nr)
{
	const char *name = cpuhp_steps_name(steps, nr);

	if (!name || !strcmp(name, "threads:prepare"))
		return true;
	if (!strcmp(name, "cpu:kick_ap"))
		return !cpuhp_has_batch();
	return nr >= cpuhp_steps_find(steps, "cpu:bringup") &&
	       nr <= cpuhp_steps_find(steps, "cpu:teardown");
}

/**
 * cpuhp_partial_targets - check whether a CPU can be left between off and on
 * @steps:	from cpuhp_steps_read()
 * @cpu:	a CPU that is online and comes back online
 *
 * Kernels without CONFIG_CPU_HOTPLUG_STATE_CONTROL refuse. The configuration
 * answers if it can be read, otherwise one write to hotplug/target does.
 *
 * Return: 1 or 0, or the negative errno of a write that neither succeeded nor
 * was refused.
 */
int cpuhp_partial_targets(const struct cpuhp_steps *steps, int cpu)
{
	int err, config = cpuhp_config("CONFIG_CPU_HOTPLUG_STATE_CONTROL");

	if (config >= 0)
		return config;
	err = cpuhp_cpu_set(cpu, "hotplug/target",
			    cpuhp_steps_find(steps, "sched:active"));
	if (err == -EINVAL)
		return 0;
	if (!err)
		err = cpuhp_cpu_set(cpu, "hotplug/target",
				    cpuhp_steps_find(steps, "online"));
	return err ? err : 1;
}
