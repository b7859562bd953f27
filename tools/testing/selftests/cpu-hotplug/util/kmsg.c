// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel complains of in its log.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *const complaints[] = {
	"WARNING: ", "BUG: ", "Oops", "INFO: task ", "negative count",
	"contains only offline CPUs", "stall", "imbalanced", "Call Trace",
};

/**
 * cpuhp_kmsg_open - watch the log from here on
 *
 * Return: a file descriptor, or -errno.
 */
int cpuhp_kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	lseek(fd, 0, SEEK_END);
	return fd;
}

static int is_complaint(const char *record)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(complaints); i++)
		if (strstr(record, complaints[i]))
			return 1;
	return 0;
}

/**
 * cpuhp_kmsg_complaint - the next record that reports something wrong
 * @fd:		from cpuhp_kmsg_open()
 *
 * Return: the record, valid until the next call; NULL at the end of the log.
 */
const char *cpuhp_kmsg_complaint(int fd)
{
	static char record[8192];
	ssize_t len;

	/* -EPIPE: records were overwritten, and the next read goes on behind them. */
	while ((len = read(fd, record, sizeof(record) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		record[len < 0 ? 0 : len] = '\0';
		if (is_complaint(record))
			return record;
	}
	return NULL;
}
