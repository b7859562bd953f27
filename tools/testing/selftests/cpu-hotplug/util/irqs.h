/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupts that a test moves from CPU to CPU. */
#ifndef CPUHP_UTIL_IRQS_H
#define CPUHP_UTIL_IRQS_H

#include <stdbool.h>

#include "sys.h"

/**
 * struct cpuhp_irq - an interrupt
 * @dir:	its directory in /proc/irq
 * @before:	the CPUs that it may use when no test runs
 */
struct cpuhp_irq {
	char dir[64];
	char before[CPUHP_LIST_LEN];
};

int cpuhp_irqs_find(struct cpuhp_irq *irqs, int max);
int cpuhp_irq_direct(const struct cpuhp_irq *irq, int cpu);
int cpuhp_irq_restore(const struct cpuhp_irq *irq);
int cpuhp_irq_effective(const struct cpuhp_irq *irq, cpu_set_t *set);

#endif /* CPUHP_UTIL_IRQS_H */
