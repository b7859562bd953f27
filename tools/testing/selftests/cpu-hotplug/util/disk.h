/* SPDX-License-Identifier: GPL-2.0 */
/* Disks that are read past the page cache. */
#ifndef CPUHP_UTIL_DISK_H
#define CPUHP_UTIL_DISK_H

/**
 * struct cpuhp_disk - a disk
 * @name:	as in /sys/block
 * @fd:		open for reading
 */
struct cpuhp_disk {
	char name[32];
	int fd;
};

int cpuhp_disk_open(struct cpuhp_disk *disk, const char *path);
int cpuhp_disk_read(void *disk);

#endif /* CPUHP_UTIL_DISK_H */
