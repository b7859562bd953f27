// SPDX-License-Identifier: GPL-2.0
/*
 * One kernel after another in the same machine.
 *
 *	kexec SETTING	make it, and load the kernel that is in the guest's archive
 *	kexec		in that kernel: every CPU is up
 *
 * /init starts the loaded kernel when all jobs have ended well. A SETTING is
 * FILE=VALUE[,FILE=VALUE...], each a file below /sys/devices/system/cpu. Output is
 * KTAP.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "write.h"

#define CPUS	"/sys/devices/system/cpu/"
#define KERNEL	"/lab/next/kernel"
#define INITRD	"/lab/next/initrd"
#define JOB	" -- /lab/kexec"

static int tests, failures;

static void report(const char *what, int error)
{
	if (error) {
		failures++;
		printf("# %s\n", strerror(error));
	}
	printf("%s %d %s\n", error ? "not ok" : "ok", ++tests, what);
}

/* The first line of a file, "" if there is none. */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	*line = '\0';
	if (!file)
		return;
	if (fgets(line, size, file))
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
}

static bool all_are_up(void)
{
	char present[256], online[256];

	read_line(CPUS "present", present, sizeof(present));
	read_line(CPUS "online", online, sizeof(online));
	printf("# present: %s, online: %s\n", present, online);
	return *present && !strcmp(present, online);
}

/* Returns 0 or the errno of the first file that does not take its value. */
static int make_settings(char *settings)
{
	char path[256], *setting;

	for (setting = strtok(settings, ","); setting; setting = strtok(NULL, ",")) {
		char *value = strchr(setting, '=');
		int error;

		if (!value)
			return EINVAL;
		*value++ = '\0';
		snprintf(path, sizeof(path), CPUS "%s", setting);
		error = try_write(path, value);
		if (error)
			return error;
	}
	return 0;
}

/* The same command line, but for the jobs. Returns 0 or an errno. */
static int load(void)
{
	int kernel = open(KERNEL, O_RDONLY | O_CLOEXEC);
	int initrd = open(INITRD, O_RDONLY | O_CLOEXEC);
	char line[2048 + sizeof(JOB)], *jobs;

	read_line("/proc/cmdline", line, sizeof(line) - sizeof(JOB));
	jobs = strstr(line, " -- ");
	strcpy(jobs ? jobs : line + strlen(line), JOB);
	if (kernel < 0 || initrd < 0)
		return ENOENT;
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(line) + 1, line, 0UL))
		return errno;
	return 0;
}

int main(int argc, char **argv)
{
	printf("TAP version 13\n1..%d\n", argc > 1 ? 3 : 1);
	report("every CPU is up", all_are_up() ? 0 : ENXIO);
	if (argc > 1) {
		report("the setting is made", make_settings(argv[1]));
		report("the next kernel is loaded", load());
	}
	return failures ? 1 : 0;
}
