// SPDX-License-Identifier: GPL-2.0
/*
 * hotplug/offline and hotplug/online refuse lists that are malformed, too long, cut
 * off, or name CPUs that cannot be moved, and the machine has not changed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/badinput.h"

static const char * const malformed[] = {
	"x", "\n", ",", "-", "-1", "1-", "1x",
	"1-2-3", "0x1", "2-1", "1.5", "1;2", "1,x", "+1",
};

static const char * const list_attrs[] = { OFFLINE, ONLINE };

TEST_F_TIMEOUT(badinput, malformed, 300)
{
	unsigned int attr, i;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	for (attr = 0; attr < ARRAY_SIZE(list_attrs); attr++) {
		for (i = 0; i < ARRAY_SIZE(malformed); i++) {
			EXPECT_EQ(-EINVAL, cpuhp_sys_write(list_attrs[attr], malformed[i])) {
				TH_LOG("%s \"%s\"", list_attrs[attr], malformed[i]);
			}
			expect_same(_metadata, &self->before, malformed[i]);
		}
	}
}

/* Lists whose numbers depend on the machine. */
TEST_F_TIMEOUT(badinput, of_absent_cpus, 300)
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
		expect_same(_metadata, &self->before, list_attrs[attr]);
	}
}

/*
 * A list of @len bytes that names @cpu again and again, in numbers of @digits digits,
 * and ends with @edge. The caller frees it.
 */
static char *long_list(size_t len, int cpu, int digits, const char *edge)
{
	size_t used, room = len - strlen(edge);
	char *text = malloc(len + 1);
	int step = digits + 1;

	if (!text)
		return NULL;
	/* Zeros in front of the first number fill what remains of @len. */
	used = room % step + digits;
	snprintf(text, used + 1, "%0*d", (int)used, cpu);
	while (used + step < room)
		used += snprintf(text + used, step + 1, ",%0*d", digits, cpu);
	snprintf(text + used, len + 1 - used, ",%s", edge);
	return text;
}

/* sysfs takes at most a page in one write, so a write of a page may be cut off. */
TEST_F_TIMEOUT(badinput, longer_than_a_page, 300)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char edge[8], file[16], *text;
	unsigned int attr;
	int err, more;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	/* Without its second digit, the last number would be another CPU. */
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
			expect_same(_metadata, &self->before, list_attrs[attr]);
			free(text);
		}
	}

	/* The longest list that fits. */
	text = long_list(page - 1, self->cpu, 4, file);
	ASSERT_NE(NULL, text);
	ASSERT_EQ(page - 1, strlen(text));
	EXPECT_EQ(0, cpuhp_sys_write(OFFLINE, text));
	ASSERT_EQ(0, cpuhp_cpu_get(self->cpu, "online", &err));
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, cpuhp_sys_write(ONLINE, text));
	free(text);
	expect_same(_metadata, &self->before, "there and back");
}

/* A list written in pieces is refused: no piece is taken for a list of its own. */
TEST_F_TIMEOUT(badinput, in_pieces, 300)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char text[16], *head;
	int fd;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");
	snprintf(text, sizeof(text), "%d", self->cpu);
	head = long_list(page, self->cpu, 4, "0");
	ASSERT_NE(NULL, head);
	fd = open(CPUHP_SYS "/" OFFLINE, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);

	EXPECT_EQ(-1, write(fd, head, page));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_EQ(-1, write(fd, text, strlen(text)));
	EXPECT_EQ(EINVAL, errno);
	expect_same(_metadata, &self->before, "the rest of a list");

	/* Only a write at the start of the file is a list, and only the first one. */
	ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
	ASSERT_EQ(0, cpuhp_restore());
	EXPECT_EQ(-1, write(fd, text, strlen(text)));
	EXPECT_EQ(EINVAL, errno);
	expect_same(_metadata, &self->before, "a second piece");

	/* The text before a NUL is not taken for a list either. */
	snprintf(text, sizeof(text), "%d%c,x", self->cpu, '\0');
	EXPECT_EQ(-1, pwrite(fd, text, strlen(text) + 3, 0));
	EXPECT_EQ(EINVAL, errno);
	expect_same(_metadata, &self->before, "a list with a NUL in it");
	close(fd);
	free(head);
}

/* Reading byte by byte gives the same as reading all at once. */
TEST_F_TIMEOUT(badinput, read_in_pieces, 300)
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
		EXPECT_NE(0UL, strlen(whole));
		snprintf(path, sizeof(path), CPUHP_SYS "/%s", list_attrs[attr]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		for (used = 0; used < sizeof(text) && read(fd, text + used, 1) == 1;)
			used++;
		close(fd);
		ASSERT_NE(0UL, used);
		EXPECT_EQ('\n', text[used - 1]);
		text[used - 1] = '\0';
		EXPECT_STREQ(whole, text);
	}
}

/* Lists with strides, as bitmap_parselist() takes them. */
TEST_F_TIMEOUT(badinput, with_strides, 300)
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
	ASSERT_EQ(0, cpuhp_sys_write(OFFLINE, text));
	cpuhp_machine_read(&now);
	cpuhp_mask_andnot(&expected, &self->before.online, &expected);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online)) {
		TH_LOG("after \"%s\"", text);
	}
	ASSERT_EQ(0, cpuhp_sys_write(ONLINE, text));
	expect_same(_metadata, &self->before, text);
}

TEST_F_TIMEOUT(badinput, list_of_all, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/offline");
	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->before.online));
	expect_same(_metadata, &self->before, "a list of all CPUs");
	expect_refusal_by(_metadata, "cpuhp_check_removable", -EBUSY);
}

/* CPUs that are online or offline already are no error. */
TEST_F_TIMEOUT(badinput, list_of_those_already_there, 300)
{
	struct cpuhp_machine before;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->before.online));
	expect_same(_metadata, &self->before, "online of CPUs that are online");

	ASSERT_EQ(0, cpuhp_cpu_write(self->cpu, "online", "0"));
	cpuhp_machine_read(&before);
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &before.offline));
	expect_same(_metadata, &before, "offline of CPUs that are offline");
}

CPUHP_HARNESS_MAIN
