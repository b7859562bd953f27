// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that a test watches while CPUs move.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"
#include "task.h"
#include "wait.h"

/**
 * cpuhp_task_start - start a task that counts its turns
 * @task:	filled
 * @allowed:	the CPUs it may use; NULL for all
 *
 * The task runs until cpuhp_task_stop(), or until its parent dies.
 *
 * Return: 0 or -errno.
 */
int cpuhp_task_start(struct cpuhp_task *task, const cpu_set_t *allowed)
{
	struct timespec pause = { .tv_nsec = 1000 * 1000 };
	void *page;

	page = mmap(NULL, sizeof(*task->turns), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -errno;
	task->turns = page;
	task->pid = fork();
	if (task->pid < 0)
		return -errno;
	if (!task->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			__atomic_fetch_add(task->turns, 1, __ATOMIC_RELAXED);
			nanosleep(&pause, NULL);
		}
	}
	if (allowed && sched_setaffinity(task->pid, sizeof(*allowed), allowed))
		return -errno;
	return 0;
}

static unsigned long turns_of(const struct cpuhp_task *task)
{
	return __atomic_load_n(task->turns, __ATOMIC_RELAXED);
}

struct turns {
	const struct cpuhp_task *task;
	unsigned long goal;
};

static bool has_turned(void *arg)
{
	struct turns *turns = arg;

	return turns_of(turns->task) >= turns->goal;
}

/**
 * cpuhp_task_runs - wait until a task has had a few more turns
 * @task:	the task
 *
 * Return: 0, -ETIMEDOUT if it had none before the deadline.
 */
int cpuhp_task_runs(const struct cpuhp_task *task)
{
	struct turns turns = { task, turns_of(task) + 3 };

	return cpuhp_wait(has_turned, &turns);
}

/**
 * cpuhp_task_stop - end a task
 * @task:	the task
 */
void cpuhp_task_stop(struct cpuhp_task *task)
{
	kill(task->pid, SIGKILL);
	waitpid(task->pid, NULL, 0);
	munmap(task->turns, sizeof(*task->turns));
}

/**
 * cpuhp_thread_find - look for a thread by its name
 * @comm:	the name
 *
 * Return: its PID, -1 if there is none.
 */
pid_t cpuhp_thread_find(const char *comm)
{
	char path[64], text[64];
	struct dirent *entry;
	pid_t pid = -1;
	DIR *proc;

	proc = opendir("/proc");
	if (!proc)
		return -1;
	while (pid < 0 && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		if (!cpuhp_file_read(path, text, sizeof(text)) &&
		    !strcmp(text, comm))
			pid = atoi(entry->d_name);
	}
	closedir(proc);
	return pid;
}
