/* SPDX-License-Identifier: GPL-2.0 */
/* What planner and walker need of the kernel's header of this name. */
#ifndef _CPUHP_TEST_LINUX_TYPES_H
#define _CPUHP_TEST_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif
