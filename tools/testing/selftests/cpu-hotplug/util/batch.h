/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of the tests that move lists of CPUs, and what they compare with.
 *
 * In the environment: CPUHP_ROUNDS, how many batches a test moves; CPUHP_SEED,
 * repeat a run.
 */
#ifndef CPUHP_UTIL_BATCH_H
#define CPUHP_UTIL_BATCH_H

#include "harness.h"
#include "line.h"

FIXTURE(batch) {
	struct cpuhp_steps steps;
	struct cpuhp_machine before;
	cpu_set_t movable;
	unsigned long rounds;
	int top;
};

FIXTURE_SETUP(batch)
{
	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	self->top = cpuhp_steps_top(&self->steps);
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 25);
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	TH_LOG("CPUHP_SEED=%lu", cpuhp_random_seed());
}

FIXTURE_TEARDOWN(batch)
{
	EXPECT_EQ(0, cpuhp_restore());
}

/* The text is valid until the next call. */
static inline const char *list(const cpu_set_t *set)
{
	static char text[CPUHP_LIST_LEN];

	return cpuhp_list_format(set, text, sizeof(text));
}

/* Every movable CPU is fully up or fully down: the CPUs of @model are online. */
static inline void expect_model(struct __test_metadata *_metadata,
				FIXTURE_DATA(batch) * self, const cpu_set_t *model)
{
	char is[CPUHP_LIST_LEN], should[CPUHP_LIST_LEN];
	struct cpuhp_machine now;
	int cpu, state;

	cpuhp_machine_read(&now);
	EXPECT_TRUE(CPU_EQUAL(model, &now.online)) {
		TH_LOG("%s are online, expected %s",
		       cpuhp_list_format(&now.online, is, sizeof(is)),
		       cpuhp_list_format(model, should, sizeof(should)));
	}
	for_each_cpu_in(cpu, &self->movable) {
		state = CPU_ISSET(cpu, model) ? self->top : 0;
		EXPECT_EQ(state, now.cpu[cpu].state) {
			TH_LOG("state of CPU %d", cpu);
		}
		EXPECT_EQ(state, now.cpu[cpu].target) {
			TH_LOG("target of CPU %d", cpu);
		}
		EXPECT_EQ(state != 0, now.cpu[cpu].online) {
			TH_LOG("online of CPU %d", cpu);
		}
	}
}

#endif /* CPUHP_UTIL_BATCH_H */
