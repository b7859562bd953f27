/* SPDX-License-Identifier: GPL-2.0 */
/* What the laboratory needs of the kernel's header of this name. */
#ifndef _CPUHP_TEST_LINUX_CONTAINER_OF_H
#define _CPUHP_TEST_LINUX_CONTAINER_OF_H

#include <stddef.h>

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif
