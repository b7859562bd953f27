/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of the hazard tests: several CPUs leave together, and each of them
 * must not take itself for the only one. One program for each subsystem that got
 * this wrong. Whatever a test does, the kernel's log must not complain of it.
 *
 * In the environment: CPUHP_ROUNDS, how often a test repeats itself.
 */
#ifndef CPUHP_UTIL_HAZARD_H
#define CPUHP_UTIL_HAZARD_H

#include "harness.h"
#include "kmsg.h"

FIXTURE(hazard) {
	struct cpuhp_machine before;
	cpu_set_t movable;
	unsigned long rounds;
	int kmsg;
};

FIXTURE_SETUP(hazard)
{
	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 5);
	self->kmsg = cpuhp_kmsg_open();
	ASSERT_LE(0, self->kmsg);
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	if (CPU_COUNT(&self->movable) < 2)
		SKIP(return, "fewer than two CPUs can go offline");
}

FIXTURE_TEARDOWN(hazard)
{
	const char *complaint;

	EXPECT_EQ(0, cpuhp_restore());
	while ((complaint = cpuhp_kmsg_complaint(self->kmsg))) {
		EXPECT_EQ(NULL, complaint) {
			TH_LOG("kernel: %s", complaint);
		}
	}
	close(self->kmsg);
}

/* Offline and back online, one operation each. */
static inline void cycle(struct __test_metadata *_metadata, const cpu_set_t *set)
{
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, set));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, set));
}

#endif /* CPUHP_UTIL_HAZARD_H */
