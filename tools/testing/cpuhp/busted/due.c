// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: a broken CPU is taken down with the others. */

#include "busted.h"

bool __wrap_cpuhp_walk_due(const struct cpuhp_member *m, const struct cpuhp_seg *seg)
{
	struct cpuhp_member sound = *m;

	sound.undo_err = 0;
	return __real_cpuhp_walk_due(&sound, seg);
}
