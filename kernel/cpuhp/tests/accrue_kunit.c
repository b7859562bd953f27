// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: what a CPU still accrues after its threads are parked is not lost.
 *
 * A timer that is pinned to the CPU goes off until the takedown pulls it away,
 * and each time queues on that CPU one tasklet, one RCU callback, one work item
 * and one timer. Later, every one of them must have run exactly once, and the
 * pinned timer itself must have continued on another CPU.
 *
 * The same from a DYING step: interrupts are off from there to the CPU's end, so
 * all of it is still there when the CPU is dead.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "threads_kunit.h"

#define NR_ROUNDS	4000
#define NR_EARLY	(NR_ROUNDS / 8)	/* the rest is for a CPU on its way out */
#define PERIOD_NS	(200 * NSEC_PER_USEC)

/**
 * struct round - what one shot queued
 * @tasklet:	a softirq's work
 * @rcu:	a grace period's
 * @work:	a per-CPU worker's
 * @timer:	a timer's, pinned
 * @ran:	how often each of them ran
 */
struct round {
	struct tasklet_struct tasklet;
	struct rcu_head rcu;
	struct work_struct work;
	struct timer_list timer;
	atomic_t ran[4];
};

/**
 * struct source - the shots
 * @shot:	goes off on @cpu, and on another one when that is gone
 * @cpu:	the CPU that is taken down
 * @fired:	shots so far, index of the next round
 * @late:	shots while the CPU was no longer active
 * @moved:	a shot went off on another CPU
 * @rounds:	NR_ROUNDS of them
 */
struct source {
	struct hrtimer shot;
	unsigned int cpu;
	int fired;
	int late;
	bool moved;
	struct round *rounds;
};

static void round_tasklet(struct tasklet_struct *t)
{
	atomic_inc(&from_tasklet((struct round *)NULL, t, tasklet)->ran[0]);
}

static void round_rcu(struct rcu_head *head)
{
	atomic_inc(&container_of(head, struct round, rcu)->ran[1]);
}

static void round_work(struct work_struct *work)
{
	atomic_inc(&container_of(work, struct round, work)->ran[2]);
}

static void round_timer(struct timer_list *t)
{
	struct round *r = from_timer(r, t, timer);

	atomic_inc(&r->ran[3]);
}

static void queue_round(struct source *src, struct round *r)
{
	tasklet_schedule(&r->tasklet);
	call_rcu(&r->rcu, round_rcu);
	queue_work_on(src->cpu, system_wq, &r->work);
	mod_timer(&r->timer, jiffies + 1);
}

static enum hrtimer_restart shoot(struct hrtimer *shot)
{
	struct source *src = container_of(shot, struct source, shot);
	bool late = !cpu_active(src->cpu);

	/* Pulled away from the CPU: it is down. */
	if (smp_processor_id() != src->cpu) {
		WRITE_ONCE(src->moved, true);
		return HRTIMER_NORESTART;
	}

	if (src->fired < (late ? NR_ROUNDS : NR_EARLY)) {
		queue_round(src, &src->rounds[src->fired++]);
		src->late += late;
	}
	hrtimer_forward_now(shot, ns_to_ktime(PERIOD_NS));
	return HRTIMER_RESTART;
}

static void start_shooting(void *data)
{
	struct source *src = data;

	hrtimer_start(&src->shot, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static void source_init(struct source *src)
{
	struct round *r;

	for (r = src->rounds; r < src->rounds + NR_ROUNDS; r++) {
		tasklet_setup(&r->tasklet, round_tasklet);
		INIT_WORK(&r->work, round_work);
		timer_setup(&r->timer, round_timer, TIMER_PINNED);
	}
	hrtimer_init(&src->shot, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	src->shot.function = shoot;
}

/* Wait for all that is still pending; no more is added. */
static bool all_ran(struct source *src, int kind)
{
	int i;

	for (i = 0; i < src->fired; i++) {
		if (!COMES_TRUE(atomic_read(&src->rounds[i].ran[kind])))
			return false;
	}
	return true;
}

static int count_twice(struct source *src, int kind)
{
	int i, twice = 0;

	for (i = 0; i < src->fired; i++)
		twice += atomic_read(&src->rounds[i].ran[kind]) > 1;
	return twice;
}

static void check(struct kunit *test, struct source *src)
{
	static const char * const kinds[] = { "tasklet", "RCU callback", "work item", "timer" };
	int kind;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		KUNIT_EXPECT_TRUE_MSG(test, all_ran(src, kind), "a %s was lost", kinds[kind]);
	rcu_barrier();
	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		KUNIT_EXPECT_EQ_MSG(test, count_twice(src, kind), 0,
				    "a %s ran twice", kinds[kind]);
}

static void source_free(struct kunit *test, struct source *src)
{
	struct round *r;

	/* Lost work may still be queued somewhere. */
	if (test->status == KUNIT_FAILURE)
		return;

	rcu_barrier();
	for (r = src->rounds; r < src->rounds + src->fired; r++) {
		tasklet_kill(&r->tasklet);
		flush_work(&r->work);
		timer_delete_sync(&r->timer);
	}
	vfree(src->rounds);
}

/* Not on the stack: debugobjects must be told of timers on the stack. */
static struct source source;

static struct source *new_source(struct kunit *test)
{
	struct source *src = &source;

	memset(src, 0, sizeof(*src));
	src->cpu = spare_cpu(test);
	src->rounds = vcalloc(NR_ROUNDS, sizeof(*src->rounds));
	KUNIT_ASSERT_NOT_NULL(test, src->rounds);
	source_init(src);
	return src;
}

static void test_nothing_is_lost(struct kunit *test)
{
	struct source *src = new_source(test);
	int down;

	KUNIT_EXPECT_EQ(test, smp_call_function_single(src->cpu, start_shooting, src, 1), 0);
	down = remove_cpu(src->cpu);
	KUNIT_EXPECT_EQ(test, down, 0);
	KUNIT_EXPECT_TRUE_MSG(test, COMES_TRUE(READ_ONCE(src->moved)),
			      "a high resolution timer was lost");
	hrtimer_cancel(&src->shot);
	kunit_info(test, "%d shots, %d of them after the CPU left the active set\n",
		   src->fired, src->late);
	KUNIT_EXPECT_GT(test, src->late, 0);

	check(test, src);
	if (!down)
		KUNIT_EXPECT_EQ(test, add_cpu(src->cpu), 0);
	source_free(test, src);
}

/* A step of J-Core's timer, which is not in the machines that run this. */
#define LAST_STATE	CPUHP_AP_JCORE_TIMER_STARTING
#define NR_LAST		3

/* On the CPU in the takedown, interrupts off. */
static int shoot_last(unsigned int cpu)
{
	if (cpu == source.cpu)
		queue_round(&source, &source.rounds[source.fired++]);
	return 0;
}

static void test_raised_while_dying(struct kunit *test)
{
	struct source *src = new_source(test);
	int i, down = 0;

	KUNIT_EXPECT_EQ(test, cpuhp_setup_state_nocalls(LAST_STATE, "kunit:shoot_last", NULL,
							shoot_last), 0);
	for (i = 0; i < NR_LAST && !down; i++) {
		down = remove_cpu(src->cpu);
		KUNIT_EXPECT_EQ(test, down, 0);
		check(test, src);
		if (!down)
			KUNIT_EXPECT_EQ(test, add_cpu(src->cpu), 0);
	}
	KUNIT_EXPECT_EQ(test, src->fired, NR_LAST);
	cpuhp_remove_state_nocalls(LAST_STATE);
	source_free(test, src);
}

static struct kunit_case accrue_cases[] = {
	KUNIT_CASE(test_nothing_is_lost),
	KUNIT_CASE(test_raised_while_dying),
	{}
};

static struct kunit_suite accrue_suite = {
	.name = "cpuhp_accrue",
	.suite_init = runner_is_exempt,
	.suite_exit = runner_is_not_exempt,
	.test_cases = accrue_cases,
};

kunit_test_suite(accrue_suite);
