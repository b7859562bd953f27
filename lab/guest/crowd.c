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
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOTPLUG		"/sys/devices/system/cpu/hotplug/"

static int write_list(const char *path, const char *list)
{
	int err = 0, fd = open(path, O_WRONLY);

	if (fd < 0)
		return errno;
	if (write(fd, list, strlen(list)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* Returns what went wrong, or NULL. */
static const char *leave_and_return(int cpus, int batches)
{
	char list[32];
	int i;

	snprintf(list, sizeof(list), "1-%d", cpus - 1);
	for (i = 0; i < batches; i++) {
		if (write_list(HOTPLUG "offline", list))
			return "hotplug/offline refuses";
		if (sysconf(_SC_NPROCESSORS_ONLN) != 1)
			return "not all have left";
		if (write_list(HOTPLUG "online", list))
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

	printf("TAP version 13\n1..1\n");
	why = leave_and_return(cpus, argc > 1 ? atoi(argv[1]) : 40);
	if (why)
		printf("# %s\n", why);
	printf("%s 1 all but one of %d CPUs leave and come back\n", why ? "not ok" : "ok", cpus);
	return 0;
}
