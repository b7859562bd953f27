/* SPDX-License-Identifier: GPL-2.0 */
/* Failures that a test injects, and the record that the kernel keeps of the last one. */
#ifndef CPUHP_UTIL_FAILURE_H
#define CPUHP_UTIL_FAILURE_H

#include <errno.h>

/* No failure is injected, as hotplug/fail shows it. */
#define CPUHP_NO_FAIL		(-1)
/* The error of an injected failure. */
#define INJECTED		(-EAGAIN)

/*
 * The files of hotplug/last_failure/, under their names. All others were read
 * between two reads of seq that gave the same number.
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

#endif /* CPUHP_UTIL_FAILURE_H */
