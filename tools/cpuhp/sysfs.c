// SPDX-License-Identifier: GPL-2.0
/*
 * Owns access to the kernel's files: where they are, how one is read, how one is
 * written. Knows no file by name.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpuhp.h"

static const char *root = "";

/** sys_set_root - take all further paths below @dir */
void sys_set_root(const char *dir)
{
	root = dir;
}

/** sys_path - where the file @name is; the caller frees it */
char *sys_path(const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", root, *name == '/' ? "" : CPU_DIR "/", name) < 0)
		err(EXIT_REFUSED, NULL);
	return path;
}

/**
 * cpu_file - the name of a file of one CPU
 * @cpu:	the CPU
 * @file:	name below its directory; empty for the directory itself
 *
 * Return: the name, in a buffer that the next call overwrites
 */
const char *cpu_file(unsigned int cpu, const char *file)
{
	static char name[80];

	snprintf(name, sizeof(name), "cpu%u/%s", cpu, file);
	return name;
}

/** sys_has - does the kernel offer this file? */
bool sys_has(const char *name)
{
	char *path = sys_path(name);
	bool has = !access(path, F_OK);

	free(path);
	return has;
}

/** sys_open - open a file of many lines; NULL with errno set */
FILE *sys_open(const char *name)
{
	char *path = sys_path(name);
	FILE *file = fopen(path, "re");

	free(path);
	return file;
}

/** sys_opendir - open a directory; NULL with errno set */
DIR *sys_opendir(const char *name)
{
	char *path = sys_path(name);
	DIR *dir = opendir(path);

	free(path);
	return dir;
}

static int open_path(const char *name, int flags)
{
	char *path = sys_path(name);
	int fd = open(path, flags | O_CLOEXEC);

	free(path);
	return fd < 0 ? -errno : fd;
}

/** sys_line - first line of a file without its newline; 0 or -errno */
int sys_line(char *buf, size_t size, const char *name)
{
	int fd = open_path(name, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return fd;
	len = read(fd, buf, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return len;
	buf[len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/** sys_int - a file that holds one number; 0 or -errno */
int sys_int(int *value, const char *name)
{
	char buf[32], *end;
	int ret;

	ret = sys_line(buf, sizeof(buf), name);
	if (ret)
		return ret;
	*value = strtol(buf, &end, 10);
	return end == buf || *end ? -EINVAL : 0;
}

/** sys_write - write @text at once, as an attribute wants it; 0 or -errno */
int sys_write(const char *text, const char *name)
{
	int fd = open_path(name, O_WRONLY | O_TRUNC);
	size_t size = strlen(text);
	ssize_t len;

	if (fd < 0)
		return fd;
	len = write(fd, text, size);
	if (len < 0)
		len = -errno;
	else
		len = (size_t)len == size ? 0 : -EIO;
	close(fd);
	return len;
}
