// SPDX-License-Identifier: GPL-2.0
/*
 * Core scheduling, while threads of cores leave and come back: one of each core, all
 * but one, all. Tasks with cookies of their own or shared ones run and are moved, and
 * others take the locks of runqueues by way of tasks that sleep there. The kernel's log
 * must not complain.
 *
 * Guards these patches, the first on cores with more than two threads:
 *	sched/core: Hand a core to a thread that stays
 *	sched/core: Do not idle a core beside a CPU that waits to leave
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "util/beside.h"

#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE			62
#define PR_SCHED_CORE_GET		0
#define PR_SCHED_CORE_CREATE		1
#endif
#define THREAD				0	/* the scope of these calls */

#define COOKIES		3
#define RUNNERS		2	/* that share each of them */
#define WORKERS		(COOKIES * RUNNERS + 1)

static cpu_set_t cpus;
static pid_t sleepers[CPU_SETSIZE];

/* The caller gets a new cookie, which its children inherit. */
static int cookie_create(void)
{
	return prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, THREAD, 0) ? -errno : 0;
}

/* A number that stands for the cookie of a task, 0 for none */
static unsigned long long cookie_of(pid_t pid)
{
	unsigned long long cookie = 0;

	prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, pid, THREAD, &cookie);
	return cookie;
}

static int place(pid_t pid, int cpu)
{
	cpu_set_t at;

	CPU_ZERO(&at);
	CPU_SET(cpu, &at);
	return sched_setaffinity(pid, sizeof(at), &at) ? -errno : 0;
}

/* A process that sleeps for ever on the CPU of its parent */
static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

/* Go to any CPU, unless it is offline, and run for a moment. */
static int run_somewhere(void *unused)
{
	int i;

	place(0, cpuhp_random_cpu(&cpus));
	for (i = 0; i < 10000; i++)
		__asm__ volatile("");
	return 0;
}

/* Change the priority of each sleeper, which takes the lock of the runqueue it was on. */
static int renice(void *unused)
{
	static int nice;
	int cpu, i;

	nice = !nice;
	for_each_cpu_in(cpu, &cpus) {
		for (i = 0; i < 20; i++)
			setpriority(PRIO_PROCESS, sleepers[cpu], nice);
	}
	return 0;
}

/* The CPUs of @movable that are not thread @nr of their core; -1 is the last thread. */
static void all_but_thread(const cpu_set_t *movable, int nr, cpu_set_t *set)
{
	cpu_set_t siblings;
	char path[128];
	int cpu, stays;

	*set = *movable;
	for_each_cpu_in(cpu, movable) {
		snprintf(path, sizeof(path),
			 CPUHP_SYS "/cpu%d/topology/thread_siblings_list", cpu);
		if (cpuhp_list_read(path, &siblings))
			continue;
		stays = cpuhp_mask_nth(&siblings, nr < 0 ? CPU_COUNT(&siblings) - 1 : nr);
		CPU_CLR(stays, set);
	}
}

TEST_F_TIMEOUT(hazard, cookies, 600)
{
	struct cpuhp_worker workers[WORKERS];
	cpu_set_t sets[3];
	unsigned long long cookie[COOKIES];
	unsigned long round;
	int cpu, i, nr = 0;

	if (cookie_create())
		SKIP(return, "no core scheduling, or no core with two threads");
	cpus = self->before.online;
	all_but_thread(&self->movable, 0, &sets[0]);
	all_but_thread(&self->movable, -1, &sets[1]);
	sets[2] = self->movable;

	for_each_cpu_in(cpu, &cpus) {
		place(0, cpu);
		sleepers[cpu] = start_sleeper();
		ASSERT_LT(0, sleepers[cpu]);
	}
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpus), &cpus));
	ASSERT_EQ(0, cpuhp_worker_start(&workers[nr++], "renice", renice, NULL));
	for (i = 0; i < COOKIES; i++) {
		ASSERT_EQ(0, cookie_create());
		cookie[i] = cookie_of(0);
		ASSERT_EQ(0, cpuhp_worker_start(&workers[nr++], "runner", run_somewhere, NULL));
		ASSERT_EQ(0, cpuhp_worker_start(&workers[nr++], "runner", run_somewhere, NULL));
	}

	for (round = 0; round < self->rounds; round++) {
		move_beside(_metadata, &sets[round % 3], round, workers, nr);
		for (i = 1; i < WORKERS; i++)
			EXPECT_EQ(cookie[(i - 1) / RUNNERS], cookie_of(workers[i].pid));
	}
	stop_all(_metadata, workers, nr);
	for_each_cpu_in(cpu, &cpus)
		kill(sleepers[cpu], SIGKILL);
}

CPUHP_HARNESS_MAIN
