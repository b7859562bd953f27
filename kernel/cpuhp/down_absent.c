// SPDX-License-Identifier: GPL-2.0
/*
 * Handover going down on a kernel that cannot take CPUs offline. A CPU that
 * fails on its way up stays where it is then.
 */
#include <linux/errno.h>

#include "cpuhp.h"

/**
 * cpuhp_takedown - refuse, for every member that is due
 * @walk:	the operation
 * @seg:	the HANDOVER segment
 *
 * Context: BP.
 */
void cpuhp_takedown(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	struct cpuhp_member *m;

	for (m = walk->first; m; m = m->next) {
		if (!cpuhp_walk_due(walk, m, seg, CPUHP_DOWN))
			continue;
		m->result = -EOPNOTSUPP;
		cpuhp_note_failure(cpuhp_rec_of(m), CPUHP_TEARDOWN_CPU, CPUHP_DOWN,
				   cpuhp_takedown, m->result);
	}
}
