/* SPDX-License-Identifier: GPL-2.0 */
/* Writes to files of sysfs, for the programs of the guest. */
#ifndef LAB_GUEST_WRITE_H
#define LAB_GUEST_WRITE_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Returns 0 or the errno of what failed. */
static inline int try_write(const char *path, const char *text)
{
	int error = 0, fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

#endif
