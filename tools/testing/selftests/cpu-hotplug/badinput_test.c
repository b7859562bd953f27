// SPDX-License-Identifier: GPL-2.0
/*
 * Every writable attribute of CPU hotplug refuses malformed text, numbers out of
 * range and forbidden requests, with the errno that its ABI entry promises, and the
 * machine has not changed. (badlist_test.c has the files that take lists.)
 */
#include <stdio.h>
#include <string.h>

#include "util/badinput.h"

/**
 * struct bad_input - a text that an attribute refuses
 * @attr:	below one CPU's directory or below CPUHP_SYS
 * @text:	what is written
 * @err:	the error
 */
struct bad_input {
	const char *attr;
	const char *text;
	int err;
};

/* Attributes of a CPU. */
static const struct bad_input cpu_inputs[] = {
	{ "online", "2", -EINVAL },
	{ "online", "-1", -EINVAL },
	{ "online", "x", -EINVAL },
	{ "online", "o", -EINVAL },
	{ "online", " 1", -EINVAL },
	{ "online", "\n", -EINVAL },
	{ "hotplug/target", "x", -EINVAL },
	{ "hotplug/target", "\n", -EINVAL },
	{ "hotplug/target", "-1", -EINVAL },
	{ "hotplug/target", "-2", -EINVAL },
	{ "hotplug/target", "0x0", -EINVAL },
	{ "hotplug/target", "0 0", -EINVAL },
	{ "hotplug/target", "0x", -EINVAL },
	{ "hotplug/target", "1000000", -EINVAL },
	{ "hotplug/target", "2147483647", -EINVAL },
	{ "hotplug/target", "-2147483648", -EINVAL },
	{ "hotplug/target", "2147483648", -ERANGE },
	{ "hotplug/target", "99999999999999999999", -ERANGE },
	{ "hotplug/fail", "x", -EINVAL },
	{ "hotplug/fail", "\n", -EINVAL },
	{ "hotplug/fail", "-2", -EINVAL },
	{ "hotplug/fail", "0", -EINVAL },
	{ "hotplug/fail", "1x", -EINVAL },
	{ "hotplug/fail", "1000000", -EINVAL },
	{ "hotplug/fail", "2147483647", -EINVAL },
	{ "hotplug/fail", "2147483648", -ERANGE },
	{ "hotplug/fail", "99999999999999999999", -ERANGE },
	{ "hotplug/state", "0", -EACCES },
};

/* On a machine with SMT control; on others all of them fail with -ENODEV. */
static const struct bad_input smt_inputs[] = {
	{ "smt/control", "x", -EINVAL },
	{ "smt/control", "\n", -EINVAL },
	{ "smt/control", "o", -EINVAL },
	{ "smt/control", "offx", -EINVAL },
	{ "smt/control", "on off", -EINVAL },
	{ "smt/control", "0", -EINVAL },
	{ "smt/control", "-1", -EINVAL },
	{ "smt/control", "1000", -EINVAL },
	{ "smt/control", "2147483648", -EINVAL },
	{ "smt/control", "99999999999999999999", -EINVAL },
	{ "smt/control", "notsupported", -EINVAL },
	{ "smt/active", "1", -EACCES },
};

static const char * const root_read_only[] = {
	"hotplug/last_failure/cpu", "hotplug/last_failure/seq",
	"hotplug/progress/operation", "hotplug/states",
	"offline", "online", "possible", "present",
};

/* root may open a read-only file for writing, and the write fails with -EIO. */
static bool refused(int err, int expected)
{
	return err == expected || (expected == -EACCES && err == -EIO);
}

TEST_F_TIMEOUT(badinput, cpu_attributes, 300)
{
	const struct bad_input *in;
	struct cpuhp_machine before;
	unsigned int i;
	int err, off;

	for (off = 0; off < 2; off++) {
		if (off)
			ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
		cpuhp_machine_read(&before);
		for (i = 0; i < ARRAY_SIZE(cpu_inputs); i++) {
			in = &cpu_inputs[i];
			err = cpuhp_cpu_write(self->cpu, in->attr, in->text);
			EXPECT_TRUE(refused(err, in->err)) {
				TH_LOG("%s \"%s\": %d, expected %d", in->attr,
				       in->text, err, in->err);
			}
			expect_same(_metadata, &before, in->text);
		}
	}
}

TEST_F_TIMEOUT(badinput, smt_control, 300)
{
	bool there = strcmp(self->before.smt, "notsupported") &&
		     strcmp(self->before.smt, "notimplemented");
	const struct bad_input *in;
	int err, expected;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(smt_inputs); i++) {
		in = &smt_inputs[i];
		expected = there || in->err == -EACCES ? in->err : -ENODEV;
		err = cpuhp_sys_write(in->attr, in->text);
		EXPECT_TRUE(refused(err, expected)) {
			TH_LOG("%s \"%s\": %d, expected %d", in->attr, in->text,
			       err, expected);
		}
		expect_same(_metadata, &self->before, in->text);
	}
}

TEST_F_TIMEOUT(badinput, read_only, 300)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(root_read_only); i++) {
		if (!cpuhp_sys_has(root_read_only[i]))
			continue;
		err = cpuhp_sys_write(root_read_only[i], "0");
		EXPECT_TRUE(refused(err, -EACCES)) {
			TH_LOG("%s: %d", root_read_only[i], err);
		}
		expect_same(_metadata, &self->before, root_read_only[i]);
	}
}

/* A CPU without an online attribute cannot go offline on this platform. */
TEST_F_TIMEOUT(badinput, boot_cpu, 300)
{
	int value, cpu = cpuhp_mask_nth(&self->before.present, 0);
	cpu_set_t set = self->movable;
	char text[16];

	if (!cpuhp_cpu_get(cpu, "online", &value))
		SKIP(return, "CPU %d can go offline here", cpu);
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");

	snprintf(text, sizeof(text), "%d", cpu);
	EXPECT_EQ(-EPERM, cpuhp_sys_write(OFFLINE, text));
	expect_same(_metadata, &self->before, "hotplug/offline of the boot CPU");
	expect_refusal_by(_metadata, "cpuhp_check_removable", -EPERM);
	EXPECT_EQ(-EPERM, cpuhp_cpu_set(cpu, "hotplug/target", 0));
	expect_same(_metadata, &self->before, "target of the boot CPU");

	/* In a list, it keeps the other CPUs online as well. */
	CPU_CLR(self->cpu, &set);
	if (!CPU_COUNT(&set))
		return;
	CPU_SET(cpu, &set);
	EXPECT_EQ(-EPERM, cpuhp_mask_write(OFFLINE, &set));
	expect_same(_metadata, &self->before, "a list with the boot CPU");
}

/* The last CPU stays online, whichever file is written. */
TEST_F_TIMEOUT(badinput, last_cpu, 300)
{
	int cpu, value, last = cpuhp_mask_nth(&self->before.present, 0);
	struct cpuhp_machine before;
	char text[16];

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &self->movable))
			ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
	cpuhp_machine_read(&before);
	ASSERT_EQ(1, CPU_COUNT(&before.online));
	EXPECT_EQ(-EBUSY, cpuhp_cpu_set(last, "hotplug/target", 0));
	expect_same(_metadata, &before, "target of the last CPU");
	if (!cpuhp_cpu_get(last, "online", &value))
		EXPECT_EQ(-EBUSY, cpuhp_cpu_write(last, "online", "0"));
	expect_same(_metadata, &before, "online of the last CPU");
	if (!cpuhp_has_batch())
		return;
	snprintf(text, sizeof(text), "%d", last);
	EXPECT_EQ(-EBUSY, cpuhp_sys_write(OFFLINE, text));
	expect_same(_metadata, &before, "hotplug/offline of the last CPU");
}

CPUHP_HARNESS_MAIN
