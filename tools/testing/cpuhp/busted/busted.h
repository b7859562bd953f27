/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code broken on purpose puts itself in front of the sound function with the
 * linker's --wrap: calls go to __wrap_*(), which finds the sound one under the
 * name __real_*().
 */
#ifndef _CPUHP_TEST_BUSTED_H
#define _CPUHP_TEST_BUSTED_H

#include "walk_lab.h"

bool __wrap_cpuhp_may_rest(const struct cpuhp_line *line, int pos);
int __real_cpuhp_walk_next(const struct cpuhp_line *line, enum cpuhp_dir dir, int *pos, int to);
int __wrap_cpuhp_walk_next(const struct cpuhp_line *line, enum cpuhp_dir dir, int *pos, int to);
int __wrap_cpuhp_walk_commit(enum cpuhp_dir dir, int state);
int __real_cpuhp_plan_make(struct cpuhp_plan *plan, const struct cpuhp_line *line,
			   enum cpuhp_dir dir, int from, int to, unsigned int nr_members);
int __wrap_cpuhp_plan_make(struct cpuhp_plan *plan, const struct cpuhp_line *line,
			   enum cpuhp_dir dir, int from, int to, unsigned int nr_members);
bool __real_cpuhp_walk_due(const struct cpuhp_member *m, const struct cpuhp_seg *seg);
bool __wrap_cpuhp_walk_due(const struct cpuhp_member *m, const struct cpuhp_seg *seg);
int __real_cpuhp_walk_run(struct cpuhp_walk *walk);
int __wrap_cpuhp_walk_run(struct cpuhp_walk *walk);

#endif
