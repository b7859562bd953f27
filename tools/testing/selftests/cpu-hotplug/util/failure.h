/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's record of the latest failure, hotplug/last_failure/.
 */
#ifndef CPUHP_FAILURE_H
#define CPUHP_FAILURE_H

/**
 * struct cpuhp_failure - its files, under their names
 * @seq:	read before and after the others, and the same both times
 */
struct cpuhp_failure {
	int seq;
	int cpu;
	int step;
	char step_name[64];
	char direction[16];
	int undo;
	char callback[640];
	int error;
	int left_at;
	char left_at_name[64];
};

int cpuhp_failure_read(struct cpuhp_failure *failure);

#endif /* CPUHP_FAILURE_H */
