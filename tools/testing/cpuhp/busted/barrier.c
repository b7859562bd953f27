// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: a batch is planned for as if each CPU were alone. */

#include "busted.h"

int __wrap_cpuhp_plan_make(struct cpuhp_plan *plan, const struct cpuhp_line *line,
			   enum cpuhp_dir dir, int from, int to, unsigned int nr_members)
{
	return __real_cpuhp_plan_make(plan, line, dir, from, to, 1);
}
