/* SPDX-License-Identifier: GPL-2.0 */
/* The fixture of the tests of malformed and refused input. */
#ifndef CPUHP_UTIL_BADINPUT_H
#define CPUHP_UTIL_BADINPUT_H

#include "failure.h"
#include "harness.h"

FIXTURE(badinput) {
	struct cpuhp_machine before;
	cpu_set_t movable;
	int cpu;
};

FIXTURE_SETUP(badinput)
{
	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	self->cpu = cpuhp_mask_nth(&self->movable, 0);
	cpuhp_machine_read(&self->before);
}

FIXTURE_TEARDOWN(badinput)
{
	EXPECT_EQ(0, cpuhp_restore());
}

/* A refusal by the core itself is recorded as well, with the function that refused. */
static inline void expect_refusal_by(struct __test_metadata *_metadata, const char *who, int err)
{
	struct cpuhp_failure failure;

	ASSERT_EQ(0, cpuhp_failure_read(&failure));
	EXPECT_STREQ(who, failure.callback);
	EXPECT_EQ(err, failure.error);
}

#endif /* CPUHP_UTIL_BADINPUT_H */
