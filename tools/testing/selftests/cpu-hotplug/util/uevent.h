/* SPDX-License-Identifier: GPL-2.0 */
/* The uevents of CPU devices. */
#ifndef CPUHP_UTIL_UEVENT_H
#define CPUHP_UTIL_UEVENT_H

#include <sched.h>
#include <stddef.h>

int cpuhp_uevent_open(void);
int cpuhp_uevent_wait(int fd, char *action, size_t size);
int cpuhp_uevents(int fd, const char *action, const cpu_set_t *set);

#endif /* CPUHP_UTIL_UEVENT_H */
