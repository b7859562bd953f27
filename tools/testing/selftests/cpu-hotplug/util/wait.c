// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a condition, with a deadline.
 */
#include <errno.h>
#include <time.h>

#include "wait.h"

/**
 * cpuhp_wait - wait for a condition with a deadline
 * @done:	returns true once the condition is true
 * @arg:	for @done
 *
 * Return: 0, -ETIMEDOUT if the condition was not true within CPUHP_DEADLINE_MS.
 */
int cpuhp_wait(bool (*done)(void *arg), void *arg)
{
	struct timespec pause = { .tv_nsec = 2 * 1000 * 1000 };
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += CPUHP_DEADLINE_MS / 1000;
	while (!done(arg)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return 0;
}
