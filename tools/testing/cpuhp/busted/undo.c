// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: who fails while all belong together goes back alone. */

#include "busted.h"

int __wrap_cpuhp_walk_run(struct cpuhp_walk *walk)
{
	walk->policy = CPUHP_EACH;
	return __real_cpuhp_walk_run(walk);
}
