// SPDX-License-Identifier: GPL-2.0
/*
 * The uevents of CPU devices.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netlink.h>

#include "uevent.h"
#include "wait.h"

/**
 * cpuhp_uevent_open - listen to the uevents of all devices
 *
 * Return: a socket, or -errno (-EPROTONOSUPPORT: kernel without networking).
 */
int cpuhp_uevent_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1,
	};
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/**
 * cpuhp_uevent_wait - the next event of a CPU device itself
 * @fd:		from cpuhp_uevent_open()
 * @action:	filled with the action, such as "offline"
 * @size:	of @action
 *
 * Return: the number of the CPU, -ETIMEDOUT if there was none, -errno.
 */
int cpuhp_uevent_wait(int fd, char *action, size_t size)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	char text[4096], word[32], tail;
	ssize_t len;
	int cpu;

	for (;;) {
		int ready = poll(&event, 1, CPUHP_DEADLINE_MS);

		if (ready <= 0)
			return ready ? -errno : -ETIMEDOUT;
		len = recv(fd, text, sizeof(text) - 1, 0);
		if (len < 0)
			return -errno;
		text[len] = '\0';
		if (sscanf(text, "%31[^@]@/devices/system/cpu/cpu%d%c",
			   word, &cpu, &tail) != 2)
			continue;
		snprintf(action, size, "%s", word);
		return cpu;
	}
}

/**
 * cpuhp_uevents - wait for one event of each CPU of a set
 * @fd:		from cpuhp_uevent_open()
 * @action:	what each of them must say
 * @set:	the CPUs, in any order
 *
 * Return: 0, -EPROTO for an event with another action, of a CPU not in @set, or for
 * a second event of the same CPU, -errno as cpuhp_uevent_wait().
 */
int cpuhp_uevents(int fd, const char *action, const cpu_set_t *set)
{
	cpu_set_t seen;
	char word[32];
	int cpu;

	CPU_ZERO(&seen);
	while (!CPU_EQUAL(&seen, set)) {
		cpu = cpuhp_uevent_wait(fd, word, sizeof(word));
		if (cpu < 0)
			return cpu;
		if (strcmp(word, action) || CPU_ISSET(cpu, &seen) ||
		    !CPU_ISSET(cpu, set))
			return -EPROTO;
		CPU_SET(cpu, &seen);
	}
	return 0;
}
