// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the registry of hotplug states, on the line of the booted
 * kernel: states and instances that only count their calls come and go.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>

/* What the callbacks saw. One test runs at a time. */
static cpumask_t ups;
static cpumask_t downs;
static atomic_t nr_ups;
static atomic_t nr_downs;
static int refusing_cpu;

static int count_up(unsigned int cpu)
{
	if (cpu == refusing_cpu)
		return -EXDEV;
	cpumask_set_cpu(cpu, &ups);
	atomic_inc(&nr_ups);
	return 0;
}

static int count_down(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &downs);
	atomic_inc(&nr_downs);
	return 0;
}

static int count_up_instance(unsigned int cpu, struct hlist_node *node)
{
	return count_up(cpu);
}

static int count_down_instance(unsigned int cpu, struct hlist_node *node)
{
	return count_down(cpu);
}

static int registry_init(struct kunit *test)
{
	cpumask_clear(&ups);
	cpumask_clear(&downs);
	atomic_set(&nr_ups, 0);
	atomic_set(&nr_downs, 0);
	refusing_cpu = -1;
	return 0;
}

static const int dyn_requests[] = { CPUHP_BP_PREPARE_DYN, CPUHP_AP_ONLINE_DYN };
static const int dyn_sizes[] = { 21, 41 };

static void dynamic_states_until_full(struct kunit *test)
{
	static int got[64];
	int range, nr, i;

	for (range = 0; range < ARRAY_SIZE(dyn_requests); range++) {
		int last = -1;

		for (nr = 0; nr < ARRAY_SIZE(got); nr++) {
			got[nr] = cpuhp_setup_state_nocalls(dyn_requests[range], "kunit:dyn",
							    NULL, NULL);
			if (got[nr] < 0)
				break;
			KUNIT_EXPECT_GT(test, got[nr], last);
			KUNIT_EXPECT_GE(test, got[nr], dyn_requests[range]);
			KUNIT_EXPECT_LT(test, got[nr], dyn_requests[range] + dyn_sizes[range]);
			last = got[nr];
		}
		KUNIT_EXPECT_GT(test, nr, 0);
		KUNIT_EXPECT_LE(test, nr, dyn_sizes[range]);
		KUNIT_EXPECT_EQ(test, got[nr], -ENOSPC);
		for (i = 0; i < nr; i++)
			cpuhp_remove_state_nocalls(got[i]);
		/* A state that was freed is handed out again. */
		i = cpuhp_setup_state_nocalls(dyn_requests[range], "kunit:dyn", NULL, NULL);
		KUNIT_EXPECT_EQ(test, i, got[0]);
		if (i > 0)
			cpuhp_remove_state_nocalls(i);
	}
}

static void bad_arguments(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(CPUHP_INVALID, "kunit", NULL, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(CPUHP_OFFLINE, "kunit", NULL, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(CPUHP_ONLINE, "kunit", NULL, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, NULL, NULL, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpuhp_state_allow_concurrent(CPUHP_RCUTREE_PREP), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpuhp_state_allow_concurrent(CPUHP_AP_ONLINE_DYN_END), -EINVAL);
}

static void a_taken_state_is_busy(struct kunit *test)
{
	int state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kunit:taken", count_up, count_down);

	KUNIT_ASSERT_GT(test, state, 0);
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(state, "kunit:second", count_up, count_down),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(CPUHP_AP_ACTIVE, "kunit:active", NULL, NULL),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, cpuhp_state_allow_concurrent(state), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ups), num_online_cpus());
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_downs), 0);
	cpuhp_remove_state(state);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_downs), num_online_cpus());
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&ups, cpu_online_mask));
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&downs, cpu_online_mask));
}

static int third_cpu(struct kunit *test)
{
	if (num_online_cpus() < 3)
		kunit_skip(test, "needs three online CPUs, there are %u", num_online_cpus());
	return cpumask_next(cpumask_next(cpumask_first(cpu_online_mask), cpu_online_mask),
			    cpu_online_mask);
}

static void expect_only_two_undone(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ups), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_downs), 2);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&ups, &downs));
	KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(refusing_cpu, &ups));
}

static void setup_fails_on_the_third_cpu(struct kunit *test)
{
	int state;

	refusing_cpu = third_cpu(test);
	KUNIT_EXPECT_EQ(test, cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kunit:fails",
						count_up, count_down), -EXDEV);
	expect_only_two_undone(test);

	/* The state is free again. */
	refusing_cpu = -1;
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kunit:again", count_up, count_down);
	KUNIT_ASSERT_GT(test, state, 0);
	cpuhp_remove_state(state);
}

static void prepare_state_is_called_on_all_cpus(struct kunit *test)
{
	int state = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "kunit:prepare",
				      count_up, count_down);

	KUNIT_ASSERT_GT(test, state, 0);
	KUNIT_EXPECT_TRUE(test, cpumask_subset(cpu_online_mask, &ups));
	cpuhp_remove_state(state);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&ups, &downs));
}

static void nocalls_calls_nothing(struct kunit *test)
{
	int state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "kunit:nocalls",
					      count_up, count_down);

	KUNIT_ASSERT_GT(test, state, 0);
	cpuhp_remove_state_nocalls(state);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ups) + atomic_read(&nr_downs), 0);
}

static void instances_come_and_go(struct kunit *test)
{
	static struct hlist_node first, second;
	int state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "kunit:multi",
					    count_up_instance, count_down_instance);

	KUNIT_ASSERT_GT(test, state, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ups), 0);
	KUNIT_EXPECT_EQ(test, cpuhp_state_add_instance(state, &first), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ups), num_online_cpus());
	KUNIT_EXPECT_EQ(test, cpuhp_state_add_instance_nocalls(state, &second), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ups), num_online_cpus());

	KUNIT_EXPECT_EQ(test, cpuhp_state_remove_instance_nocalls(state, &second), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_downs), 0);
	KUNIT_EXPECT_EQ(test, cpuhp_state_remove_instance(state, &first), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_downs), num_online_cpus());
	cpuhp_remove_multi_state(state);
}

static void an_instance_fails_on_the_third_cpu(struct kunit *test)
{
	static struct hlist_node node;
	int state;

	refusing_cpu = third_cpu(test);
	state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "kunit:multi",
					count_up_instance, count_down_instance);
	KUNIT_ASSERT_GT(test, state, 0);
	KUNIT_EXPECT_EQ(test, cpuhp_state_add_instance(state, &node), -EXDEV);
	expect_only_two_undone(test);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&node));
	cpuhp_remove_multi_state(state);
}

static void a_single_state_takes_no_instance(struct kunit *test)
{
	static struct hlist_node node;
	int state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "kunit:single", NULL, NULL);

	KUNIT_ASSERT_GT(test, state, 0);
	KUNIT_EXPECT_EQ(test, cpuhp_state_add_instance(state, &node), -EINVAL);
	KUNIT_EXPECT_EQ(test, cpuhp_state_remove_instance(state, &node), -EINVAL);
	cpuhp_remove_state_nocalls(state);
}

static struct kunit_case registry_cases[] = {
	KUNIT_CASE(dynamic_states_until_full),
	KUNIT_CASE(bad_arguments),
	KUNIT_CASE(a_taken_state_is_busy),
	KUNIT_CASE(setup_fails_on_the_third_cpu),
	KUNIT_CASE(prepare_state_is_called_on_all_cpus),
	KUNIT_CASE(nocalls_calls_nothing),
	KUNIT_CASE(instances_come_and_go),
	KUNIT_CASE(an_instance_fails_on_the_third_cpu),
	KUNIT_CASE(a_single_state_takes_no_instance),
	{}
};

static struct kunit_suite registry_suite = {
	.name		= "cpuhp-registry",
	.init		= registry_init,
	.test_cases	= registry_cases,
};

kunit_test_suite(registry_suite);
