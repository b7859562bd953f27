/* SPDX-License-Identifier: GPL-2.0 */
/* The unified cgroup hierarchy, for tests that make cpusets. */
#ifndef CPUHP_UTIL_CGROUP_H
#define CPUHP_UTIL_CGROUP_H

#include <stdbool.h>

#define CGROUP		"/sys/fs/cgroup"

bool cpuhp_cgroup_has_cpuset(void);

#endif /* CPUHP_UTIL_CGROUP_H */
