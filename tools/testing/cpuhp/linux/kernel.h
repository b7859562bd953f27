/* SPDX-License-Identifier: GPL-2.0 */
/* What the laboratory needs of the kernel's header of this name. */
#ifndef _CPUHP_TEST_LINUX_KERNEL_H
#define _CPUHP_TEST_LINUX_KERNEL_H

#include <stddef.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Like snprintf(), but returns what has been written, not what would have been. */
int scnprintf(char *buf, size_t size, const char *fmt, ...);

#endif
