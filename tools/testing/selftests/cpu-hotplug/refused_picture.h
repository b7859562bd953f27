/* SPDX-License-Identifier: GPL-2.0 */
/* A picture of all that a user can see of a machine's CPUs and tasks. */
#ifndef CPUHP_REFUSED_PICTURE_H
#define CPUHP_REFUSED_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/machine.h"

#define CPUSET		"/sys/fs/cgroup/cpuhp_refused"

/**
 * struct entry - one thing that can be seen
 * @name:	of a file, or of a task
 * @value:	the content of the file, or the CPUs that the task may use
 * @may_go:	true for a task, which may have ended
 */
struct entry {
	char *name;
	char *value;
	bool may_go;
};

/**
 * struct picture - all that can be seen
 * @machine:	the CPUs themselves
 * @nr:		entries
 * @entry:	in the order in which they were found
 */
struct picture {
	struct cpuhp_machine machine;
	size_t nr;
	struct entry entry[16384];
};

void picture_take(struct picture *p);
const char *picture_diff(const struct picture *a, const struct picture *b);

#endif /* CPUHP_REFUSED_PICTURE_H */
