// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that do one thing again and again beside CPUs that move.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wait.h"
#include "worker.h"

static void work_on(const struct cpuhp_worker *worker, int (*work)(void *arg), void *arg)
{
	int error = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!error && !__atomic_load_n(&worker->shared->stop, __ATOMIC_RELAXED)) {
		error = work(arg);
		if (!error)
			__atomic_add_fetch(&worker->shared->done, 1, __ATOMIC_RELAXED);
	}
	worker->shared->error = error;
	_exit(!!error);
}

/**
 * cpuhp_worker_start - start a process that works until it is stopped
 * @worker:	filled
 * @name:	what it does
 * @work:	one piece of work; runs in the process. An error ends the process
 * @arg:	for @work
 *
 * Return: 0 or -errno.
 */
int cpuhp_worker_start(struct cpuhp_worker *worker, const char *name,
		       int (*work)(void *arg), void *arg)
{
	worker->name = name;
	worker->shared = mmap(NULL, sizeof(*worker->shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (worker->shared == MAP_FAILED)
		return -errno;
	worker->pid = fork();
	if (!worker->pid)
		work_on(worker, work, arg);
	return worker->pid < 0 ? -errno : 0;
}

/**
 * cpuhp_worker_done - how much a worker has done
 * @worker:	the worker
 *
 * Return: the number of pieces of work.
 */
unsigned long cpuhp_worker_done(const struct cpuhp_worker *worker)
{
	return __atomic_load_n(&worker->shared->done, __ATOMIC_RELAXED);
}

struct goal {
	struct cpuhp_worker *worker;
	unsigned long done;
};

static bool is_gone(void *arg)
{
	struct cpuhp_worker *worker = arg;

	if (worker->pid && waitpid(worker->pid, NULL, WNOHANG) == worker->pid)
		worker->pid = 0;
	return !worker->pid;
}

static bool has_done_or_is_gone(void *arg)
{
	struct goal *goal = arg;

	return cpuhp_worker_done(goal->worker) >= goal->done || is_gone(goal->worker);
}

/**
 * cpuhp_worker_works - wait until a worker has begun and ended a piece of work
 * @worker:	the worker
 *
 * Return: 0, -ETIMEDOUT if the work does not end, or the error that ended the process.
 */
int cpuhp_worker_works(struct cpuhp_worker *worker)
{
	/* The first to end may have been begun before. */
	struct goal goal = { worker, cpuhp_worker_done(worker) + 2 };
	int err = cpuhp_wait(has_done_or_is_gone, &goal);

	return err ?: worker->shared->error;
}

/**
 * cpuhp_worker_stop - wait for the end of a worker's last piece of work
 * @worker:	the worker; what it has done remains known
 *
 * Return: as cpuhp_worker_works().
 */
int cpuhp_worker_stop(struct cpuhp_worker *worker)
{
	int err;

	__atomic_store_n(&worker->shared->stop, true, __ATOMIC_RELAXED);
	err = cpuhp_wait(is_gone, worker);
	if (err)
		kill(worker->pid, SIGKILL);
	return err ?: worker->shared->error;
}
