// SPDX-License-Identifier: GPL-2.0
/*
 * A set of CPUs as text in a trace event: whole where it fits, cut between two
 * entries where it does not, and never longer than its room.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/string.h>

#include "../cpuhp.h"

#include <trace/events/cpuhp.h>

#define NR	8192

struct list_room {
	unsigned long bits[BITS_TO_LONGS(NR)];
	char text[2048];
};

static int list_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct list_room), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void list_fits(struct kunit *test)
{
	struct list_room *room = test->priv;

	KUNIT_EXPECT_EQ(test, cpuhp_trace_list_size(NR, room->bits), 1);
	cpuhp_trace_list(room->text, 1, NR, room->bits);
	KUNIT_EXPECT_STREQ(test, room->text, "");

	__set_bit(0, room->bits);
	bitmap_set(room->bits, 2, 3);
	__set_bit(NR - 1, room->bits);
	KUNIT_EXPECT_EQ(test, cpuhp_trace_list_size(NR, room->bits), sizeof("0,2-4,8191"));
	cpuhp_trace_list(room->text, sizeof("0,2-4,8191"), NR, room->bits);
	KUNIT_EXPECT_STREQ(test, room->text, "0,2-4,8191");
}

/* One byte less, until nothing is left of it. */
static void list_is_cut(struct kunit *test)
{
	static const char * const wanted[] = {
		"0,2-4,...", "0,...", "0,...", "0,...", "0,...", ",...",
	};
	struct list_room *room = test->priv;
	unsigned int i, size = sizeof("0,2-4,8191") - 1;

	__set_bit(0, room->bits);
	bitmap_set(room->bits, 2, 3);
	__set_bit(NR - 1, room->bits);
	for (i = 0; size >= sizeof(",..."); i++, size--) {
		memset(room->text, '#', sizeof(room->text));
		cpuhp_trace_list(room->text, size, NR, room->bits);
		KUNIT_EXPECT_GE(test, size, strnlen(room->text, size) + 1);
		KUNIT_EXPECT_EQ(test, room->text[size], '#');
		KUNIT_ASSERT_LT(test, i, ARRAY_SIZE(wanted));
		KUNIT_EXPECT_STREQ(test, room->text, wanted[i]);
	}
}

/* Every other of thousands of CPUs does not fit into an event. */
static void list_of_thousands(struct kunit *test)
{
	struct list_room *room = test->priv;
	unsigned int cpu, size;

	for (cpu = 1; cpu < NR; cpu += 2)
		__set_bit(cpu, room->bits);
	size = cpuhp_trace_list_size(NR, room->bits);
	KUNIT_EXPECT_EQ(test, size, 1024);
	cpuhp_trace_list(room->text, size, NR, room->bits);
	KUNIT_EXPECT_TRUE(test, strstarts(room->text, "1,3,5,7,9,11,"));
	KUNIT_EXPECT_TRUE(test, str_has_prefix(room->text + strlen(room->text) - 4, ",..."));
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE(list_fits),
	KUNIT_CASE(list_is_cut),
	KUNIT_CASE(list_of_thousands),
	{}
};

static struct kunit_suite trace_suite = {
	.name		= "cpuhp-trace",
	.init		= list_init,
	.test_cases	= trace_cases,
};

kunit_test_suite(trace_suite);
