/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of bound threads and of freezing share.
 */
#ifndef _CPUHP_THREADS_KUNIT_H
#define _CPUHP_THREADS_KUNIT_H

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>

/*
 * True as soon as @cond is, false after a minute, which no working machine needs.
 */
#define COMES_TRUE(cond)						\
({									\
	unsigned long deadline = jiffies + 60 * HZ;			\
	bool came;							\
									\
	while (!(came = (cond)) && time_before(jiffies, deadline))	\
		fsleep(1000);						\
	came;								\
})

/* A CPU to take down and up again. */
static inline unsigned int spare_cpu(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);

	if (!cpu || !cpu_is_hotpluggable(cpu))
		kunit_skip(test, "needs a second CPU that can go offline");
	return cpu;
}

/*
 * The task that runs a suite is a user task to the freezer, but waits for each
 * test in a sleep that cannot be frozen.
 */
static inline int runner_is_exempt(struct kunit_suite *suite)
{
	freezer_exempt(BIT(FREEZE_EVENTS) - 1);
	return 0;
}

static inline void runner_is_not_exempt(struct kunit_suite *suite)
{
	freezer_exempt(0);
}

#endif /* _CPUHP_THREADS_KUNIT_H */
