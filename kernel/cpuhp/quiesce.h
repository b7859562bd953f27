/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the rest of the system is kept away while CPUs move: quiesce.c.
 */
#ifndef _KERNEL_CPUHP_QUIESCE_H
#define _KERNEL_CPUHP_QUIESCE_H

#include <linux/cpumask.h>
#include <linux/types.h>

/**
 * enum cpuhp_quiesce - what an operation on CPUs does to other tasks
 * @CPUHP_QUIESCE_LOCK:		nothing; a task that minds takes cpus_read_lock()
 * @CPUHP_QUIESCE_FREEZER:	all freezable tasks stand still
 */
enum cpuhp_quiesce {
	CPUHP_QUIESCE_LOCK,
	CPUHP_QUIESCE_FREEZER,
};

int cpuhp_quiesce_begin(enum cpuhp_quiesce *mode);
void cpuhp_quiesce_end(enum cpuhp_quiesce mode);
void cpuhp_quiesce_verify(const struct cpumask *members);

ssize_t cpuhp_quiesce_show(char *buf);
int cpuhp_quiesce_store(const char *buf);

#endif /* _KERNEL_CPUHP_QUIESCE_H */
