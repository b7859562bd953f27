// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU is sent to every state through hotplug/target, in both directions, and stays
 * there: state, target and the online mask say so. A state at which a CPU cannot stay
 * is refused, and nothing changes.
 *
 * CPUHP_CPU in the environment names the CPU, by default the last one that can go
 * offline.
 *
 * Guards this patch:
 *	rcu: Enable the callbacks of a CPU that comes back from half-way
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/harness.h"
#include "util/line.h"

FIXTURE(target) {
	struct cpuhp_steps steps;
	struct cpuhp_machine before;
	int cpu;
	int top;
	int takedown;
	bool lockstep;
};

/* Only some kernels allow a CPU to stay between off and on. */
static bool may_ask(const struct cpuhp_steps *steps, int nr, bool lockstep)
{
	return lockstep || !cpuhp_steps_name(steps, nr) ||
	       nr == cpuhp_steps_find(steps, "threads:prepare") ||
	       nr == cpuhp_steps_find(steps, "cpu:bringup") ||
	       nr == cpuhp_steps_find(steps, "ap:offline") ||
	       nr == cpuhp_steps_find(steps, "cpu:teardown");
}

FIXTURE_SETUP(target)
{
	int partial;

	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	self->cpu = cpuhp_test_cpu();
	self->top = cpuhp_steps_top(&self->steps);
	self->takedown = cpuhp_steps_find(&self->steps, "cpu:teardown");
	self->lockstep = cpuhp_has_batch();
	ASSERT_LT(0, self->takedown);

	partial = cpuhp_partial_targets(&self->steps, self->cpu);
	ASSERT_LE(0, partial);
	cpuhp_machine_read(&self->before);
	if (!partial)
		SKIP(return, "kernel without CONFIG_CPU_HOTPLUG_STATE_CONTROL");
}

FIXTURE_TEARDOWN(target)
{
	EXPECT_EQ(0, cpuhp_restore());
}

static void go(struct __test_metadata *_metadata,
	       FIXTURE_DATA(target) * self, int nr)
{
	int state = -1, target = -1, err;
	cpu_set_t online, expected;

	err = cpuhp_cpu_set(self->cpu, "hotplug/target", nr);
	ASSERT_EQ(0, err) {
		TH_LOG("CPU %d to %d (%s): %s", self->cpu, nr,
		       cpuhp_steps_name(&self->steps, nr), strerror(-err));
	}
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/state", &state));
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/target", &target));
	ASSERT_EQ(nr, state);
	ASSERT_EQ(nr, target);

	ASSERT_EQ(0, cpuhp_mask_read("online", &online));
	expected = self->before.online;
	if (nr < self->takedown)
		CPU_CLR(self->cpu, &expected);
	ASSERT_TRUE(CPU_EQUAL(&expected, &online)) {
		TH_LOG("CPU %d at %d (%s): wrong online mask", self->cpu, nr,
		       cpuhp_steps_name(&self->steps, nr));
	}
}

#define for_each_rest(pos, self)					\
	for (pos = (self)->steps.step;					\
	     pos < (self)->steps.step + (self)->steps.count; pos++)	\
		if (!cpuhp_step_is_barred(&(self)->steps, (pos)->nr))

TEST_F_TIMEOUT(target, up_and_back, 900)
{
	const struct cpuhp_step *step;

	for_each_rest(step, self) {
		go(_metadata, self, 0);
		go(_metadata, self, step->nr);
	}
	go(_metadata, self, 0);
}

TEST_F_TIMEOUT(target, down_and_back, 900)
{
	const struct cpuhp_step *step;

	for_each_rest(step, self) {
		go(_metadata, self, self->top);
		go(_metadata, self, step->nr);
	}
	go(_metadata, self, self->top);
}

TEST_F_TIMEOUT(target, stairs, 900)
{
	const struct cpuhp_step *step;
	int i;

	go(_metadata, self, 0);
	for_each_rest(step, self)
		go(_metadata, self, step->nr);
	for (i = self->steps.count - 1; i >= 0; i--)
		if (!cpuhp_step_is_barred(&self->steps, self->steps.step[i].nr))
			go(_metadata, self, self->steps.step[i].nr);
}

static pid_t start_busy(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			;
	}
	return pid;
}

/*
 * A CPU that was started and then not needed is reset by its next start. If that
 * hits it while it holds a lock of the start-up code, no CPU can start any more.
 */
TEST_F_TIMEOUT(target, started_again, 300)
{
	int i, kick = cpuhp_steps_find(&self->steps, "cpu:kick_ap");
	int nr = CPU_COUNT(&self->before.online);
	pid_t busy[CPU_SETSIZE];

	if (kick < 0)
		SKIP(return, "this architecture starts CPUs in one step");
	if (cpuhp_step_is_barred(&self->steps, kick))
		SKIP(return, "CPUs cannot stay at cpu:kick_ap on this kernel");

	/* Keep all CPUs busy, so that in a guest the CPU that starts waits for the host. */
	for (i = 0; i < nr; i++)
		busy[i] = start_busy();
	for (i = 0; i < 300; i++) {
		EXPECT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", 0));
		EXPECT_EQ(0, cpuhp_cpu_set(self->cpu, "hotplug/target", kick));
	}
	go(_metadata, self, self->top);
	for (i = 0; i < nr; i++)
		kill(busy[i], SIGKILL);
}

/*
 * The online attribute of a CPU that is half-way says whether it is online, and a
 * write takes it the rest of the way.
 */
TEST_F_TIMEOUT(target, online_attribute_from_rest, 900)
{
	const struct cpuhp_step *step;
	int state = -1, online = -1, there, leads_to;

	if (!self->lockstep)
		SKIP(return, "the attribute does not follow hotplug/target on this kernel");

	for_each_rest(step, self) {
		go(_metadata, self, step->nr);
		there = step->nr > cpuhp_steps_find(&self->steps, "cpu:teardown");
		leads_to = there ? 0 : self->top;
		ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "online", &online));
		EXPECT_EQ(there, online) {
			TH_LOG("rests at %d (%s)", step->nr, step->name);
		}
		ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", there ? "0" : "1"));
		ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/state", &state));
		EXPECT_EQ(leads_to, state) {
			TH_LOG("from %d (%s)", step->nr, step->name);
		}
	}
}

/* A list with one CPU takes it to either end from any state. */
TEST_F_TIMEOUT(target, batch_from_rest, 900)
{
	static const char * const attrs[] = { "hotplug/offline", "hotplug/online" };
	const struct cpuhp_step *step;
	int state = -1, end;
	cpu_set_t one;

	if (!self->lockstep)
		SKIP(return, "no hotplug/online and hotplug/offline");
	CPU_ZERO(&one);
	CPU_SET(self->cpu, &one);
	for_each_rest(step, self) {
		for (end = 0; end < 2; end++) {
			go(_metadata, self, step->nr);
			ASSERT_EQ(0, cpuhp_mask_write(attrs[end], &one));
			ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "hotplug/state", &state));
			EXPECT_EQ(end ? self->top : 0, state) {
				TH_LOG("%s from %d (%s)", attrs[end], step->nr, step->name);
			}
		}
	}
}

/* Every number at which a CPU cannot stay, with the CPU online and offline. */
TEST_F_TIMEOUT(target, barred, 900)
{
	const int ends[] = { self->top, 0 };
	struct cpuhp_machine before, after;
	unsigned int i;
	int nr, asked = 0;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		go(_metadata, self, ends[i]);
		cpuhp_machine_read(&before);
		for (nr = -1; nr <= self->top + 1; nr++) {
			if (!cpuhp_step_is_barred(&self->steps, nr) ||
			    !may_ask(&self->steps, nr, self->lockstep))
				continue;
			asked++;
			EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/target", nr)) {
				TH_LOG("target %d (%s)", nr,
				       cpuhp_steps_name(&self->steps, nr));
			}
		}
		EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/target", INT_MAX));
		EXPECT_EQ(-EINVAL, cpuhp_cpu_set(self->cpu, "hotplug/target", INT_MIN));
		cpuhp_machine_read(&after);
		EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
	}
	EXPECT_LT(0, asked);
}

CPUHP_HARNESS_MAIN
