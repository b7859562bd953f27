// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: bound kernel threads, on a real CPU that goes and comes back.
 *
 * A subject counts where it runs. Nothing here measures time: a test waits for a
 * state.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "../../kthread_bound.h"
#include "threads_kunit.h"

#define CYCLES		20
#define RESULT		42

/**
 * struct subject - a thread that watches where it runs
 * @cpu:	where it belongs
 * @passes:	turns of its loop
 * @foreign:	turns on another CPU, or with its own CPU offline
 * @stubborn:	do not end the current pass while this is set
 * @partner:	when asked to park, end the pass only when @partner is asked, too
 * @saw_ask:	has been asked to park since the last pass
 * @task:	the thread, with a reference
 */
struct subject {
	unsigned int cpu;
	atomic_t passes;
	atomic_t foreign;
	bool stubborn;
	struct subject *partner;
	bool saw_ask;
	struct task_struct *task;
};

static void look_around(struct subject *s)
{
	atomic_inc(&s->passes);
	if (raw_smp_processor_id() != s->cpu || !cpu_online(s->cpu))
		atomic_inc(&s->foreign);
}

static void await_partner(struct subject *s)
{
	if (!s->partner || !kthread_bound_pending())
		return;
	WRITE_ONCE(s->saw_ask, true);
	while (!READ_ONCE(s->partner->saw_ask) && kthread_bound_pending())
		schedule_timeout_interruptible(1);
}

static int bound_fn(void *data)
{
	struct subject *s = data;

	while (!kthread_bound_should_stop()) {
		kthread_assert_cpu_pinned();
		look_around(s);
		schedule_timeout_interruptible(1);
		while (READ_ONCE(s->stubborn))
			schedule_timeout_uninterruptible(1);
		await_partner(s);
	}
	return RESULT;
}

static int merely_bind_fn(void *data)
{
	struct subject *s = data;

	while (!kthread_should_stop()) {
		look_around(s);
		schedule_timeout_interruptible(1);
	}
	return RESULT;
}

static struct subject *subject_new(struct kunit *test)
{
	struct subject *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->cpu = *(unsigned int *)test->priv;
	return s;
}

static void subject_start(struct kunit *test, struct subject *s, struct task_struct *task)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	s->task = get_task_struct(task);
	wake_up_process(task);
}

static struct subject *subject_bound(struct kunit *test)
{
	struct subject *s = subject_new(test);

	subject_start(test, s, kthread_create_bound(bound_fn, s, s->cpu, "kunit/%u", s->cpu));
	return s;
}

static int subject_stop(struct subject *s)
{
	return kthread_stop_put(s->task);
}

static bool goes_on(struct subject *s)
{
	int before = atomic_read(&s->passes);

	return COMES_TRUE(atomic_read(&s->passes) > before);
}

static void test_bound_never_leaves_its_cpu(struct kunit *test)
{
	struct subject *s = subject_bound(test);
	int i;

	for (i = 0; i < CYCLES; i++) {
		KUNIT_EXPECT_TRUE(test, goes_on(s));
		KUNIT_ASSERT_EQ(test, remove_cpu(s->cpu), 0);
		KUNIT_ASSERT_EQ(test, add_cpu(s->cpu), 0);
	}
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_EXPECT_EQ(test, subject_stop(s), RESULT);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->foreign), 0);
}

/* The counterexample: the same loop, bound by kthread_bind() alone. */
static void test_bind_alone_does_leave(struct kunit *test)
{
	struct subject *s = subject_new(test);
	struct task_struct *task = kthread_create(merely_bind_fn, s, "kunit-old/%u", s->cpu);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	kthread_bind(task, s->cpu);
	subject_start(test, s, task);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_ASSERT_EQ(test, remove_cpu(s->cpu), 0);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(atomic_read(&s->foreign) > 0));
	KUNIT_ASSERT_EQ(test, add_cpu(s->cpu), 0);
	KUNIT_EXPECT_EQ(test, subject_stop(s), RESULT);
}

static void test_bound_sleeps_through_wakeups(struct kunit *test)
{
	struct subject *s = subject_bound(test);
	int i, before;

	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_ASSERT_EQ(test, remove_cpu(s->cpu), 0);
	before = atomic_read(&s->passes);
	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_EQ(test, READ_ONCE(s->task->__state), TASK_PARKED);
		wake_up_process(s->task);
	}
	KUNIT_EXPECT_EQ(test, s->task->nr_cpus_allowed, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->passes), before);
	KUNIT_ASSERT_EQ(test, add_cpu(s->cpu), 0);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_EXPECT_EQ(test, subject_stop(s), RESULT);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->foreign), 0);
}

static void test_bound_stops_while_its_cpu_is_away(struct kunit *test)
{
	struct subject *s = subject_bound(test);

	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_ASSERT_EQ(test, remove_cpu(s->cpu), 0);
	KUNIT_EXPECT_EQ(test, subject_stop(s), RESULT);
	KUNIT_ASSERT_EQ(test, add_cpu(s->cpu), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->foreign), 0);
}

static void test_bound_begins_with_its_cpu(struct kunit *test)
{
	unsigned int cpu = *(unsigned int *)test->priv;
	struct subject *s;

	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	s = subject_bound(test);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(s->task->__state) == TASK_PARKED));
	KUNIT_EXPECT_EQ(test, atomic_read(&s->passes), 0);
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_EXPECT_EQ(test, s->task->nr_cpus_allowed, 1);
	KUNIT_EXPECT_EQ(test, subject_stop(s), RESULT);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->foreign), 0);
}

static void test_bound_stopped_before_it_began(struct kunit *test)
{
	unsigned int cpu = *(unsigned int *)test->priv;
	struct subject *s;

	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	s = subject_bound(test);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(s->task->__state) == TASK_PARKED));
	KUNIT_EXPECT_EQ(test, subject_stop(s), -EINTR);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->passes), 0);
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);
}

/* A thread that was created but not started must not be waited for. */
static void test_bound_not_started(struct kunit *test)
{
	struct subject *s = subject_new(test);
	struct task_struct *task = kthread_create_bound(bound_fn, s, s->cpu, "kunit/%u", s->cpu);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	KUNIT_EXPECT_EQ(test, remove_cpu(s->cpu), 0);
	subject_start(test, s, task);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(task->__state) == TASK_PARKED));
	KUNIT_ASSERT_EQ(test, add_cpu(s->cpu), 0);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_EXPECT_EQ(test, subject_stop(s), RESULT);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->foreign), 0);
}

static void test_bound_straggler_keeps_its_cpu(struct kunit *test)
{
	unsigned int wait_ms = bound_threads_park_ms;
	struct subject *good = subject_bound(test);
	struct subject *bad = subject_bound(test);

	KUNIT_EXPECT_TRUE(test, goes_on(bad));
	bound_threads_park_ms = 100;
	WRITE_ONCE(bad->stubborn, true);
	KUNIT_EXPECT_EQ(test, remove_cpu(bad->cpu), -EBUSY);
	KUNIT_EXPECT_TRUE(test, cpu_online(bad->cpu));
	/* The thread that parked for nothing runs again while the other still does not park. */
	KUNIT_EXPECT_TRUE(test, goes_on(good));
	bound_threads_park_ms = wait_ms;
	WRITE_ONCE(bad->stubborn, false);
	KUNIT_EXPECT_TRUE(test, goes_on(bad));

	KUNIT_EXPECT_EQ(test, remove_cpu(bad->cpu), 0);
	KUNIT_ASSERT_EQ(test, add_cpu(bad->cpu), 0);
	KUNIT_EXPECT_TRUE(test, goes_on(good));
	KUNIT_EXPECT_TRUE(test, goes_on(bad));
	KUNIT_EXPECT_EQ(test, subject_stop(good), RESULT);
	KUNIT_EXPECT_EQ(test, subject_stop(bad), RESULT);
	KUNIT_EXPECT_EQ(test, atomic_read(&good->foreign), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&bad->foreign), 0);
}

/* Each parks only after the other was asked: one by one, neither would. */
static void test_bound_all_are_asked_first(struct kunit *test)
{
	struct subject *a = subject_bound(test);
	struct subject *b = subject_bound(test);

	a->partner = b;
	b->partner = a;
	KUNIT_EXPECT_TRUE(test, goes_on(a));
	KUNIT_EXPECT_TRUE(test, goes_on(b));
	KUNIT_EXPECT_EQ(test, remove_cpu(a->cpu), 0);
	KUNIT_ASSERT_EQ(test, add_cpu(a->cpu), 0);
	KUNIT_EXPECT_EQ(test, subject_stop(a), RESULT);
	KUNIT_EXPECT_EQ(test, subject_stop(b), RESULT);
}

static void test_bound_impossible_cpu(struct kunit *test)
{
	struct task_struct *task = kthread_create_bound(bound_fn, NULL, nr_cpu_ids, "kunit");

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(task), -EINVAL);
}

static int bound_test_init(struct kunit *test)
{
	unsigned int *cpu = kunit_kzalloc(test, sizeof(*cpu), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cpu);
	*cpu = spare_cpu(test);
	test->priv = cpu;
	return 0;
}

static struct kunit_case bound_cases[] = {
	KUNIT_CASE(test_bound_never_leaves_its_cpu),
	KUNIT_CASE(test_bind_alone_does_leave),
	KUNIT_CASE(test_bound_sleeps_through_wakeups),
	KUNIT_CASE(test_bound_stops_while_its_cpu_is_away),
	KUNIT_CASE(test_bound_begins_with_its_cpu),
	KUNIT_CASE(test_bound_stopped_before_it_began),
	KUNIT_CASE(test_bound_not_started),
	KUNIT_CASE(test_bound_straggler_keeps_its_cpu),
	KUNIT_CASE(test_bound_all_are_asked_first),
	KUNIT_CASE(test_bound_impossible_cpu),
	{}
};

static struct kunit_suite bound_suite = {
	.name = "cpuhp_bound",
	.suite_init = runner_is_exempt,
	.suite_exit = runner_is_not_exempt,
	.init = bound_test_init,
	.test_cases = bound_cases,
};

kunit_test_suite(bound_suite);
