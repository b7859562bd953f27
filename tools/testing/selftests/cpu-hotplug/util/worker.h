/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that do one thing again and again beside CPUs that move. */
#ifndef CPUHP_UTIL_WORKER_H
#define CPUHP_UTIL_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct cpuhp_work - what a worker shares with its parent
 * @stop:	it ends after the piece of work that it is at; atomic
 * @done:	pieces of work that were done without an error; atomic
 * @error:	what the last piece of work returned; valid when the process is gone
 */
struct cpuhp_work {
	bool stop;
	unsigned long done;
	int error;
};

/**
 * struct cpuhp_worker - a process
 * @name:	what it does, for messages
 * @pid:	the process, 0 when it is gone
 * @shared:	memory that it shares with its parent
 */
struct cpuhp_worker {
	const char *name;
	pid_t pid;
	struct cpuhp_work *shared;
};

int cpuhp_worker_start(struct cpuhp_worker *worker, const char *name,
		       int (*work)(void *arg), void *arg);
unsigned long cpuhp_worker_done(const struct cpuhp_worker *worker);
int cpuhp_worker_works(struct cpuhp_worker *worker);
int cpuhp_worker_stop(struct cpuhp_worker *worker);

#endif /* CPUHP_UTIL_WORKER_H */
