// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts that are bound to CPUs that leave together.
 *
 * Guards this patch:
 *	genirq/cpuhotplug: Move the interrupts of all dying CPUs at once
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/hazard.h"

#define IRQS_MAX	1024

/**
 * struct irq - an interrupt that the test has moved
 * @dir:	its directory in /proc/irq
 * @before:	the CPUs that it may use when no test runs
 */
struct irq {
	char dir[64];
	char before[CPUHP_LIST_LEN];
};

static struct irq irqs[IRQS_MAX];

static int irq_write(const struct irq *irq, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/smp_affinity_list", irq->dir);
	return cpuhp_file_write(path, text);
}

static int irq_read(const struct irq *irq, const char *name, cpu_set_t *set)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", irq->dir, name);
	return cpuhp_list_read(path, set);
}

/* Whether anybody has requested an interrupt. Others stay where they are, unused. */
static bool has_handler(const struct irq *irq)
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

/* Bind all interrupts that can be bound to CPUs of @movable, in turn. Returns their number. */
static int irqs_bind(const cpu_set_t *movable)
{
	char path[128], target[16];
	struct irq *irq = irqs;
	glob_t found;
	size_t i;

	if (glob("/proc/irq/[0-9]*", GLOB_ONLYDIR, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc && irq < irqs + IRQS_MAX; i++) {
		snprintf(irq->dir, sizeof(irq->dir), "%s", found.gl_pathv[i]);
		snprintf(path, sizeof(path), "%s/smp_affinity_list", irq->dir);
		snprintf(target, sizeof(target), "%d",
			 cpuhp_mask_nth(movable, i % CPU_COUNT(movable)));
		if (has_handler(irq) && !cpuhp_file_read(path, irq->before, sizeof(irq->before)) &&
		    !irq_write(irq, target))
			irq++;
	}
	globfree(&found);
	return irq - irqs;
}

/*
 * Without "genirq/cpuhotplug: Move the interrupts of all dying CPUs at once": each
 * dying CPU finds interrupts of the others on CPUs that are offline, and warns.
 * With it, each interrupt is handled by a CPU that stays.
 */
TEST_F_TIMEOUT(hazard, interrupts, 300)
{
	int nr = irqs_bind(&self->movable), i;
	cpu_set_t stay, effective;

	if (!nr)
		SKIP(return, "no interrupt can be moved");
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_mask_andnot(&stay, &self->before.online, &self->movable);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, irq_read(&irqs[i], "effective_affinity_list", &effective));
		EXPECT_TRUE(cpuhp_mask_subset(&effective, &stay)) {
			char text[CPUHP_LIST_LEN];

			TH_LOG("%s is handled by CPUs %s", irqs[i].dir,
			       cpuhp_list_format(&effective, text, sizeof(text)));
		}
	}
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	for (i = 0; i < nr; i++)
		EXPECT_EQ(0, irq_write(&irqs[i], irqs[i].before));
}

CPUHP_HARNESS_MAIN
