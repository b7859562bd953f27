/* SPDX-License-Identifier: GPL-2.0 */
/* The states of CPU hotplug, in the order in which a CPU passes them. */
#ifndef CPUHP_UTIL_LINE_H
#define CPUHP_UTIL_LINE_H

#include <stdbool.h>

#define CPUHP_MAX_STEPS		512	/* more states than any kernel has */

/**
 * struct cpuhp_step - one state of hotplug/states
 * @nr:		its number
 * @name:	its name
 */
struct cpuhp_step {
	int nr;
	char name[64];
};

/**
 * struct cpuhp_steps - hotplug/states as a table
 * @count:	entries of @step
 * @step:	the states, in rising order of their numbers
 */
struct cpuhp_steps {
	int count;
	struct cpuhp_step step[CPUHP_MAX_STEPS];
};

int cpuhp_steps_read(struct cpuhp_steps *steps);
int cpuhp_steps_top(const struct cpuhp_steps *steps);
int cpuhp_steps_find(const struct cpuhp_steps *steps, const char *name);
const char *cpuhp_steps_name(const struct cpuhp_steps *steps, int nr);
bool cpuhp_step_is_barred(const struct cpuhp_steps *steps, int nr);
int cpuhp_partial_targets(const struct cpuhp_steps *steps, int cpu);

#endif /* CPUHP_UTIL_LINE_H */
