// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: kinds of per-CPU threads are registered and unregistered, also while a CPU
 * is away, and each thread comes and goes with its CPU.
 *
 * The threads only count their callbacks.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smpboot.h>

#include "threads_kunit.h"

/**
 * struct seen - how often a thread's callbacks were called, or called elsewhere
 * @created:	create
 * @set_up:	setup
 * @parked:	park
 * @unparked:	unpark
 * @worked:	thread_fn
 * @cleaned:	cleanup
 * @online:	cleanup has been told that the CPU is online
 * @foreign:	a callback ran on another CPU
 * @due:	there is work
 */
struct seen {
	unsigned int created;
	unsigned int set_up;
	unsigned int parked;
	unsigned int unparked;
	unsigned int worked;
	unsigned int cleaned;
	bool online;
	bool foreign;
	bool due;
};

static DEFINE_PER_CPU(struct seen, seen);
static DEFINE_PER_CPU(struct task_struct *, store);

static struct seen *seen_of(unsigned int cpu)
{
	return per_cpu_ptr(&seen, cpu);
}

static void at_home(unsigned int cpu)
{
	if (cpu != raw_smp_processor_id())
		WRITE_ONCE(seen_of(cpu)->foreign, true);
}

/* By the thread alone, or while it sleeps. */
static void count(unsigned int *counter)
{
	WRITE_ONCE(*counter, *counter + 1);
}

static int should_run(unsigned int cpu)
{
	return READ_ONCE(seen_of(cpu)->due);
}

static void work(unsigned int cpu)
{
	at_home(cpu);
	WRITE_ONCE(seen_of(cpu)->due, false);
	count(&seen_of(cpu)->worked);
}

static void create(unsigned int cpu)
{
	count(&seen_of(cpu)->created);
}

static void setup(unsigned int cpu)
{
	at_home(cpu);
	count(&seen_of(cpu)->set_up);
}

static void park(unsigned int cpu)
{
	at_home(cpu);
	count(&seen_of(cpu)->parked);
}

static void unpark(unsigned int cpu)
{
	at_home(cpu);
	count(&seen_of(cpu)->unparked);
}

static void cleanup(unsigned int cpu, bool online)
{
	WRITE_ONCE(seen_of(cpu)->online, online);
	count(&seen_of(cpu)->cleaned);
}

static struct smp_hotplug_thread kind = {
	.thread_comm		= "kunit-kind/%u",
	.store			= &store,
	.thread_should_run	= should_run,
	.thread_fn		= work,
	.create			= create,
	.setup			= setup,
	.park			= park,
	.unpark			= unpark,
	.cleanup		= cleanup,
};

static int smpboot_init(struct kunit *test)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(seen, cpu) = (struct seen){ };
	kind.selfparking = false;
	return 0;
}

static bool is_set_up(unsigned int cpu)
{
	return COMES_TRUE(READ_ONCE(seen_of(cpu)->set_up));
}

static void expect_works(struct kunit *test, unsigned int cpu)
{
	unsigned int before = READ_ONCE(seen_of(cpu)->worked);

	WRITE_ONCE(seen_of(cpu)->due, true);
	wake_up_process(per_cpu(store, cpu));
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(seen_of(cpu)->worked) == before + 1));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(seen_of(cpu)->foreign));
}

static void test_each_cpu_gets_a_thread(struct kunit *test)
{
	unsigned int cpu;

	KUNIT_ASSERT_EQ(test, smpboot_register_percpu_thread(&kind), 0);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->created, 1);
		KUNIT_EXPECT_TRUE(test, is_set_up(cpu));
		expect_works(test, cpu);
	}
	smpboot_unregister_percpu_thread(&kind);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_PTR_EQ(test, per_cpu(store, cpu), NULL);
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->set_up, 1);
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->parked, 0);
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->unparked, 0);
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->cleaned, 1);
		KUNIT_EXPECT_TRUE(test, seen_of(cpu)->online);
	}
}

static void test_a_thread_parks_with_its_cpu(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);
	struct task_struct *task;

	KUNIT_ASSERT_EQ(test, smpboot_register_percpu_thread(&kind), 0);
	KUNIT_EXPECT_TRUE(test, is_set_up(cpu));
	task = per_cpu(store, cpu);
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->parked, 1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->__state), TASK_PARKED);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, COMES_TRUE(READ_ONCE(seen_of(cpu)->unparked) == 1));
	expect_works(test, cpu);
	KUNIT_EXPECT_PTR_EQ(test, per_cpu(store, cpu), task);
	smpboot_unregister_percpu_thread(&kind);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->created, 1);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->set_up, 1);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->cleaned, 1);
}

static void test_a_kind_comes_while_a_cpu_is_away(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);

	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, smpboot_register_percpu_thread(&kind), 0);
	KUNIT_EXPECT_PTR_EQ(test, per_cpu(store, cpu), NULL);
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->created, 1);
	KUNIT_EXPECT_TRUE(test, is_set_up(cpu));
	expect_works(test, cpu);
	smpboot_unregister_percpu_thread(&kind);
}

static void test_a_kind_goes_while_a_cpu_is_away(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);

	KUNIT_ASSERT_EQ(test, smpboot_register_percpu_thread(&kind), 0);
	KUNIT_EXPECT_TRUE(test, is_set_up(cpu));
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	smpboot_unregister_percpu_thread(&kind);
	KUNIT_EXPECT_PTR_EQ(test, per_cpu(store, cpu), NULL);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->cleaned, 1);
	KUNIT_EXPECT_FALSE(test, seen_of(cpu)->online);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, seen_of(cpu)->created, 1);
}

/* The owner of such a kind unparks its threads; until then they have not begun. */
static void test_a_thread_that_never_began_has_no_cleanup(struct kunit *test)
{
	unsigned int cpu;

	kind.selfparking = true;
	KUNIT_ASSERT_EQ(test, smpboot_register_percpu_thread(&kind), 0);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, READ_ONCE(per_cpu(store, cpu)->__state), TASK_PARKED);
	smpboot_unregister_percpu_thread(&kind);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->created, 1);
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->set_up, 0);
		KUNIT_EXPECT_EQ(test, seen_of(cpu)->cleaned, 0);
	}
}

static struct kunit_case smpboot_cases[] = {
	KUNIT_CASE(test_each_cpu_gets_a_thread),
	KUNIT_CASE(test_a_thread_parks_with_its_cpu),
	KUNIT_CASE(test_a_kind_comes_while_a_cpu_is_away),
	KUNIT_CASE(test_a_kind_goes_while_a_cpu_is_away),
	KUNIT_CASE(test_a_thread_that_never_began_has_no_cleanup),
	{}
};

static struct kunit_suite smpboot_suite = {
	.name		= "cpuhp_smpboot",
	.init		= smpboot_init,
	.test_cases	= smpboot_cases,
};

kunit_test_suite(smpboot_suite);
