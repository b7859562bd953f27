// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: whenever a CPU is waited for, all that are behind it are looked at. */

#include "cpuhp.h"
#include "world.h"

int __wrap_cpuhp_thread_wait(struct cpuhp_rec *rec)
{
	struct cpuhp_member *last = &rec->m;

	while (last->next)
		last = last->next;
	return __real_cpuhp_thread_wait(rec) ?: last->undo_err;
}
