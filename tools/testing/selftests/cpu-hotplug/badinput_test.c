// SPDX-License-Identifier: GPL-2.0
/*
 * Every writable attribute of CPU hotplug gets junk, numbers out of range and
 * requests that must be refused. The errno is the promised one and the machine
 * has not changed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"
#include "util/failure.h"

/**
 * struct bad_input - a text and what an attribute answers to it
 * @attr:	below one CPU's directory or below CPUHP_SYS
 * @text:	what is written
 * @err:	the answer
 */
struct bad_input {
	const char *attr;
	const char *text;
	int err;
};

/* Attributes of a CPU that is online. */
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

/* Where the threads of a core can be switched; else all answer -ENODEV. */
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

/* Both hotplug/online and hotplug/offline. */
static const struct bad_input list_inputs[] = {
	{ "", "x", -EINVAL },
	{ "", "\n", -EINVAL },
	{ "", ",", -EINVAL },
	{ "", "-", -EINVAL },
	{ "", "-1", -EINVAL },
	{ "", "1-", -EINVAL },
	{ "", "1x", -EINVAL },
	{ "", "1-2-3", -EINVAL },
	{ "", "0x1", -EINVAL },
	{ "", "2-1", -EINVAL },
	{ "", "1.5", -EINVAL },
	{ "", "1;2", -EINVAL },
	{ "", "1,x", -EINVAL },
	{ "", "+1", -EINVAL },
};

static const char * const root_read_only[] = {
	"hotplug/last_failure/cpu", "hotplug/last_failure/seq",
	"hotplug/progress/operation", "hotplug/states",
	"offline", "online", "possible", "present",
};

static const char * const list_attrs[] = { "hotplug/offline", "hotplug/online" };

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

static void unchanged(struct __test_metadata *_metadata,
		      const struct cpuhp_machine *before, const char *what)
{
	struct cpuhp_machine after;

	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(before, &after)) {
		TH_LOG("after %s", what);
	}
}

/* A refusal of the core itself leaves its name, too. */
static void record_names(struct __test_metadata *_metadata, const char *who, int err)
{
	struct cpuhp_failure failure;

	ASSERT_EQ(0, cpuhp_failure_read(&failure));
	EXPECT_STREQ(who, failure.callback);
	EXPECT_EQ(err, failure.error);
}

/* root passes permission bits over, and finds no store function behind them. */
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
			unchanged(_metadata, &before, in->text);
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
		unchanged(_metadata, &self->before, in->text);
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
		unchanged(_metadata, &self->before, root_read_only[i]);
	}
}

/* A CPU without an online attribute is one that its platform does not let go. */
TEST_F_TIMEOUT(badinput, boot_cpu, 300)
{
	int value, cpu = cpuhp_mask_nth(&self->before.present, 0);
	cpu_set_t set = self->movable;
	char text[16];

	if (!cpuhp_cpu_get(cpu, "online", &value))
		SKIP(return, "CPU %d can go here", cpu);
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");

	snprintf(text, sizeof(text), "%d", cpu);
	EXPECT_EQ(-EPERM, cpuhp_sys_write("hotplug/offline", text));
	unchanged(_metadata, &self->before, "hotplug/offline of the boot CPU");
	record_names(_metadata, "cpuhp_check_removable", -EPERM);
	EXPECT_EQ(-EPERM, cpuhp_cpu_set(cpu, "hotplug/target", 0));
	unchanged(_metadata, &self->before, "target of the boot CPU");

	/* It holds the others of its list back. */
	CPU_CLR(self->cpu, &set);
	if (!CPU_COUNT(&set))
		return;
	CPU_SET(cpu, &set);
	EXPECT_EQ(-EPERM, cpuhp_mask_write("hotplug/offline", &set));
	unchanged(_metadata, &self->before, "a list with the boot CPU");
}

/* One CPU is left; it stays, whoever asks. */
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
	unchanged(_metadata, &before, "target of the last CPU");
	if (!cpuhp_cpu_get(last, "online", &value))
		EXPECT_EQ(-EBUSY, cpuhp_cpu_write(last, "online", "0"));
	unchanged(_metadata, &before, "online of the last CPU");
	if (!cpuhp_has_batch())
		return;
	snprintf(text, sizeof(text), "%d", last);
	EXPECT_EQ(-EBUSY, cpuhp_sys_write("hotplug/offline", text));
	unchanged(_metadata, &before, "hotplug/offline of the last CPU");
}

TEST_F_TIMEOUT(badinput, lists, 300)
{
	const struct bad_input *in;
	unsigned int attr, i;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	for (attr = 0; attr < ARRAY_SIZE(list_attrs); attr++) {
		for (i = 0; i < ARRAY_SIZE(list_inputs); i++) {
			in = &list_inputs[i];
			EXPECT_EQ(in->err, cpuhp_sys_write(list_attrs[attr], in->text)) {
				TH_LOG("%s \"%s\"", list_attrs[attr], in->text);
			}
			unchanged(_metadata, &self->before, in->text);
		}
	}
}

/* Lists whose numbers depend on the machine. */
TEST_F_TIMEOUT(badinput, lists_of_absent_cpus, 300)
{
	int err, first, last, max = 0;
	char text[64], kernel_max[32];
	unsigned int attr;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	first = cpuhp_mask_nth(&self->movable, 0);
	last = cpuhp_mask_nth(&self->before.present,
			      CPU_COUNT(&self->before.present) - 1);
	if (!cpuhp_sys_read("kernel_max", kernel_max, sizeof(kernel_max)))
		max = atoi(kernel_max);

	for (attr = 0; attr < ARRAY_SIZE(list_attrs); attr++) {
		if (last < max) {
			snprintf(text, sizeof(text), "%d", last + 1);
			EXPECT_EQ(-ENODEV, cpuhp_sys_write(list_attrs[attr], text));
			snprintf(text, sizeof(text), "%d,%d", first, last + 1);
			EXPECT_EQ(-ENODEV, cpuhp_sys_write(list_attrs[attr], text));
			snprintf(text, sizeof(text), "%d-%d", first, last + 1);
			EXPECT_EQ(-ENODEV, cpuhp_sys_write(list_attrs[attr], text));
			snprintf(text, sizeof(text), "%d", max);
			EXPECT_EQ(-ENODEV, cpuhp_sys_write(list_attrs[attr], text));
		}
		snprintf(text, sizeof(text), "%d", max + 1);
		err = cpuhp_sys_write(list_attrs[attr], text);
		EXPECT_TRUE(err == -EINVAL || err == -ENODEV) {
			TH_LOG("%s \"%s\": %d", list_attrs[attr], text, err);
		}
		err = cpuhp_sys_write(list_attrs[attr], "99999999999999999999");
		EXPECT_TRUE(err == -EINVAL || err == -ENODEV) {
			TH_LOG("%s with a huge number: %d", list_attrs[attr], err);
		}
		err = cpuhp_sys_write(list_attrs[attr], "1-99999999999999999999");
		EXPECT_TRUE(err == -EINVAL || err == -ENODEV) {
			TH_LOG("%s with a huge range: %d", list_attrs[attr], err);
		}
		unchanged(_metadata, &self->before, list_attrs[attr]);
	}
}

/*
 * A list of @len bytes that names only @cpu, in numbers of @digits digits; then
 * @edge, whose second digit is the last byte. The caller frees it.
 */
static char *long_list(size_t len, int cpu, int digits, const char *edge)
{
	size_t used, room = len - strlen(edge);
	char *text = malloc(len + 1);
	int step = digits + 1;

	if (!text)
		return NULL;
	/* The first number takes what is left over, in zeros. */
	used = room % step + digits;
	snprintf(text, used + 1, "%0*d", (int)used, cpu);
	while (used + step < room)
		used += snprintf(text + used, step + 1, ",%0*d", digits, cpu);
	snprintf(text + used, len + 1 - used, ",%s", edge);
	return text;
}

/* sysfs takes a page in one write; what fills it may be the half of a list. */
TEST_F_TIMEOUT(badinput, lists_longer_than_a_page, 300)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char edge[8], file[16], *text;
	unsigned int attr;
	int err, more;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	/* A cut after its first digit makes it another CPU. */
	snprintf(edge, sizeof(edge), "%d1", self->cpu % 10);
	snprintf(file, sizeof(file), "%d", self->cpu);
	for (attr = 0; attr < ARRAY_SIZE(list_attrs); attr++) {
		for (more = 0; more < 2; more++) {
			text = long_list(page + more, self->cpu, 4, edge);
			ASSERT_NE(NULL, text);
			ASSERT_EQ(page + more, strlen(text));
			err = cpuhp_sys_write(list_attrs[attr], text);
			EXPECT_EQ(-E2BIG, err) {
				TH_LOG("%s, %zu bytes", list_attrs[attr], page + more);
			}
			unchanged(_metadata, &self->before, list_attrs[attr]);
			free(text);
		}
	}

	/* The longest one that does fit. */
	text = long_list(page - 1, self->cpu, 4, file);
	ASSERT_NE(NULL, text);
	ASSERT_EQ(page - 1, strlen(text));
	EXPECT_EQ(0, cpuhp_sys_write("hotplug/offline", text));
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "online", &err));
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, cpuhp_sys_write("hotplug/online", text));
	free(text);
	unchanged(_metadata, &self->before, "there and back");
}

/* A writer that hands over a list in pieces: no piece is a list of its own. */
TEST_F_TIMEOUT(badinput, lists_in_pieces, 300)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char text[16], *head;
	int fd;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");
	snprintf(text, sizeof(text), "%d", self->cpu);
	head = long_list(page, self->cpu, 4, "0");
	ASSERT_NE(NULL, head);
	fd = open(CPUHP_SYS "/hotplug/offline", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);

	EXPECT_EQ(-1, write(fd, head, page));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_EQ(-1, write(fd, text, strlen(text)));
	EXPECT_EQ(EINVAL, errno);
	unchanged(_metadata, &self->before, "the rest of a list");

	/* Only at the beginning begins a new one, and it is one write. */
	ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(strlen(text), write(fd, text, strlen(text)));
	ASSERT_EQ(0, cpuhp_restore());
	EXPECT_EQ(-1, write(fd, text, strlen(text)));
	EXPECT_EQ(EINVAL, errno);
	unchanged(_metadata, &self->before, "a second piece");

	/* Nor is what stands before a NUL. */
	snprintf(text, sizeof(text), "%d%c,x", self->cpu, '\0');
	EXPECT_EQ(-1, pwrite(fd, text, strlen(text) + 3, 0));
	EXPECT_EQ(EINVAL, errno);
	unchanged(_metadata, &self->before, "a list with a NUL in it");
	close(fd);
	free(head);
}

/* Whoever reads byte by byte gets the same as who reads all at once. */
TEST_F_TIMEOUT(badinput, lists_read_in_pieces, 300)
{
	char whole[CPUHP_LIST_LEN], text[CPUHP_LIST_LEN], path[64];
	unsigned int attr;
	size_t used;
	int fd;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
	for (attr = 0; attr < ARRAY_SIZE(list_attrs); attr++) {
		ASSERT_EQ(0, cpuhp_sys_read(list_attrs[attr], whole, sizeof(whole)));
		EXPECT_NE(0, strlen(whole));
		snprintf(path, sizeof(path), CPUHP_SYS "/%s", list_attrs[attr]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		for (used = 0; used < sizeof(text) && read(fd, text + used, 1) == 1;)
			used++;
		close(fd);
		ASSERT_LT(0, used);
		EXPECT_EQ('\n', text[used - 1]);
		text[used - 1] = '\0';
		EXPECT_STREQ(whole, text);
	}
}

/* The short way to write a long list. */
TEST_F_TIMEOUT(badinput, lists_with_strides, 300)
{
	int cpu, first = cpuhp_mask_nth(&self->movable, 0), last = first;
	struct cpuhp_machine now;
	cpu_set_t expected;
	char text[64];

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");
	CPU_ZERO(&expected);
	for (cpu = first; cpu < CPU_SETSIZE && CPU_ISSET(cpu, &self->movable); cpu += 2) {
		CPU_SET(cpu, &expected);
		last = cpu;
	}
	snprintf(text, sizeof(text), "%d-%d:1/2", first, last);
	ASSERT_EQ(0, cpuhp_sys_write("hotplug/offline", text));
	cpuhp_machine_read(&now);
	cpuhp_mask_andnot(&expected, &self->before.online, &expected);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online)) {
		TH_LOG("after \"%s\"", text);
	}
	ASSERT_EQ(0, cpuhp_sys_write("hotplug/online", text));
	unchanged(_metadata, &self->before, text);
}

TEST_F_TIMEOUT(badinput, list_of_all, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");
	EXPECT_EQ(-EBUSY, cpuhp_mask_write("hotplug/offline", &self->before.online));
	unchanged(_metadata, &self->before, "a list of all CPUs");
	record_names(_metadata, "cpuhp_check_removable", -EBUSY);
}

/* A CPU that is there already is no mistake. */
TEST_F_TIMEOUT(badinput, list_of_those_already_there, 300)
{
	struct cpuhp_machine before;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	EXPECT_EQ(0, cpuhp_mask_write("hotplug/online", &self->before.online));
	unchanged(_metadata, &self->before, "online of those online");

	ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
	cpuhp_machine_read(&before);
	EXPECT_EQ(0, cpuhp_mask_write("hotplug/offline", &before.offline));
	unchanged(_metadata, &before, "offline of those offline");
}

CPUHP_HARNESS_MAIN
