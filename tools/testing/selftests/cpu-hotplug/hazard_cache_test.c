// SPDX-License-Identifier: GPL-2.0
/*
 * The sharing of caches, when several CPUs leave and come back together.
 *
 * Guards this patch:
 *	cacheinfo: Let CPUs come and go side by side
 */
#include <stdlib.h>

#include "util/hazard.h"

#define SHARED	CPUHP_SYS "/cpu*/cache/index*/shared_cpu_list"

/* Each cache is shared by the same CPUs as before, according to all of them. */
TEST_F_TIMEOUT(hazard, caches, 300)
{
	char *before = cpuhp_files_read(SHARED), *now;
	unsigned long i;

	if (!*before)
		SKIP(return, "no cache information");
	for (i = 0; i < self->rounds; i++) {
		cycle(_metadata, &self->movable);
		now = cpuhp_files_read(SHARED);
		EXPECT_STREQ(before, now);
		free(now);
	}
	free(before);
}

CPUHP_HARNESS_MAIN
