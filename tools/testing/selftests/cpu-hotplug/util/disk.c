// SPDX-License-Identifier: GPL-2.0
/*
 * Disks that are read past the page cache.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "disk.h"

#define BLOCK	4096
#define BLOCKS	64	/* that are read in turn */

/**
 * cpuhp_disk_open - open a disk with queues of blk-mq's
 * @disk:	filled
 * @path:	its directory in /sys/block, or a file below that
 *
 * Return: 0; -EINVAL for another path; -errno if it cannot be opened.
 */
int cpuhp_disk_open(struct cpuhp_disk *disk, const char *path)
{
	char node[64];

	if (sscanf(path, "/sys/block/%31[^/]", disk->name) != 1)
		return -EINVAL;
	snprintf(node, sizeof(node), "/dev/%s", disk->name);
	disk->fd = open(node, O_RDONLY | O_DIRECT | O_CLOEXEC);
	return disk->fd < 0 ? -errno : 0;
}

/**
 * cpuhp_disk_read - read a block
 * @disk:	a struct cpuhp_disk; each process reads one block after the other
 *
 * Return: 0 or -errno; a piece of work for cpuhp_worker_start().
 */
int cpuhp_disk_read(void *disk)
{
	static unsigned long at;
	static void *block;
	int fd = ((struct cpuhp_disk *)disk)->fd;

	if (!block && posix_memalign(&block, BLOCK, BLOCK))
		return -ENOMEM;
	return pread(fd, block, BLOCK, at++ % BLOCKS * BLOCK) == BLOCK ? 0 : -EIO;
}
