/* SPDX-License-Identifier: GPL-2.0 */
/* What planner and walker need of the kernel's header of this name. */
#include <stddef.h>
