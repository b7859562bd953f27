// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: downwards each CPU crosses a handover for itself. */

#include "busted.h"

int __wrap_cpuhp_plan_make(struct cpuhp_plan *plan, const struct cpuhp_line *line,
			   enum cpuhp_dir dir, int from, int to, unsigned int nr_members)
{
	int ret = __real_cpuhp_plan_make(plan, line, dir, from, to, nr_members);
	int i;

	for (i = 0; i < plan->nr; i++) {
		if (plan->seg[i].kind == CPUHP_HANDOVER)
			plan->seg[i].kind = CPUHP_PREPARE;
	}
	return ret;
}
