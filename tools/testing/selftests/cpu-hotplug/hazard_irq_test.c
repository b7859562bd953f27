// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts that are bound to CPUs that leave together.
 *
 * Guards this patch:
 *	genirq/cpuhotplug: Move the interrupts of all dying CPUs at once
 */
#include "util/hazard.h"
#include "util/irqs.h"

#define IRQS_MAX	1024

static struct cpuhp_irq irqs[IRQS_MAX];

/*
 * Without "genirq/cpuhotplug: Move the interrupts of all dying CPUs at once": each
 * dying CPU finds interrupts of the others on CPUs that are offline, and warns.
 * With it, each interrupt is handled by a CPU that stays.
 */
TEST_F_TIMEOUT(hazard, interrupts, 300)
{
	int nr = cpuhp_irqs_find(irqs, IRQS_MAX), i, target;
	cpu_set_t stay, effective;

	if (!nr)
		SKIP(return, "no interrupt can be moved");
	for (i = 0; i < nr; i++) {
		target = cpuhp_mask_nth(&self->movable, i % CPU_COUNT(&self->movable));
		EXPECT_EQ(0, cpuhp_irq_direct(&irqs[i], target));
	}
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_mask_andnot(&stay, &self->before.online, &self->movable);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, cpuhp_irq_effective(&irqs[i], &effective));
		EXPECT_TRUE(cpuhp_mask_subset(&effective, &stay)) {
			char text[CPUHP_LIST_LEN];

			TH_LOG("%s is handled by CPUs %s", irqs[i].dir,
			       cpuhp_list_format(&effective, text, sizeof(text)));
		}
	}
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	for (i = 0; i < nr; i++)
		EXPECT_EQ(0, cpuhp_irq_restore(&irqs[i]));
}

CPUHP_HARNESS_MAIN
