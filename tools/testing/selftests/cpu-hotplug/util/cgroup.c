// SPDX-License-Identifier: GPL-2.0
/*
 * The unified cgroup hierarchy, for tests that make cpusets.
 */
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "cgroup.h"
#include "sys.h"

/**
 * cpuhp_cgroup_has_cpuset - prepare to make cpusets at CGROUP
 *
 * Mounts the hierarchy if that was not done, and enables the cpuset controller.
 *
 * Return: true if a directory made below CGROUP is a cpuset.
 */
bool cpuhp_cgroup_has_cpuset(void)
{
	char text[256];

	mkdir(CGROUP, 0755);
	if (cpuhp_file_read(CGROUP "/cgroup.controllers", text, sizeof(text)))
		mount("cgroup2", CGROUP, "cgroup2", 0, NULL);
	cpuhp_file_read(CGROUP "/cgroup.controllers", text, sizeof(text));
	return strstr(text, "cpuset") &&
	       !cpuhp_file_write(CGROUP "/cgroup.subtree_control", "+cpuset");
}
