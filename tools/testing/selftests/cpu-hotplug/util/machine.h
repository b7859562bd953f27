/* SPDX-License-Identifier: GPL-2.0 */
/* A picture of the machine's CPUs, and the way back to it. */
#ifndef CPUHP_UTIL_MACHINE_H
#define CPUHP_UTIL_MACHINE_H

#include <sched.h>
#include <stdbool.h>

/**
 * struct cpuhp_machine - what a refused or undone operation must not change
 * @present:	CPUs that are there
 * @online:	CPUs that run
 * @offline:	as the attribute of this name shows it
 * @smt:	smt/control, empty if it cannot be read
 * @cpu:	per CPU: hotplug/state, hotplug/target, hotplug/fail, and the
 *		online attribute (-1 for a CPU without one)
 */
struct cpuhp_machine {
	cpu_set_t present;
	cpu_set_t online;
	cpu_set_t offline;
	char smt[32];
	struct {
		int state;
		int target;
		int fail;
		int online;
	} cpu[CPU_SETSIZE];
};

void cpuhp_movable(cpu_set_t *set);
int cpuhp_test_cpu(void);
bool cpuhp_has_batch(void);
int cpuhp_config(const char *option);

void cpuhp_machine_read(struct cpuhp_machine *m);
const char *cpuhp_machine_diff(const struct cpuhp_machine *a,
			       const struct cpuhp_machine *b);
int cpuhp_begin(void);
int cpuhp_restore(void);

#endif /* CPUHP_UTIL_MACHINE_H */
