/* SPDX-License-Identifier: GPL-2.0 */
/* Settings from the environment, and random numbers that a setting can repeat. */
#ifndef CPUHP_UTIL_SETTINGS_H
#define CPUHP_UTIL_SETTINGS_H

#include <sched.h>

unsigned long cpuhp_env(const char *name, unsigned long value);
unsigned int cpuhp_random(unsigned int limit);
unsigned long cpuhp_random_seed(void);
int cpuhp_random_cpu(const cpu_set_t *from);
void cpuhp_random_subset(const cpu_set_t *from, cpu_set_t *set);

#endif /* CPUHP_UTIL_SETTINGS_H */
