// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts that are bound to CPUs that leave together.
 *
 * Guards these patches:
 *	genirq/cpuhotplug: Move the interrupts of all dying CPUs at once
 *	x86/vector: Send an interrupt again whose move is forced to an end
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

/* How often an interrupt has been handled; -1 if the kernel does not tell. */
static long irq_count(const struct irq *irq)
{
	char path[128], text[CPUHP_LIST_LEN], *rest;
	long sum = 0;

	snprintf(path, sizeof(path), "/sys/kernel/irq%s/per_cpu_count", strrchr(irq->dir, '/'));
	if (cpuhp_file_read(path, text, sizeof(text)))
		return -1;
	for (rest = text; *rest >= '0' && *rest <= '9'; rest += *rest == ',')
		sum += strtol(rest, &rest, 10);
	return sum;
}

/**
 * struct move - an interrupt that has moved from one CPU to another
 * @irq:	the interrupt
 * @from:	the CPU that handled it
 * @to:		the CPU that is to handle it
 * @count:	how often it had been handled then
 */
struct move {
	struct irq irq;
	int from, to;
	long count;
};

/*
 * Move an interrupt to the CPU @to, so that the move takes effect at once and is not over
 * until the interrupt comes. Not all interrupts can: some move when they come.
 */
static bool irq_move(struct move *move, int to)
{
	cpu_set_t effective;
	char target[16];

	snprintf(target, sizeof(target), "%d", to);
	move->count = irq_count(&move->irq);
	if (move->count < 0 || irq_read(&move->irq, "effective_affinity_list", &effective) ||
	    CPU_COUNT(&effective) != 1)
		return false;
	move->from = cpuhp_mask_nth(&effective, 0);
	move->to = to;
	return move->from != to && !irq_write(&move->irq, target) &&
	       !irq_read(&move->irq, "effective_affinity_list", &effective) &&
	       CPU_ISSET(to, &effective);
}

static bool has_come(void *arg)
{
	struct move *move = arg;

	return irq_count(&move->irq) > move->count;
}

/* Find an interrupt that moves to @to at once, and move it. */
static bool irq_find(struct move *move, int to)
{
	bool moved = false;
	glob_t found;
	size_t i;

	if (glob("/proc/irq/[0-9]*", GLOB_ONLYDIR, NULL, &found))
		return false;
	for (i = 0; i < found.gl_pathc && !moved; i++) {
		snprintf(move->irq.dir, sizeof(move->irq.dir), "%s", found.gl_pathv[i]);
		moved = has_handler(&move->irq) &&
			!irq_read(&move->irq, "smp_affinity_list", &(cpu_set_t){}) &&
			irq_move(move, to);
	}
	globfree(&found);
	return moved;
}

/*
 * Without "x86/vector: Send an interrupt again whose move is forced to an end": nobody
 * hears of an interrupt that was on its way to the old CPU when one of the two CPUs died.
 * With it, the interrupt comes once more. It is one of a device that has nothing to say,
 * or the test shows nothing.
 */
TEST_F_TIMEOUT(hazard, sent_again, 300)
{
	int first = cpuhp_mask_nth(&self->movable, 0);
	struct move move = {};

	if (!irq_find(&move, first))
		SKIP(return, "no interrupt moves at once");

	TH_LOG("%s: from CPU %d to CPU %d, which leaves", move.irq.dir, move.from, move.to);
	ASSERT_EQ(0, cpuhp_cpu_set(first, "online", 0));
	EXPECT_EQ(0, cpuhp_wait(has_come, &move));
	ASSERT_EQ(0, cpuhp_cpu_set(first, "online", 1));

	if (!irq_move(&move, first) || !CPU_ISSET(move.from, &self->movable))
		return;
	TH_LOG("%s: from CPU %d, which leaves, to CPU %d", move.irq.dir, move.from, move.to);
	ASSERT_EQ(0, cpuhp_cpu_set(move.from, "online", 0));
	EXPECT_EQ(0, cpuhp_wait(has_come, &move));
}

CPUHP_HARNESS_MAIN
