/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks that a test watches while CPUs move. */
#ifndef CPUHP_UTIL_TASK_H
#define CPUHP_UTIL_TASK_H

#include <sched.h>
#include <sys/types.h>

/**
 * struct cpuhp_task - a task that only counts its turns
 * @pid:	its process
 * @turns:	shared with the task, which adds one each time it runs
 */
struct cpuhp_task {
	pid_t pid;
	unsigned long *turns;
};

int cpuhp_task_start(struct cpuhp_task *task, const cpu_set_t *allowed);
int cpuhp_task_runs(const struct cpuhp_task *task);
void cpuhp_task_stop(struct cpuhp_task *task);
pid_t cpuhp_thread_find(const char *comm);

#endif /* CPUHP_UTIL_TASK_H */
