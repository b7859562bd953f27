// SPDX-License-Identifier: GPL-2.0
/*
 * Moves batches of random CPUs for some seconds, while others may move CPUs too.
 *
 *	torture_batches SECONDS
 *
 * Each batch leaves at least two of the CPUs that it finds online. What it took is
 * brought back, and no other CPU: the kernel's torture counts what it took itself.
 *
 * Prints "refused ERRNO" for each write that failed, and how many did not. The exit
 * status is 1 if no batch was moved both ways. CPUHP_SEED in the environment: repeat
 * a run.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "util/machine.h"
#include "util/settings.h"
#include "util/sys.h"

/* How many CPUs a batch leaves. */
#define LEFT		2
/* Others have a turn between two batches, for a random time up to this. */
#define PAUSE_US	20000

static bool moved(const char *attr, const cpu_set_t *set)
{
	int err = cpuhp_mask_write(attr, set);

	usleep(cpuhp_random(PAUSE_US));
	if (err)
		printf("refused %d\n", -err);
	return !err;
}

/* Some of the CPUs that are online and can move; none if too few would be left. */
static void pick(const cpu_set_t *movable, cpu_set_t *set)
{
	cpu_set_t online, candidates;

	CPU_ZERO(set);
	if (cpuhp_mask_read("online", &online) || CPU_COUNT(&online) <= LEFT)
		return;
	CPU_AND(&candidates, &online, movable);
	cpuhp_random_subset(&candidates, set);
	while (CPU_COUNT(&online) - CPU_COUNT(set) < LEFT)
		CPU_CLR(cpuhp_random_cpu(set), set);
}

int main(int argc, char **argv)
{
	unsigned int off = 0, on = 0;
	cpu_set_t movable, set;
	time_t end;

	if (argc != 2) {
		fprintf(stderr, "usage: torture_batches SECONDS\n");
		return 1;
	}
	end = time(NULL) + atol(argv[1]);
	cpuhp_movable(&movable);
	while (time(NULL) < end) {
		pick(&movable, &set);
		if (!CPU_COUNT(&set)) {
			usleep(cpuhp_random(PAUSE_US));
			continue;
		}
		if (!moved(OFFLINE, &set))
			continue;
		off++;
		on += moved(ONLINE, &set);
	}
	printf("moved %u off and %u on, seed %lu\n", off, on, cpuhp_random_seed());
	return !on;
}
