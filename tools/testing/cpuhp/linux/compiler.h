/* SPDX-License-Identifier: GPL-2.0 */
/* What planner and walker need of the kernel's header of this name. */
#ifndef _CPUHP_TEST_LINUX_COMPILER_H
#define _CPUHP_TEST_LINUX_COMPILER_H

#define WRITE_ONCE(x, val)	__atomic_store_n(&(x), (val), __ATOMIC_RELAXED)

#endif
