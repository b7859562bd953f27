/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel complains of in its log. */
#ifndef CPUHP_UTIL_KMSG_H
#define CPUHP_UTIL_KMSG_H

#include <stddef.h>

int cpuhp_kmsg_open(void);
const char *cpuhp_kmsg_complaint(int fd);
void cpuhp_warn_count(char *text, size_t size);

#endif /* CPUHP_UTIL_KMSG_H */
