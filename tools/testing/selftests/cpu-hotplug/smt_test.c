// SPDX-License-Identifier: GPL-2.0
/*
 * smt/control moves the secondary threads of all cores and keeps them offline, and
 * smt/active and the sibling lists follow. A core that was taken offline through its
 * own attributes stays offline.
 *
 * CPUHP_SMT_FORCEOFF=1 in the environment adds the one test whose effect only a
 * reboot undoes.
 *
 * Guards this patch, on x86:
 *	x86/topology: Tell whether a thread of a core is online	*_on_purpose
 */
#include <stdio.h>
#include <string.h>

#include "util/failure.h"
#include "util/harness.h"
#include "util/line.h"
#include "util/uevent.h"

FIXTURE(smt) {
	struct cpuhp_machine before;
	cpu_set_t secondary;
	int threads;
};

static void siblings(int cpu, cpu_set_t *set)
{
	char attr[64];

	snprintf(attr, sizeof(attr), "cpu%d/topology/thread_siblings_list", cpu);
	cpuhp_mask_read(attr, set);
}

FIXTURE_SETUP(smt)
{
	cpu_set_t set;
	int cpu;

	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_machine_read(&self->before);
	CPU_ZERO(&self->secondary);
	self->threads = 1;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &self->before.online))
			continue;
		siblings(cpu, &set);
		if (CPU_COUNT(&set) > self->threads)
			self->threads = CPU_COUNT(&set);
		if (cpuhp_mask_nth(&set, 0) != cpu)
			CPU_SET(cpu, &self->secondary);
	}
}

FIXTURE_TEARDOWN(smt)
{
	EXPECT_EQ(0, cpuhp_restore());
}

static int smt_active(void)
{
	char text[16];

	return cpuhp_sys_read("smt/active", text, sizeof(text)) ? -1 : atoi(text);
}

static void expect_off(struct __test_metadata *_metadata,
		       FIXTURE_DATA(smt) * self, const char *control)
{
	struct cpuhp_machine now;
	cpu_set_t expected, set;
	int cpu;

	cpuhp_machine_read(&now);
	cpuhp_mask_andnot(&expected, &self->before.online, &self->secondary);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online));
	EXPECT_STREQ(control, now.smt);
	EXPECT_EQ(0, smt_active());
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &self->secondary)) {
			EXPECT_EQ(0, now.cpu[cpu].state);
			EXPECT_EQ(0, now.cpu[cpu].online);
			EXPECT_EQ(-EPERM, cpuhp_cpu_write(cpu, "online", "1"));
		} else if (CPU_ISSET(cpu, &expected)) {
			siblings(cpu, &set);
			EXPECT_EQ(1, CPU_COUNT(&set));
		}
	}
	if (cpuhp_has_batch())
		EXPECT_EQ(-EPERM, cpuhp_mask_write("hotplug/online", &self->secondary));
	cpuhp_machine_read(&now);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online));
}

static void expect_on(struct __test_metadata *_metadata, FIXTURE_DATA(smt) * self)
{
	struct cpuhp_machine now;
	cpu_set_t set;
	int cpu;

	cpuhp_machine_read(&now);
	EXPECT_STREQ("", cpuhp_machine_diff(&self->before, &now));
	EXPECT_EQ(1, smt_active());
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &self->secondary))
			continue;
		siblings(cpu, &set);
		EXPECT_LT(1, CPU_COUNT(&set));
	}
}

#define SKIP_WITHOUT_SMT(self)						\
do {									\
	if (strcmp((self)->before.smt, "on"))				\
		SKIP(return, "smt/control is \"%s\"", (self)->before.smt); \
	if (!CPU_COUNT(&(self)->secondary))				\
		SKIP(return, "no core has a second thread online");	\
} while (0)

TEST_F_TIMEOUT(smt, off_and_on, 300)
{
	SKIP_WITHOUT_SMT(self);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	expect_off(_metadata, self, "off");
	/* Switching it off again is no error. */
	EXPECT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	expect_off(_metadata, self, "off");

	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_on(_metadata, self);
	EXPECT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_on(_metadata, self);
}

/* A number of threads is another way to write "on" and "off". */
TEST_F_TIMEOUT(smt, numbers, 300)
{
	char text[16];

	SKIP_WITHOUT_SMT(self);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "1"));
	expect_off(_metadata, self, "off");
	snprintf(text, sizeof(text), "%d", self->threads);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", text));
	expect_on(_metadata, self);
	snprintf(text, sizeof(text), "%d", self->threads + 1);
	EXPECT_EQ(-EINVAL, cpuhp_sys_write("smt/control", text));
	expect_on(_metadata, self);
}

/* A secondary thread that was offline before comes back with the others. */
TEST_F_TIMEOUT(smt, one_already_off, 300)
{
	int cpu = cpuhp_mask_nth(&self->secondary, 0);

	SKIP_WITHOUT_SMT(self);
	ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	expect_off(_metadata, self, "off");
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_on(_metadata, self);
}

/* Find a core whose threads can all go offline; false if there is none. */
static bool movable_core(FIXTURE_DATA(smt) * self, cpu_set_t *core)
{
	cpu_set_t movable, common;
	int n;

	cpuhp_movable(&movable);
	for (n = CPU_COUNT(&self->secondary) - 1; n >= 0; n--) {
		siblings(cpuhp_mask_nth(&self->secondary, n), core);
		CPU_AND(&common, core, &movable);
		if (CPU_EQUAL(&common, core))
			return true;
	}
	return false;
}

static int take_off(const cpu_set_t *set)
{
	int cpu, err = 0;

	for (cpu = 0; cpu < CPU_SETSIZE && !err; cpu++)
		if (CPU_ISSET(cpu, set))
			err = cpuhp_cpu_write(cpu, "online", "0");
	return err;
}

/* All CPUs that were online before, without those of @missing, are online. */
static void expect_but(struct __test_metadata *_metadata, FIXTURE_DATA(smt) * self,
		       const cpu_set_t *missing, const char *when)
{
	struct cpuhp_machine now;
	char is[CPUHP_LIST_LEN];
	cpu_set_t expected;

	cpuhp_machine_read(&now);
	cpuhp_mask_andnot(&expected, &self->before.online, missing);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online)) {
		TH_LOG("%s: online are %s", when,
		       cpuhp_list_format(&now.online, is, sizeof(is)));
	}
}

TEST_F_TIMEOUT(smt, core_off_on_purpose, 300)
{
	cpu_set_t core, missing;
	int cpu;

	SKIP_WITHOUT_SMT(self);
	if (!movable_core(self, &core))
		SKIP(return, "no core can go with all its threads");
	ASSERT_EQ(0, take_off(&core));
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	CPU_OR(&missing, &self->secondary, &core);
	expect_but(_metadata, self, &missing, "SMT off");
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_but(_metadata, self, &core, "SMT on");

	/* SMT control does not keep the core offline: each of its threads can come back. */
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &core))
			EXPECT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
	expect_on(_metadata, self);
}

/* The same, if the core is taken offline while SMT is off. */
TEST_F_TIMEOUT(smt, core_off_on_purpose_later, 300)
{
	cpu_set_t core;
	int primary;

	SKIP_WITHOUT_SMT(self);
	if (!movable_core(self, &core))
		SKIP(return, "no core can go with all its threads");
	primary = cpuhp_mask_nth(&core, 0);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	ASSERT_EQ(0, cpuhp_cpu_write(primary, "online", "0"));
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_but(_metadata, self, &core, "SMT on");
}

/*
 * A core whose primary thread was taken offline, and whose others are online. SMT
 * "off" takes these offline as well. SMT "on" brings them back, as the core itself
 * was not taken offline.
 */
TEST_F_TIMEOUT(smt, primary_off_on_purpose, 300)
{
	cpu_set_t core, missing, primary;

	SKIP_WITHOUT_SMT(self);
	if (!movable_core(self, &core))
		SKIP(return, "no core can go with all its threads");
	CPU_ZERO(&primary);
	CPU_SET(cpuhp_mask_nth(&core, 0), &primary);
	ASSERT_EQ(0, take_off(&primary));
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	CPU_OR(&missing, &self->secondary, &primary);
	expect_but(_metadata, self, &missing, "SMT off");
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_but(_metadata, self, &primary, "SMT on");
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_but(_metadata, self, &primary, "SMT on again");
}

TEST_F_TIMEOUT(smt, uevents, 300)
{
	int fd;

	SKIP_WITHOUT_SMT(self);
	fd = cpuhp_uevent_open();
	if (fd < 0)
		SKIP(return, "no uevent socket: %s", strerror(-fd));
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	EXPECT_EQ(0, cpuhp_uevents(fd, "offline", &self->secondary));
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	EXPECT_EQ(0, cpuhp_uevents(fd, "online", &self->secondary));
	close(fd);
}

/*
 * A thread fails to go offline: the write returns its errno. A kernel that moves the
 * threads as one batch leaves all of them as they were.
 */
TEST_F_TIMEOUT(smt, failure, 300)
{
	struct cpuhp_machine now;
	struct cpuhp_steps steps;
	int cpu, active;

	SKIP_WITHOUT_SMT(self);
	ASSERT_EQ(0, cpuhp_steps_read(&steps));
	active = cpuhp_steps_find(&steps, "sched:active");
	cpu = cpuhp_mask_nth(&self->secondary, CPU_COUNT(&self->secondary) - 1);
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/fail", active));
	EXPECT_EQ(INJECTED, cpuhp_sys_write("smt/control", "off"));
	cpuhp_machine_read(&now);
	EXPECT_TRUE(CPU_ISSET(cpu, &now.online));
	if (cpuhp_has_batch())
		expect_on(_metadata, self);

	/* The failure has no effect on the next attempt. */
	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	expect_off(_metadata, self, "off");
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
	expect_on(_metadata, self);
}

TEST_F_TIMEOUT(smt, not_there, 300)
{
	if (strcmp(self->before.smt, "notsupported") &&
	    strcmp(self->before.smt, "notimplemented"))
		SKIP(return, "smt/control is \"%s\"", self->before.smt);
	EXPECT_EQ(-ENODEV, cpuhp_sys_write("smt/control", "on"));
	EXPECT_EQ(-ENODEV, cpuhp_sys_write("smt/control", "off"));
	EXPECT_EQ(-ENODEV, cpuhp_sys_write("smt/control", "forceoff"));
	EXPECT_EQ(0, smt_active());
}

/* The last test, because only a reboot brings the threads back. */
TEST_F_TIMEOUT(smt, forceoff, 300)
{
	SKIP_WITHOUT_SMT(self);
	if (!cpuhp_env("CPUHP_SMT_FORCEOFF", 0))
		SKIP(return, "only a reboot undoes it: CPUHP_SMT_FORCEOFF=1 asks for it");
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "forceoff"));
	expect_off(_metadata, self, "forceoff");
	EXPECT_EQ(-EPERM, cpuhp_sys_write("smt/control", "on"));
	EXPECT_EQ(-EPERM, cpuhp_sys_write("smt/control", "off"));
	expect_off(_metadata, self, "forceoff");
}

CPUHP_HARNESS_MAIN
