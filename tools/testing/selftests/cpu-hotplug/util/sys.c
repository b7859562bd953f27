// SPDX-License-Identifier: GPL-2.0
/*
 * Files of sysfs, and the lists of CPUs in them. Knows nothing of what the files mean.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys.h"

#define SNAPSHOT_LEN	(256 * 1024)

/**
 * cpuhp_file_write - write a text to a file with one write(2)
 * @path:	the file, which must exist
 * @text:	what to write, without its NUL
 *
 * Return: 0, or the negative errno of open or write, -EIO for a short write.
 */
int cpuhp_file_write(const char *path, const char *text)
{
	ssize_t len = strlen(text), done;
	int fd, err = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, text, len);
	if (done < 0)
		err = -errno;
	else if (done != len)
		err = -EIO;
	close(fd);
	return err;
}

/**
 * cpuhp_file_read - read a small file and drop its last newline
 * @path:	the file
 * @text:	filled and terminated; empty on error
 * @size:	of @text
 *
 * Return: 0 or the negative errno of open or read.
 */
int cpuhp_file_read(const char *path, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got = 0;
	int fd, err = 0;

	text[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		got = read(fd, text + used, size - 1 - used);
		if (got <= 0)
			break;
		used += got;
	}
	if (got < 0)
		err = -errno;
	close(fd);
	text[used] = '\0';
	if (used && text[used - 1] == '\n')
		text[used - 1] = '\0';
	return err;
}

/**
 * cpuhp_sys_write - write to an attribute below the CPU subsystem's root
 * @attr:	path below CPUHP_SYS, such as "smt/control"
 * @text:	what to write
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_sys_write(const char *attr, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	return cpuhp_file_write(path, text);
}

/**
 * cpuhp_sys_read - read an attribute below the CPU subsystem's root
 * @attr:	path below CPUHP_SYS
 * @text:	filled and terminated
 * @size:	of @text
 *
 * Return: as cpuhp_file_read().
 */
int cpuhp_sys_read(const char *attr, char *text, size_t size)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	return cpuhp_file_read(path, text, size);
}

/**
 * cpuhp_sys_has - check whether an attribute exists
 * @attr:	path below CPUHP_SYS
 *
 * Return: true if it exists.
 */
bool cpuhp_sys_has(const char *attr)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	return access(path, F_OK) == 0;
}

/**
 * cpuhp_cpu_write - write a text to an attribute of one CPU
 * @cpu:	the CPU
 * @attr:	path below its directory, such as "hotplug/target"
 * @text:	what to write
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_cpu_write(int cpu, const char *attr, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/cpu%d/%s", cpu, attr);
	return cpuhp_file_write(path, text);
}

/**
 * cpuhp_cpu_set - write a number to an attribute of one CPU
 * @cpu:	the CPU
 * @attr:	path below its directory
 * @value:	the number
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_cpu_set(int cpu, const char *attr, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	return cpuhp_cpu_write(cpu, attr, text);
}

/**
 * cpuhp_cpu_get - read a number from an attribute of one CPU
 * @cpu:	the CPU
 * @attr:	path below its directory
 * @value:	filled on success
 *
 * Return: as cpuhp_file_read(), -EPROTO if it holds no number.
 */
int cpuhp_cpu_get(int cpu, const char *attr, int *value)
{
	char path[256], text[64], *end;
	int err;

	snprintf(path, sizeof(path), CPUHP_SYS "/cpu%d/%s", cpu, attr);
	err = cpuhp_file_read(path, text, sizeof(text));
	if (err)
		return err;
	*value = strtol(text, &end, 10);
	return end == text || *end ? -EPROTO : 0;
}

/**
 * cpuhp_list_parse - turn a list such as "0-2,5" into a mask
 * @text:	the list; an empty text is an empty mask
 * @set:	filled
 *
 * Return: 0, or -EINVAL if the text is not a list or names a CPU beyond CPU_SETSIZE.
 */
int cpuhp_list_parse(const char *text, cpu_set_t *set)
{
	unsigned long first, last;
	char *end;

	CPU_ZERO(set);
	while (*text) {
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		first = strtoul(text, &end, 10);
		last = first;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last >= CPU_SETSIZE || first > last)
			return -EINVAL;
		for (; first <= last; first++)
			CPU_SET(first, set);
		text = end;
		if (*text == ',')
			text++;
		else if (*text)
			return -EINVAL;
	}
	return 0;
}

/**
 * cpuhp_list_format - write a mask as a list such as "0-2,5"
 * @set:	the mask
 * @text:	filled and terminated
 * @size:	of @text; CPUHP_LIST_LEN is always enough
 *
 * Return: @text.
 */
const char *cpuhp_list_format(const cpu_set_t *set, char *text, size_t size)
{
	int cpu, last;
	size_t used = 0;

	text[0] = '\0';
	for (cpu = 0; cpu < CPU_SETSIZE && used < size; cpu = last + 1) {
		last = cpu;
		if (!CPU_ISSET(cpu, set))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
			last++;
		used += snprintf(text + used, size - used, "%s%d",
				 used ? "," : "", cpu);
		if (last > cpu && used < size)
			used += snprintf(text + used, size - used, "-%d", last);
	}
	return text;
}

/**
 * cpuhp_mask_read - read an attribute that holds a CPU list
 * @attr:	path below CPUHP_SYS, such as "online"
 * @set:	filled; empty on error
 *
 * Return: as cpuhp_file_read() and cpuhp_list_parse().
 */
int cpuhp_mask_read(const char *attr, cpu_set_t *set)
{
	char text[CPUHP_LIST_LEN];
	int err;

	CPU_ZERO(set);
	err = cpuhp_sys_read(attr, text, sizeof(text));
	return err ? err : cpuhp_list_parse(text, set);
}

/**
 * cpuhp_mask_write - write a mask as a list to an attribute
 * @attr:	path below CPUHP_SYS, such as "hotplug/offline"
 * @set:	the mask
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_mask_write(const char *attr, const cpu_set_t *set)
{
	char text[CPUHP_LIST_LEN];

	return cpuhp_sys_write(attr, cpuhp_list_format(set, text, sizeof(text)));
}

/**
 * cpuhp_mask_andnot - remove the CPUs of one mask from another
 * @set:	filled; may be @a or @b
 * @a:		the CPUs to start from
 * @b:		the CPUs to remove
 */
void cpuhp_mask_andnot(cpu_set_t *set, const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t common;

	CPU_AND(&common, a, b);
	CPU_XOR(set, a, &common);
}

/**
 * cpuhp_mask_nth - the CPU at position @n of a mask
 * @set:	the mask
 * @n:		position, counted from 0
 *
 * Return: the CPU, or -1 if the mask has @n CPUs or fewer.
 */
int cpuhp_mask_nth(const cpu_set_t *set, int n)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && !n--)
			return cpu;
	return -1;
}

/**
 * cpuhp_list_read - read a CPU list from any file
 * @path:	the file
 * @set:	filled; empty on error
 *
 * Also takes a list with a blank behind each comma, as blk-mq writes it.
 *
 * Return: as cpuhp_file_read() and cpuhp_list_parse().
 */
int cpuhp_list_read(const char *path, cpu_set_t *set)
{
	char text[CPUHP_LIST_LEN], *blank = text;
	int err;

	CPU_ZERO(set);
	err = cpuhp_file_read(path, text, sizeof(text));
	if (err)
		return err;
	while ((blank = strchr(blank, ' ')))
		memmove(blank, blank + 1, strlen(blank));
	return cpuhp_list_parse(text, set);
}

/**
 * cpuhp_mask_subset - check whether a mask holds all CPUs of another
 * @part:	the CPUs to look for
 * @whole:	the mask that may hold them
 *
 * Return: true if no CPU of @part is missing in @whole.
 */
bool cpuhp_mask_subset(const cpu_set_t *part, const cpu_set_t *whole)
{
	cpu_set_t beyond;

	cpuhp_mask_andnot(&beyond, part, whole);
	return !CPU_COUNT(&beyond);
}

/**
 * cpuhp_files_read - read all files whose names match a pattern
 * @pattern:	as for glob(3)
 *
 * Return: their contents, each behind the file's name, in memory that the caller
 * frees; an empty text if no file matches, NULL without memory.
 */
char *cpuhp_files_read(const char *pattern)
{
	char *text = calloc(1, SNAPSHOT_LEN);
	char one[CPUHP_LIST_LEN];
	size_t used = 0, i;
	glob_t found;

	if (!text || glob(pattern, 0, NULL, &found))
		return text;
	for (i = 0; i < found.gl_pathc && used < SNAPSHOT_LEN; i++) {
		if (!cpuhp_file_read(found.gl_pathv[i], one, sizeof(one)))
			used += snprintf(text + used, SNAPSHOT_LEN - used, "%s: %s\n",
					 found.gl_pathv[i], one);
	}
	globfree(&found);
	return text;
}
