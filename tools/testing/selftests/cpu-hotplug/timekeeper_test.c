// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU that keeps the time leaves, while others are idle and have no tick: time
 * goes on.
 *
 * A task that runs without a break makes its CPU the timekeeper, for one that is idle
 * gives the duty up. The coarse clock shows what the timekeeper does: it moves with
 * each tick. Without a timekeeper it moves when a CPU awakes, or when a busy CPU has
 * had several ticks during which it stood still. So a busy CPU compares the moves with
 * the interrupts of its own timer, however long these take to come.
 *
 * Fails if a dying CPU does not hand the duty over. It does not show whether the other
 * CPU is woken for it, for if that sleeps, something else wakes it soon.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/beside.h"
#include "util/counts.h"

#define ENOUGH	20	/* moves of the clock, for a busy CPU to become the timekeeper */

static int confine(pid_t pid, int cpu, int other)
{
	cpu_set_t at;

	CPU_ZERO(&at);
	CPU_SET(cpu, &at);
	CPU_SET(other, &at);
	return sched_setaffinity(pid, sizeof(at), &at) ? -errno : 0;
}

/* --- the interrupts of a CPU's timer --- */

static bool is_timer(const struct cpuhp_kind *kind)
{
	return !strcmp(kind->name, "LOC") || !strcmp(kind->last, "arch_timer");
}

/* How many interrupts of its own timer a CPU has had, -1 if the kernel does not tell. */
static long timer_interrupts(int cpu)
{
	struct cpuhp_counts counts;
	int i;

	if (cpuhp_counts_read(cpu, &counts))
		return -1;
	for (i = 0; i < counts.nr; i++) {
		if (is_timer(&counts.kind[i]))
			return counts.kind[i].count;
	}
	return -1;
}

/* --- a task that keeps its CPU busy and counts the moves of the clock --- */

static long long coarse_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int see_it_move(void *unused)
{
	long long begin = coarse_ns();

	while (coarse_ns() == begin)
		;
	return 0;
}

/*
 * Wait until a task has been busy for long enough. The CPU that looks more often than
 * every few ticks keeps its own tick, and the duty.
 */
static int wait_for_moves(const struct cpuhp_worker *worker)
{
	struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	unsigned long goal = cpuhp_worker_done(worker) + ENOUGH;
	int i;

	for (i = 0; i < 600; i++) {
		nanosleep(&pause, NULL);
		if (cpuhp_worker_done(worker) >= goal)
			return 0;
	}
	return -ETIMEDOUT;
}

/* Keep a CPU busy, while all others sleep, until it must have become the timekeeper. */
static int make_timekeeper(struct cpuhp_worker *worker, int cpu)
{
	int err = cpuhp_worker_start(worker, "timekeeper", see_it_move, NULL);

	err = err ?: confine(worker->pid, cpu, cpu);
	return err ?: wait_for_moves(worker);
}

/**
 * struct moves - of the clock, and what there should be
 * @clock:	moves that a busy task has seen
 * @ticks:	interrupts of the timer of its CPU
 */
struct moves {
	unsigned long clock, ticks;
};

/*
 * The timekeeper leaves with the CPUs of @set. The task that made it the timekeeper goes
 * on at CPU @stays, and counts there.
 */
static void timekeeper_leaves(struct __test_metadata *_metadata, int timekeeper,
			      const cpu_set_t *set, int stays, struct moves *moves)
{
	struct cpuhp_worker worker;

	ASSERT_EQ(0, make_timekeeper(&worker, timekeeper));
	ASSERT_EQ(0, confine(worker.pid, timekeeper, stays));
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, set));
	moves->ticks -= timer_interrupts(stays);
	moves->clock -= cpuhp_worker_done(&worker);
	EXPECT_EQ(0, wait_for_moves(&worker)) {
		TH_LOG("time stands still without CPU %d", timekeeper);
	}
	moves->clock += cpuhp_worker_done(&worker);
	moves->ticks += timer_interrupts(stays);
	EXPECT_EQ(0, cpuhp_worker_stop(&worker));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, set));
}

/* Each CPU that can go is the timekeeper once, and leaves with the CPUs of @others. */
static void each_leaves(struct __test_metadata *_metadata, FIXTURE_DATA(hazard) * self,
			const cpu_set_t *others)
{
	struct moves moves = {};
	cpu_set_t set;
	int cpu, stays;

	stays = cpuhp_mask_nth(&self->before.online, 0);
	if (timer_interrupts(stays) < 0)
		SKIP(return, "no interrupts of timers in /proc/interrupts");
	for_each_cpu_in(cpu, &self->movable) {
		set = *others;
		CPU_SET(cpu, &set);
		CPU_CLR(stays, &set);
		if (CPU_ISSET(cpu, &set))
			timekeeper_leaves(_metadata, cpu, &set, stays, &moves);
	}
	TH_LOG("%lu moves of the clock in %lu ticks", moves.clock, moves.ticks);
	EXPECT_GT(2 * moves.clock, moves.ticks);
}

TEST_F_TIMEOUT(hazard, timekeeper_and_others, 300)
{
	each_leaves(_metadata, self, &self->movable);
}

TEST_F_TIMEOUT(hazard, timekeeper_alone, 300)
{
	cpu_set_t nobody;

	CPU_ZERO(&nobody);
	each_leaves(_metadata, self, &nobody);
}

CPUHP_HARNESS_MAIN
