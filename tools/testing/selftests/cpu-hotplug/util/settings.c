// SPDX-License-Identifier: GPL-2.0
/*
 * Settings from the environment, and random numbers that a setting can repeat.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "settings.h"
#include "sys.h"

/**
 * cpuhp_env - a number from the environment
 * @name:	of the variable
 * @value:	the default, for a variable that is not set or empty
 *
 * Return: the number.
 */
unsigned long cpuhp_env(const char *name, unsigned long value)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : value;
}

/**
 * cpuhp_random_seed - the seed of cpuhp_random(), for a test to print
 *
 * The same number in CPUHP_SEED of the environment repeats a run.
 *
 * Return: the seed.
 */
unsigned long cpuhp_random_seed(void)
{
	static unsigned long seed;

	if (!seed) {
		seed = cpuhp_env("CPUHP_SEED", time(NULL) ^ ((unsigned long)getpid() << 16));
		srandom(seed);
	}
	return seed;
}

/**
 * cpuhp_random - a number below a limit
 * @limit:	above 0
 *
 * Return: the number.
 */
unsigned int cpuhp_random(unsigned int limit)
{
	cpuhp_random_seed();
	return random() % limit;
}

/**
 * cpuhp_random_cpu - a CPU of a mask
 * @from:	the mask, not empty
 *
 * Return: the CPU.
 */
int cpuhp_random_cpu(const cpu_set_t *from)
{
	return cpuhp_mask_nth(from, cpuhp_random(CPU_COUNT(from)));
}

/**
 * cpuhp_random_subset - some CPUs of a mask, at least one
 * @from:	the mask, not empty
 * @set:	filled
 */
void cpuhp_random_subset(const cpu_set_t *from, cpu_set_t *set)
{
	int cpu;

	CPU_ZERO(set);
	CPU_SET(cpuhp_random_cpu(from), set);
	for_each_cpu_in(cpu, from)
		if (cpuhp_random(2))
			CPU_SET(cpu, set);
}
