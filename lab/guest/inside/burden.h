/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code that waits in its callbacks of CPU hotplug, as modules that are loaded and taken out
 * again, so that one boot of one kernel shows what they cost:
 *
 *  - pcrypt, with an algorithm of its own: padata replaces the data of two shells, and
 *    waits for a grace period for each
 *  - a cpufreq driver, with the governor schedutil: it waits for one when it stops
 *  - a module that knows nothing of batches, and waits for one in two of its states
 */
#ifndef LAB_GUEST_BURDEN_H
#define LAB_GUEST_BURDEN_H

#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEST_MODULES	"/kselftest/cpu-hotplug/test_modules/"
#define GOVERNOR	"/sys/devices/system/cpu/cpufreq/policy%d/scaling_governor"

static const struct {
	const char *name, *path;
} burdens[] = {
	{ "pcrypt",		"/modules/pcrypt.ko" },
	{ "cpufreq_test",	TEST_MODULES "cpufreq_test.ko" },
	{ "wait_test",		TEST_MODULES "wait_test.ko" },
};

#define UNLOAD_TRIES	500
#define NR_BURDENS	(sizeof(burdens) / sizeof(burdens[0]))

static inline void give_up(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static inline void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		give_up(path);
	close(fd);
}

/*
 * By the names of its drivers, or none of those that pcrypt makes would be the one that was
 * asked for. The algorithm, and with it its part of padata, stays until pcrypt goes.
 */
#define ALGORITHM	"pcrypt(rfc4106(gcm_base(ctr(aes-generic),ghash-generic)))"

static inline void make_parallel_algorithm(void)
{
	struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "aead", .salg_name = ALGORITHM,
	};
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		give_up(ALGORITHM);
	close(fd);
}

/* All policies, and so all CPUs, have the governor. */
static inline void expect_governor(const char *name)
{
	char path[128], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), GOVERNOR, 0);
	file = fopen(path, "r");
	if (!file || !fgets(text, sizeof(text), file) || strncmp(text, name, strlen(name))) {
		printf("the governor of CPU 0 is not %s but \"%s\"\n", name, text);
		exit(1);
	}
	fclose(file);
}

static inline void take_burden(void)
{
	for (size_t i = 0; i < NR_BURDENS; i++)
		load_module(burdens[i].path);
	make_parallel_algorithm();
	expect_governor("schedutil");
}

/* Its last user may have gone, but not all that belonged to it. */
static inline void unload_module(const char *name)
{
	int tries = 0;

	while (syscall(SYS_delete_module, name, O_NONBLOCK)) {
		if (errno != EWOULDBLOCK || ++tries == UNLOAD_TRIES)
			give_up(name);
		usleep(10000);
	}
}

static inline void lay_down_burden(void)
{
	for (size_t i = NR_BURDENS; i--; )
		unload_module(burdens[i].name);
}

#endif
