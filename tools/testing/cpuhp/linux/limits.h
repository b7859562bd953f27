/* SPDX-License-Identifier: GPL-2.0 */
/* What planner and walker need of the kernel's header of this name. */
#ifndef _CPUHP_TEST_LINUX_LIMITS_H
#define _CPUHP_TEST_LINUX_LIMITS_H

#include <limits.h>

#endif
