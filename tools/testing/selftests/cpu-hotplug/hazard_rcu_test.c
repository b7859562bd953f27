// SPDX-License-Identifier: GPL-2.0
/*
 * The kthreads of RCU, when all CPUs of a leaf leave together.
 *
 * Needs small leaves of RCU's tree: rcutree.rcu_fanout_leaf=2
 *
 * Guards this patch:
 *	rcu: Keep boost and expedited kthreads off all leaving CPUs
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/hazard.h"

/* Whether a process is a kthread that RCU binds to the CPUs of a leaf. */
static bool is_rcu_bound(const char *pid)
{
	char path[300], name[64];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	return !cpuhp_file_read(path, name, sizeof(name)) &&
	       (!strncmp(name, "rcub/", 5) || !strncmp(name, "rcu_exp_par", 11));
}

/*
 * Without "rcu: Keep boost and expedited kthreads off all leaving CPUs": the
 * kthreads of a leaf remain bound to CPUs that are offline.
 */
TEST_F_TIMEOUT(hazard, rcu_kthreads, 300)
{
	struct dirent *entry;
	cpu_set_t allowed;
	int seen = 0;
	DIR *proc;

	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	proc = opendir("/proc");
	ASSERT_NE(NULL, proc);
	while ((entry = readdir(proc))) {
		if (!is_rcu_bound(entry->d_name) ||
		    sched_getaffinity(atoi(entry->d_name), sizeof(allowed),
				      &allowed))
			continue;
		seen++;
		EXPECT_FALSE(cpuhp_mask_subset(&allowed, &self->movable));
	}
	closedir(proc);
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	if (!seen)
		SKIP(return, "RCU has no bound kthread");
}

CPUHP_HARNESS_MAIN
