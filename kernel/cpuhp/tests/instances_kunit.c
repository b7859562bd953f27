// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: a step with several instances fails at one of them while its CPU moves, and
 * those before it are taken back, even if one of these fails in its turn.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/list.h>

#include "threads_kunit.h"

#define NR_INSTANCES	3

/**
 * struct instance - it counts its calls
 * @node:	links it to the step
 * @ups:	calls of bring_up that succeeded
 * @downs:	calls of tear_down that succeeded
 * @refuses_up:	bring_up fails
 * @refuses_down: tear_down fails
 */
struct instance {
	struct hlist_node node;
	int ups;
	int downs;
	bool refuses_up;
	bool refuses_down;
};

static struct instance *instance_of(struct hlist_node *node)
{
	return hlist_entry(node, struct instance, node);
}

static int instance_up(unsigned int cpu, struct hlist_node *node)
{
	struct instance *one = instance_of(node);

	if (one->refuses_up)
		return -EXDEV;
	one->ups++;
	return 0;
}

static int instance_down(unsigned int cpu, struct hlist_node *node)
{
	struct instance *one = instance_of(node);

	if (one->refuses_down)
		return -EXDEV;
	one->downs++;
	return 0;
}

/* In the order of their calls: the instance that was added last is the first. */
static struct instance instances[NR_INSTANCES];

static int set_up(struct kunit *test)
{
	int i, state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "kunit:instances",
					       instance_up, instance_down);

	KUNIT_ASSERT_GT(test, state, 0);
	for (i = NR_INSTANCES - 1; i >= 0; i--) {
		instances[i] = (struct instance){ };
		KUNIT_EXPECT_EQ(test, 0,
				cpuhp_state_add_instance_nocalls(state, &instances[i].node));
	}
	return state;
}

static void take_away(struct kunit *test, int state)
{
	int i;

	for (i = 0; i < NR_INSTANCES; i++)
		cpuhp_state_remove_instance_nocalls(state, &instances[i].node);
	cpuhp_remove_multi_state(state);
}

static void expect_calls(struct kunit *test, int nr, int downs, int ups)
{
	KUNIT_EXPECT_EQ_MSG(test, instances[nr].downs, downs, "instance %d", nr);
	KUNIT_EXPECT_EQ_MSG(test, instances[nr].ups, ups, "instance %d", nr);
}

static void those_before_a_failure_are_undone(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);
	int state = set_up(test);

	instances[2].refuses_down = true;
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), -EXDEV);
	KUNIT_EXPECT_TRUE(test, cpu_online(cpu));
	expect_calls(test, 0, 1, 1);
	expect_calls(test, 1, 1, 1);
	expect_calls(test, 2, 0, 0);
	take_away(test, state);
}

static void an_undo_goes_on_behind_a_failure(struct kunit *test)
{
	unsigned int cpu = spare_cpu(test);
	int state = set_up(test);

	instances[0].refuses_up = true;
	instances[2].refuses_down = true;
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), -EXDEV);
	KUNIT_EXPECT_TRUE(test, cpu_online(cpu));
	expect_calls(test, 0, 1, 0);
	expect_calls(test, 1, 1, 1);
	expect_calls(test, 2, 0, 0);
	take_away(test, state);
}

static struct kunit_case instances_cases[] = {
	KUNIT_CASE(those_before_a_failure_are_undone),
	KUNIT_CASE(an_undo_goes_on_behind_a_failure),
	{}
};

static struct kunit_suite instances_suite = {
	.name		= "cpuhp-instances",
	.test_cases	= instances_cases,
};

kunit_test_suite(instances_suite);
