// SPDX-License-Identifier: GPL-2.0
/*
 * The memory types of x86 (MTRR and PAT), when several CPUs come up together.
 *
 * Guards these patches:
 *	x86/mtrr: Clear the base of a removed range on all CPUs
 *	x86/cacheinfo: Program caching once for CPUs that come up together
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/hazard.h"
#include "util/suspend.h"

/* The MSRs of x86 with the memory types. */
#define MTRR_CAP	0xfe
#define MTRR_VARIABLE	0x200
#define MTRR_DEFAULT	0x2ff
#define PAT		0x277

static unsigned long long msr(int file, unsigned int nr)
{
	uint64_t value;

	/* A register that the CPU does not have reads as a value that none can hold. */
	return pread(file, &value, sizeof(value), nr) == sizeof(value) ? value : ~0ULL;
}

static void msr_path(char *path, size_t size, int cpu)
{
	snprintf(path, size, "/dev/cpu/%d/msr", cpu);
}

/* The registers of @cpu as text; NULL if they cannot be read. */
static char *memory_types(int cpu)
{
	static const unsigned int nrs[] = {
		PAT, MTRR_DEFAULT,
		/* The fixed ranges. */
		0x250, 0x258, 0x259,
		0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f,
	};
	unsigned int i, variable;
	char path[64], *text;
	size_t size;
	FILE *words;
	int file;

	msr_path(path, sizeof(path), cpu);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return NULL;
	words = open_memstream(&text, &size);
	if (!words) {
		close(file);
		return NULL;
	}
	for (i = 0; i < ARRAY_SIZE(nrs); i++)
		fprintf(words, "%llx ", msr(file, nrs[i]));
	variable = 2 * (msr(file, MTRR_CAP) & 0xff);
	for (i = 0; i < variable; i++)
		fprintf(words, "%llx ", msr(file, MTRR_VARIABLE + i));
	fclose(words);
	close(file);
	return text;
}

/* The registers of all CPUs are the same. */
static void expect_alike(struct __test_metadata *_metadata, const cpu_set_t *cpus)
{
	char *first = memory_types(cpuhp_mask_nth(cpus, 0)), *other;
	int i;

	ASSERT_NE(NULL, first);
	for (i = 1; i < CPU_COUNT(cpus); i++) {
		other = memory_types(cpuhp_mask_nth(cpus, i));
		ASSERT_NE(NULL, other);
		EXPECT_STREQ(first, other);
		free(other);
	}
	free(first);
}

/* A range without memory, and within what QEMU's CPUs can address. */
#define RANGE		"base=0x7e0000000 size=0x1000000"

/* The number of RANGE in /proc/mtrr, -1 if it is not there. */
static int range_number(void)
{
	char text[8192], *line;
	int number;

	if (cpuhp_file_read("/proc/mtrr", text, sizeof(text)))
		return -1;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, "base=0x7e0000000") && sscanf(line, "reg%d", &number) == 1)
			return number;
	return -1;
}

static void change_and_compare(struct __test_metadata *_metadata, const cpu_set_t *away,
			       const char *request)
{
	cpu_set_t all;

	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, away));
	EXPECT_EQ(0, cpuhp_file_write("/proc/mtrr", request));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, away));
	ASSERT_EQ(0, cpuhp_mask_read("online", &all));
	expect_alike(_metadata, &all);
}

/*
 * A range is added while a CPU is away, and removed while it is away again. Each
 * time all CPUs are the same once it is back.
 */
static void add_and_remove_range(struct __test_metadata *_metadata, const cpu_set_t *movable)
{
	cpu_set_t away;
	char request[32];
	int number;

	if (access("/proc/mtrr", W_OK))
		return;
	CPU_ZERO(&away);
	CPU_SET(cpuhp_mask_nth(movable, 0), &away);
	change_and_compare(_metadata, &away, RANGE " type=write-combining\n");
	number = range_number();
	ASSERT_LE(0, number);
	snprintf(request, sizeof(request), "disable=%d", number);
	change_and_compare(_metadata, &away, request);
}

/*
 * Without "x86/mtrr: Clear the base of a removed range on all CPUs", or
 * with a mistake in "x86/cacheinfo: program caching once for all CPUs that come up
 * together": a CPU programs its memory types by itself or together with all others,
 * and none may be left out, at boot, in a batch or in a resume. (module_test.sh
 * covers a batch that fails after its takedown.)
 */
TEST_F_TIMEOUT(hazard, memory_types, 300)
{
	const char *reason;
	char path[64];

	msr_path(path, sizeof(path), cpuhp_mask_nth(&self->before.online, 0));
	if (access(path, R_OK))
		SKIP(return, "no /dev/cpu/N/msr");

	expect_alike(_metadata, &self->before.online);
	cycle(_metadata, &self->movable);
	expect_alike(_metadata, &self->before.online);
	add_and_remove_range(_metadata, &self->movable);
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	EXPECT_EQ(0, cpuhp_suspend_once());
	expect_alike(_metadata, &self->before.online);
}

CPUHP_HARNESS_MAIN
