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
#include "sys.h"

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

/* Data races are for whoever runs the kernel to judge: the base has many of its own. */
static int is_complaint(const char *record)
{
	size_t i;

	if (strstr(record, "BUG: KCSAN: "))
		return 0;
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

/**
 * cpuhp_warn_count - how often the kernel has warned
 * @text:	for the number, as text
 * @size:	of @text
 *
 * Empty if there is no count, or if it counts data races as well.
 */
void cpuhp_warn_count(char *text, size_t size)
{
	*text = '\0';
	if (access("/sys/kernel/debug/kcsan", F_OK))
		cpuhp_file_read("/sys/kernel/warn_count", text, size);
}
