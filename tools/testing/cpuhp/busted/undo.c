// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: a CPU that fails in ALL_OR_NOTHING goes back alone. */

#include "busted.h"

int __wrap_cpuhp_walk_run(struct cpuhp_walk *walk)
{
	walk->policy = CPUHP_EACH;
	return __real_cpuhp_walk_run(walk);
}
