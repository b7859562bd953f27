// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: planner and walker as they are in this kernel.
 *
 * Each test is a sweep over one line of steps. Nothing here touches a CPU. The
 * same sweeps run in full, with more of them and under sanitizers, in user
 * space; see tools/testing/cpuhp.
 */

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "walk_lab.h"

#define TEXT_SIZE	1024

static int walk_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct lab), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void describe_line(const char * const *line, char *desc)
{
	strscpy(desc, *line, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(line, lab_lines, describe_line);

static struct lab *lab_with_line(struct kunit *test)
{
	const char * const *text = test->param_value;
	struct lab *lab = test->priv;

	KUNIT_ASSERT_TRUE(test, lab_line_parse(&lab->sc.line, *text));
	return lab;
}

static void conclude(struct kunit *test, bool good)
{
	struct lab *lab = test->priv;
	char *text;

	KUNIT_EXPECT_GT(test, lab->tries, 0UL);
	if (!good) {
		text = kunit_kzalloc(test, TEXT_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, text);
		lab_describe(lab, text, TEXT_SIZE);
		KUNIT_FAIL(test, "%s", text);
	}
	cond_resched();
}

static void walk_due(struct kunit *test)
{
	conclude(test, lab_sweep_due(test->priv));
}

static void walk_plans(struct kunit *test)
{
	conclude(test, lab_sweep_plans(lab_with_line(test)));
}

static void walk_alone(struct kunit *test)
{
	conclude(test, lab_sweep_alone(lab_with_line(test)));
}

static void walk_targets(struct kunit *test)
{
	conclude(test, lab_sweep_targets(lab_with_line(test)));
}

/* Full sweeps would take minutes in an emulated machine; hence the strides. */
static void walk_batch_of_2(struct kunit *test)
{
	conclude(test, lab_sweep_batch(lab_with_line(test), 2, 31));
}

static void walk_batch_of_3(struct kunit *test)
{
	conclude(test, lab_sweep_batch(lab_with_line(test), 3, 1009));
}

static void walk_batch_of_4(struct kunit *test)
{
	conclude(test, lab_sweep_batch(lab_with_line(test), 4, 99991));
}

static struct kunit_case walk_cases[] = {
	KUNIT_CASE(walk_due),
	KUNIT_CASE_PARAM(walk_plans, line_gen_params),
	KUNIT_CASE_PARAM(walk_alone, line_gen_params),
	KUNIT_CASE_PARAM(walk_targets, line_gen_params),
	KUNIT_CASE_PARAM(walk_batch_of_2, line_gen_params),
	KUNIT_CASE_PARAM(walk_batch_of_3, line_gen_params),
	KUNIT_CASE_PARAM(walk_batch_of_4, line_gen_params),
	{ }
};

static struct kunit_suite walk_suite = {
	.name = "cpuhp-walk",
	.init = walk_test_init,
	.test_cases = walk_cases,
};

kunit_test_suite(walk_suite);

MODULE_DESCRIPTION("KUnit tests of the planner and walker of CPU hotplug");
MODULE_LICENSE("GPL");
