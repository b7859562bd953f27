// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: the freezer's events.
 *
 * At the time these tests run there is no user space yet, so the subjects are
 * freezable kernel threads.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "threads_kunit.h"

/**
 * struct subject - a freezable thread that counts its turns
 * @exempt:	events it is exempt from
 * @stubborn:	do not freeze while this is set
 * @passes:	turns of its loop
 * @ready:	it is freezable
 * @task:	the thread, with a reference
 */
struct subject {
	unsigned int exempt;
	bool stubborn;
	atomic_t passes;
	struct completion ready;
	struct task_struct *task;
};

static int subject_fn(void *data)
{
	struct subject *s = data;

	freezer_exempt(s->exempt);
	set_freezable();
	complete(&s->ready);
	while (!kthread_freezable_should_stop(NULL)) {
		atomic_inc(&s->passes);
		do {
			schedule_timeout_interruptible(1);
		} while (READ_ONCE(s->stubborn) && !kthread_should_stop());
	}
	return 0;
}

static int bound_subject_fn(void *data)
{
	struct subject *s = data;

	set_freezable();
	complete(&s->ready);
	while (!kthread_bound_should_stop()) {
		kthread_assert_cpu_pinned();
		atomic_inc(&s->passes);
		schedule_timeout_interruptible(1);
	}
	return 0;
}

static struct subject *subject_new(struct kunit *test, unsigned int exempt)
{
	struct subject *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->exempt = exempt;
	init_completion(&s->ready);
	return s;
}

static void subject_start(struct kunit *test, struct subject *s, struct task_struct *task)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	s->task = get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&s->ready);
}

static struct subject *subject_exempt(struct kunit *test, unsigned int exempt)
{
	struct subject *s = subject_new(test, exempt);

	subject_start(test, s, kthread_create(subject_fn, s, "kunit-freeze"));
	return s;
}

static void subject_stop(struct subject *s)
{
	kthread_stop_put(s->task);
}

static bool goes_on(struct subject *s)
{
	int before = atomic_read(&s->passes);

	return COMES_TRUE(atomic_read(&s->passes) > before);
}

/* Freeze with a short deadline, where the freeze is meant to fail. */
static int freeze_soon(enum freeze_event event, unsigned int ms)
{
	unsigned int before = freeze_timeout_msecs;
	int ret;

	freeze_timeout_msecs = ms;
	ret = freeze_for(event);
	freeze_timeout_msecs = before;
	return ret;
}

static void test_freeze_and_thaw(struct kunit *test)
{
	struct subject *s = subject_exempt(test, 0);
	int passes;

	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	passes = atomic_read(&s->passes);
	wake_up_process(s->task);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	KUNIT_EXPECT_EQ(test, atomic_read(&s->passes), passes);
	thaw_for(FREEZE_HOTPLUG);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	subject_stop(s);
}

/**
 * struct sleeper - a thread whose sleep is frozen in place
 * @wakeups:	how often it went on from that sleep
 * @task:	the thread, with a reference
 */
struct sleeper {
	atomic_t wakeups;
	struct task_struct *task;
};

static int sleeper_fn(void *data)
{
	struct sleeper *s = data;

	set_freezable();
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		if (kthread_should_stop())
			break;
		schedule();
		atomic_inc(&s->wakeups);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/*
 * A task that is frozen for two reasons is not thawed when one ends: nothing in a
 * sleep that was frozen in place would check for the other. A wakeup that comes
 * meanwhile is kept.
 */
static void test_thawed_by_one_of_two(struct kunit *test)
{
	struct sleeper *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, s);
	task = kthread_create(sleeper_fn, s, "kunit-sleeper");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	s->task = get_task_struct(task);
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(task->__state) & TASK_FREEZABLE));

	KUNIT_EXPECT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	__thaw_task(s->task);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	wake_up_process(s->task);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	KUNIT_EXPECT_EQ(test, atomic_read(&s->wakeups), 0);
	thaw_for(FREEZE_HOTPLUG);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(atomic_read(&s->wakeups) == 1));
	kthread_stop_put(s->task);
}

static void test_exempt_from_one_event_only(struct kunit *test)
{
	struct subject *s = subject_exempt(test, BIT(FREEZE_HOTPLUG));

	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	thaw_for(FREEZE_HOTPLUG);

	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_KPROBES), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	thaw_for(FREEZE_KPROBES);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	subject_stop(s);
}

static void test_exemption_is_put_back(struct kunit *test)
{
	unsigned int before = freezer_exempt(BIT(FREEZE_KPROBES));

	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	thaw_for(FREEZE_HOTPLUG);
	KUNIT_EXPECT_EQ(test, freezer_exempt(before), BIT(FREEZE_KPROBES));
}

static void test_refusal_thaws_everybody(struct kunit *test)
{
	struct subject *good = subject_exempt(test, 0);
	struct subject *bad = subject_exempt(test, 0);

	WRITE_ONCE(bad->stubborn, true);
	KUNIT_EXPECT_TRUE(test, goes_on(good));
	KUNIT_EXPECT_EQ(test, freeze_soon(FREEZE_HOTPLUG, 200), -EBUSY);
	KUNIT_EXPECT_FALSE(test, freezing(good->task));
	KUNIT_EXPECT_TRUE(test, goes_on(good));

	WRITE_ONCE(bad->stubborn, false);
	KUNIT_EXPECT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	KUNIT_EXPECT_TRUE(test, frozen(bad->task));
	thaw_for(FREEZE_HOTPLUG);
	subject_stop(good);
	subject_stop(bad);
}

/**
 * struct rival - a thread that wants another event
 * @freezable:	it is a task that the first event freezes
 * @asked:	it is about to ask for FREEZE_KPROBES
 * @got:	FREEZE_KPROBES is in effect
 * @ret:	the answer
 */
struct rival {
	bool freezable;
	struct completion asked;
	struct completion got;
	int ret;
};

static int rival_fn(void *data)
{
	struct rival *r = data;

	if (r->freezable)
		set_freezable();
	complete(&r->asked);
	r->ret = freeze_for(FREEZE_KPROBES);
	if (!r->ret)
		thaw_for(FREEZE_KPROBES);
	complete(&r->got);
	return 0;
}

static struct task_struct *rival_start(struct kunit *test, struct rival *rival)
{
	struct task_struct *task;

	init_completion(&rival->asked);
	init_completion(&rival->got);
	task = kthread_run(rival_fn, rival, "kunit-rival");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	return task;
}

/* Start it while another event is in effect, until it waits for that to end. */
static void rival_waits(struct kunit *test, struct rival *rival)
{
	struct task_struct *task = rival_start(test, rival);

	wait_for_completion(&rival->asked);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(task->__state) & TASK_UNINTERRUPTIBLE));
}

/* The second event waits for the first, and does not keep it from freezing. */
static void test_events_exclude_each_other(struct kunit *test, bool freezable)
{
	struct rival rival = { .freezable = freezable, .ret = -EINPROGRESS };

	KUNIT_ASSERT_EQ(test, freezer_claim(FREEZE_HOTPLUG), 0);
	rival_waits(test, &rival);
	freezer_release(FREEZE_HOTPLUG);
	wait_for_completion(&rival.got);
	KUNIT_EXPECT_EQ(test, rival.ret, 0);
}

static void test_second_event_waits(struct kunit *test)
{
	test_events_exclude_each_other(test, false);
}

static void test_second_event_waits_freezably(struct kunit *test)
{
	test_events_exclude_each_other(test, true);
}

/* A task that wants one event after the other lets waiting tasks go first. */
static void test_waiting_event_comes_next(struct kunit *test)
{
	struct rival rival = { .ret = -EINPROGRESS };

	KUNIT_ASSERT_EQ(test, freezer_claim(FREEZE_HOTPLUG), 0);
	rival_waits(test, &rival);
	freezer_release(FREEZE_HOTPLUG);
	KUNIT_EXPECT_EQ(test, freezer_claim(FREEZE_HOTPLUG), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(rival.ret), 0);
	freezer_release(FREEZE_HOTPLUG);
	wait_for_completion(&rival.got);
}

static void test_waiting_rival_is_frozen(struct kunit *test)
{
	struct rival rival = { .freezable = true, .ret = -EINPROGRESS };
	struct task_struct *task;

	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	/* Freezes in set_freezable() at the latest, so it never gets to ask. */
	task = rival_start(test, &rival);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(frozen(task)));
	thaw_for(FREEZE_HOTPLUG);
	wait_for_completion(&rival.got);
	KUNIT_EXPECT_EQ(test, rival.ret, 0);
}

static void test_no_second_event_for_the_same_task(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_KPROBES), 0);
	KUNIT_EXPECT_EQ(test, freeze_for(FREEZE_HOTPLUG), -EBUSY);
	thaw_for(FREEZE_KPROBES);
}

static void test_suspend_first(struct kunit *test)
{
	struct subject *s = subject_exempt(test, 0);

	KUNIT_ASSERT_EQ(test, freeze_processes(), 0);
	KUNIT_ASSERT_EQ(test, freeze_kernel_threads(), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	KUNIT_EXPECT_EQ(test, freeze_for(FREEZE_HOTPLUG), -EBUSY);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	thaw_processes();
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_EXPECT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	thaw_for(FREEZE_HOTPLUG);
	subject_stop(s);
}

static DEFINE_STATIC_KEY_FALSE(patched_key);

static noinline int patched_text(void)
{
	return static_branch_unlikely(&patched_key) ? 1 : 0;
}

/* What FREEZE_KPROBES is for: all tasks stand still while text changes. */
static void test_patch_text_with_everyone_still(struct kunit *test)
{
	struct subject *s = subject_exempt(test, 0);

	KUNIT_EXPECT_EQ(test, patched_text(), 0);
	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_KPROBES), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	static_branch_enable(&patched_key);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	thaw_for(FREEZE_KPROBES);
	KUNIT_EXPECT_EQ(test, patched_text(), 1);

	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_KPROBES), 0);
	static_branch_disable(&patched_key);
	thaw_for(FREEZE_KPROBES);
	KUNIT_EXPECT_EQ(test, patched_text(), 0);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	subject_stop(s);
}

static struct subject *subject_bound(struct kunit *test, unsigned int cpu)
{
	struct subject *s = subject_new(test, 0);

	subject_start(test, s, kthread_create_bound(bound_subject_fn, s, cpu, "kunit-b/%u", cpu));
	return s;
}

/* A frozen thread leaves the refrigerator to park, and returns to it. */
static void test_frozen_bound_thread_lets_its_cpu_go(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);
	struct subject *s = subject_bound(test, cpu);
	int passes;

	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_ASSERT_EQ(test, freeze_for(FREEZE_HOTPLUG), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	passes = atomic_read(&s->passes);
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(frozen(s->task)));
	KUNIT_EXPECT_LE(test, atomic_read(&s->passes), passes + 1);
	thaw_for(FREEZE_HOTPLUG);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	subject_stop(s);
}

/* A parked thread stands still; it need not, and cannot, be asked to freeze. */
static void test_parked_thread_counts_as_frozen(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);
	struct subject *s = subject_bound(test, cpu);
	int passes;

	KUNIT_EXPECT_TRUE(test, goes_on(s));
	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	passes = atomic_read(&s->passes);
	KUNIT_EXPECT_EQ(test, freeze_soon(FREEZE_HOTPLUG, 5000), 0);
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, frozen(s->task));
	KUNIT_EXPECT_EQ(test, atomic_read(&s->passes), passes);
	thaw_for(FREEZE_HOTPLUG);
	KUNIT_EXPECT_TRUE(test, goes_on(s));
	subject_stop(s);
}

/* The freezer gave up before the task that it had interrupted could run. */
static void test_no_signal_is_left_of_a_freeze(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, freeze_in_wait());

	set_thread_flag(TIF_SIGPENDING);
	KUNIT_EXPECT_TRUE(test, freeze_in_wait());
	KUNIT_EXPECT_FALSE(test, test_thread_flag(TIF_SIGPENDING));
}

static struct kunit_case freezer_cases[] = {
	KUNIT_CASE(test_freeze_and_thaw),
	KUNIT_CASE(test_thawed_by_one_of_two),
	KUNIT_CASE(test_exempt_from_one_event_only),
	KUNIT_CASE(test_exemption_is_put_back),
	KUNIT_CASE(test_refusal_thaws_everybody),
	KUNIT_CASE(test_second_event_waits),
	KUNIT_CASE(test_second_event_waits_freezably),
	KUNIT_CASE(test_waiting_event_comes_next),
	KUNIT_CASE(test_waiting_rival_is_frozen),
	KUNIT_CASE(test_no_second_event_for_the_same_task),
	KUNIT_CASE(test_suspend_first),
	KUNIT_CASE(test_patch_text_with_everyone_still),
	KUNIT_CASE(test_frozen_bound_thread_lets_its_cpu_go),
	KUNIT_CASE(test_parked_thread_counts_as_frozen),
	KUNIT_CASE(test_no_signal_is_left_of_a_freeze),
	{}
};

static struct kunit_suite freezer_suite = {
	.name = "cpuhp_freezer",
	.suite_init = runner_is_exempt,
	.suite_exit = runner_is_not_exempt,
	.test_cases = freezer_cases,
};

kunit_test_suite(freezer_suite);
