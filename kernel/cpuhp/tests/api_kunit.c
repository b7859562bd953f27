// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what other subsystems call to move CPUs, and to forbid that.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/device.h>

/* Those online when a test begins, and those that can go. One test runs at a time. */
static cpumask_t before;
static cpumask_t movable;
static unsigned int refusing_cpu;

static int api_init(struct kunit *test)
{
	unsigned int cpu;

	cpumask_copy(&before, cpu_online_mask);
	cpumask_clear(&movable);
	for_each_online_cpu(cpu) {
		if (cpu != cpumask_first(cpu_online_mask) && cpu_is_hotpluggable(cpu))
			cpumask_set_cpu(cpu, &movable);
	}
	if (cpumask_weight(&movable) < 2)
		kunit_skip(test, "needs two CPUs that can go offline");
	return 0;
}

static void expect_nothing_moved(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, cpumask_equal(cpu_online_mask, &before));
}

static void expect_devices(struct kunit *test, bool offline)
{
	unsigned int cpu;

	for_each_cpu(cpu, &movable) {
		KUNIT_EXPECT_EQ(test, cpu_online(cpu), !offline);
		KUNIT_EXPECT_EQ(test, !!get_cpu_device(cpu)->offline, offline);
	}
}

static void a_set_goes_and_comes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, cpus_up(&movable), 0);
	expect_nothing_moved(test);

	KUNIT_EXPECT_EQ(test, cpus_down(&movable), 0);
	expect_devices(test, true);
	KUNIT_EXPECT_EQ(test, cpus_down(&movable), 0);
	KUNIT_EXPECT_EQ(test, cpus_up(&movable), 0);
	expect_devices(test, false);
	expect_nothing_moved(test);
}

static void one_cpu_goes_and_comes(struct kunit *test)
{
	unsigned int cpu = cpumask_first(&movable);

	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 1);
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 1);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	expect_nothing_moved(test);
}

/* There is nothing to forbid. */
static void an_empty_set_is_no_error(struct kunit *test)
{
	cpu_hotplug_disable();
	KUNIT_EXPECT_EQ(test, cpus_down(cpu_none_mask), 0);
	KUNIT_EXPECT_EQ(test, cpus_up(cpu_none_mask), 0);
	cpu_hotplug_enable();
	expect_nothing_moved(test);
}

static int refuse_one(unsigned int cpu)
{
	return cpu == refusing_cpu ? -EXDEV : 0;
}

static void a_set_goes_as_a_whole(struct kunit *test)
{
	int state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "kunit:refuse",
					      NULL, refuse_one);

	KUNIT_ASSERT_GT(test, state, 0);
	refusing_cpu = cpumask_last(&movable);
	KUNIT_EXPECT_EQ(test, cpus_down(&movable), -EXDEV);
	expect_devices(test, false);
	expect_nothing_moved(test);
	cpuhp_remove_state_nocalls(state);
}

static void one_cpu_stays(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, cpus_down(&before), -EBUSY);
	expect_nothing_moved(test);
}

static void set_present(unsigned int cpu, bool present)
{
	cpu_maps_update_begin();
	set_cpu_present(cpu, present);
	cpu_maps_update_done();
}

static void an_absent_cpu_is_refused(struct kunit *test)
{
	unsigned int cpu = cpumask_last(&movable);

	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	set_present(cpu, false);
	KUNIT_EXPECT_EQ(test, cpus_up(&movable), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpus_down(&movable), -EINVAL);
	set_present(cpu, true);
	KUNIT_EXPECT_EQ(test, cpumask_weight(cpu_online_mask), cpumask_weight(&before) - 1);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	expect_nothing_moved(test);
}

/* Those who forbid hotplug need not know of each other. */
static void forbidden_as_often_as_allowed(struct kunit *test)
{
	unsigned int cpu = cpumask_first(&movable);

	cpu_hotplug_disable();
	cpu_hotplug_disable();
	KUNIT_EXPECT_EQ(test, cpus_down(&movable), -EBUSY);
	cpu_hotplug_enable();
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), -EBUSY);
	expect_nothing_moved(test);
	cpu_hotplug_enable();

	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	cpu_hotplug_disable();
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), -EBUSY);
	KUNIT_EXPECT_EQ(test, cpus_up(&movable), -EBUSY);
	KUNIT_EXPECT_FALSE(test, cpu_online(cpu));
	cpu_hotplug_enable();
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	expect_nothing_moved(test);
}

static struct kunit_case api_cases[] = {
	KUNIT_CASE(a_set_goes_and_comes),
	KUNIT_CASE(one_cpu_goes_and_comes),
	KUNIT_CASE(an_empty_set_is_no_error),
	KUNIT_CASE(a_set_goes_as_a_whole),
	KUNIT_CASE(one_cpu_stays),
	KUNIT_CASE(an_absent_cpu_is_refused),
	KUNIT_CASE(forbidden_as_often_as_allowed),
	{}
};

static struct kunit_suite api_suite = {
	.name		= "cpuhp-api",
	.init		= api_init,
	.test_cases	= api_cases,
};

kunit_test_suite(api_suite);
