// SPDX-License-Identifier: GPL-2.0
/*
 * Handover going down on a kernel that cannot take CPUs offline. So a CPU that
 * fails on its way up stays where it is.
 */
#include <linux/errno.h>

#include "cpuhp.h"

/**
 * cpuhp_takedown - refuse, for every member that is to leave
 * @first:	the members
 * @to:		where they should have gone
 *
 * Context: BP.
 */
void cpuhp_takedown(struct cpuhp_member *first, int to)
{
	struct cpuhp_member *m;

	for (m = first; m; m = m->next) {
		if (m->moving)
			m->result = -EOPNOTSUPP;
	}
}
