/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for a condition, with a deadline. */
#ifndef CPUHP_UTIL_WAIT_H
#define CPUHP_UTIL_WAIT_H

#include <stdbool.h>

#define CPUHP_DEADLINE_MS	60000	/* a wait that lasts longer has failed */

int cpuhp_wait(bool (*done)(void *arg), void *arg);

#endif /* CPUHP_UTIL_WAIT_H */
