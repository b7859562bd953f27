// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: one CPU too many is under way. */

#include "busted.h"

int __wrap_cpuhp_walk_run(struct cpuhp_walk *walk)
{
	if (walk->window)
		walk->window++;
	return __real_cpuhp_walk_run(walk);
}
