// SPDX-License-Identifier: GPL-2.0
/*
 * Many CPUs leave and come back together, in a guest that has far more of them
 * than its host.
 *
 *	crowd BATCHES
 *
 * All but one leave as one batch and come back as one, BATCHES times. There is no
 * time limit here: a kernel that does not get on says so itself, and whoever runs
 * the guest follows its console. Output is KTAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "write.h"

#define HOTPLUG		"/sys/devices/system/cpu/hotplug/"

/* Returns what went wrong, or NULL. */
static const char *leave_and_return(int cpus, int batches)
{
	char list[32];
	int i;

	snprintf(list, sizeof(list), "1-%d", cpus - 1);
	for (i = 0; i < batches; i++) {
		if (try_write(HOTPLUG "offline", list))
			return "hotplug/offline refuses";
		if (sysconf(_SC_NPROCESSORS_ONLN) != 1)
			return "not all have left";
		if (try_write(HOTPLUG "online", list))
			return "hotplug/online refuses";
		if (sysconf(_SC_NPROCESSORS_ONLN) != cpus)
			return "not all have come back";
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const char *why;

	if (argc != 2) {
		printf("usage: crowd BATCHES\n");
		return 1;
	}
	printf("TAP version 13\n1..1\n");
	why = leave_and_return(cpus, atoi(argv[1]));
	if (why)
		printf("# %s\n", why);
	printf("%s 1 all but one of %d CPUs leave and come back\n", why ? "not ok" : "ok", cpus);
	return 0;
}
