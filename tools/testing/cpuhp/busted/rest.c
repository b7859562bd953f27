// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: the walker believes that a CPU may rest anywhere. */

#include "busted.h"

bool __wrap_cpuhp_may_rest(const struct cpuhp_line *line, int pos)
{
	return true;
}
