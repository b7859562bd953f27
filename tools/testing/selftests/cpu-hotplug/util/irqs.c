// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts that a test moves from CPU to CPU.
 */
#include <glob.h>
#include <stdio.h>

#include "irqs.h"

static int write_affinity(const struct cpuhp_irq *irq, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/smp_affinity_list", irq->dir);
	return cpuhp_file_write(path, text);
}

static int read_affinity(struct cpuhp_irq *irq)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/smp_affinity_list", irq->dir);
	return cpuhp_file_read(path, irq->before, sizeof(irq->before));
}

/* Whether anybody has requested an interrupt. Others stay where they are, unused. */
static bool has_handler(const struct cpuhp_irq *irq)
{
	char pattern[128];
	glob_t found;

	/* Each handler is a directory. */
	snprintf(pattern, sizeof(pattern), "%s/*/", irq->dir);
	if (glob(pattern, 0, NULL, &found))
		return false;
	globfree(&found);
	return true;
}

/**
 * cpuhp_irqs_find - find the interrupts in use that may be directed to other CPUs
 * @irqs:	filled, with what cpuhp_irq_restore() needs
 * @max:	size of @irqs
 *
 * Return: their number.
 */
int cpuhp_irqs_find(struct cpuhp_irq *irqs, int max)
{
	glob_t found;
	int nr = 0;
	size_t i;

	if (glob("/proc/irq/[0-9]*", GLOB_ONLYDIR, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc && nr < max; i++) {
		snprintf(irqs[nr].dir, sizeof(irqs[nr].dir), "%s", found.gl_pathv[i]);
		if (has_handler(&irqs[nr]) && !read_affinity(&irqs[nr]) &&
		    !cpuhp_irq_restore(&irqs[nr]))
			nr++;
	}
	globfree(&found);
	return nr;
}

/**
 * cpuhp_irq_direct - direct an interrupt to a CPU
 * @irq:	the interrupt
 * @cpu:	the CPU
 *
 * Return: as cpuhp_file_write(); -EINVAL if the CPU is offline.
 */
int cpuhp_irq_direct(const struct cpuhp_irq *irq, int cpu)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", cpu);
	return write_affinity(irq, text);
}

/**
 * cpuhp_irq_restore - let an interrupt use the CPUs that it could use before
 * @irq:	the interrupt
 *
 * Return: as cpuhp_file_write(); -EIO if an interrupt cannot be directed at all.
 */
int cpuhp_irq_restore(const struct cpuhp_irq *irq)
{
	return write_affinity(irq, irq->before);
}

/**
 * cpuhp_irq_effective - the CPUs that handle an interrupt now
 * @irq:	the interrupt
 * @set:	filled
 *
 * Return: as cpuhp_list_read().
 */
int cpuhp_irq_effective(const struct cpuhp_irq *irq, cpu_set_t *set)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/effective_affinity_list", irq->dir);
	return cpuhp_list_read(path, set);
}
