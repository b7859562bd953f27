/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel complains of in its log. */
#ifndef CPUHP_UTIL_KMSG_H
#define CPUHP_UTIL_KMSG_H

int cpuhp_kmsg_open(void);
const char *cpuhp_kmsg_complaint(int fd);

#endif /* CPUHP_UTIL_KMSG_H */
