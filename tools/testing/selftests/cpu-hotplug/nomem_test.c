// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations fail while CPUs move and while states are set up: the first of a task,
 * then its second one, and so on, until the task gets by with fewer. Each operation
 * succeeds, or answers -ENOMEM and leaves everything as it was. The kernel's log must
 * not complain.
 *
 * Needs CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC and CONFIG_FAULT_INJECTION_DEBUG_FS.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "util/hazard.h"

#define DEBUGFS		"/sys/kernel/debug/"
#define MODULE		"test_modules/cpuhp_test.ko"
#define MAX_TASKS	512
/* More allocations than any operation makes. */
#define MANY		4000

/* Allocations that may sleep fail, too, and single pages. Whoever fails says so itself. */
static const struct {
	const char *file, *value;
} settings[] = {
	{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
	{ DEBUGFS "failslab/verbose", "0" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
	{ DEBUGFS "fail_page_alloc/min-order", "0" },
	{ DEBUGFS "fail_page_alloc/verbose", "0" },
};

static bool allocations_can_fail(void)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (cpuhp_file_write(settings[i].file, settings[i].value))
			return false;
	return true;
}

/**
 * struct tasks - tasks whose allocations fail
 * @nr:		their number
 * @fd:		/proc/PID/fail-nth of each: the allocation that fails, counted from 1;
 *		0 when it has
 */
struct tasks {
	int nr;
	int fd[MAX_TASKS];
};

static void add_task(struct tasks *tasks, const char *pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/fail-nth", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && tasks->nr < MAX_TASKS)
		tasks->fd[tasks->nr++] = fd;
}

/* Each thread whose name begins with @name. */
static void add_threads(struct tasks *tasks, const char *name)
{
	char path[64], comm[64];
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		if (!cpuhp_file_read(path, comm, sizeof(comm)) &&
		    !strncmp(comm, name, strlen(name)))
			add_task(tasks, entry->d_name);
	}
	if (proc)
		closedir(proc);
}

/* No allocation here: the writer may be among the tasks. */
static void arm(const struct tasks *tasks, unsigned int nth)
{
	char text[16];
	int i, len = snprintf(text, sizeof(text), "%u", nth);

	for (i = 0; i < tasks->nr; i++)
		if (pwrite(tasks->fd[i], text, len, 0) != len && errno != ESRCH)
			perror("# fail-nth");
}

/* Returns whether an allocation has failed. */
static bool disarm(const struct tasks *tasks)
{
	bool failed = false;
	char text[16];
	int i;

	for (i = 0; i < tasks->nr; i++)
		failed |= pread(tasks->fd[i], text, sizeof(text), 0) > 0 && *text == '0';
	arm(tasks, 0);
	return failed;
}

/**
 * struct attempt - an operation that may lack memory
 * @tasks:	tasks whose allocation fails
 * @nth:	which
 * @failed:	there was one
 */
struct attempt {
	const struct tasks *tasks;
	unsigned int nth;
	bool failed;
};

/* A write to a file in sysfs, as cpuhp_sys_write(). */
static int write_without(struct attempt *attempt, const char *attr, const char *text)
{
	char path[128];
	int fd, err;

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	arm(attempt->tasks, attempt->nth);
	err = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	attempt->failed = disarm(attempt->tasks);
	close(fd);
	return err;
}

/* A write, and the one that takes it back. */
struct move {
	const char *name;
	const char *attr, *text;
	const char *back_attr, *back_text;
};

/* Each allocation of these tasks fails once while CPUs move. */
static void move_without(struct __test_metadata *_metadata, const struct tasks *tasks,
			 const struct move *move)
{
	struct attempt attempt = { .tasks = tasks, .failed = true };
	unsigned int refused = 0;
	struct cpuhp_machine before;
	int err;

	cpuhp_machine_read(&before);
	while (attempt.failed && attempt.nth < MANY && !_metadata->exit_code) {
		attempt.nth++;
		err = write_without(&attempt, move->attr, move->text);
		EXPECT_TRUE(!err || err == -ENOMEM) {
			TH_LOG("allocation %u, %s: %s", attempt.nth, move->name, strerror(-err));
		}
		refused += err != 0;
		if (!err)
			EXPECT_EQ(0, cpuhp_sys_write(move->back_attr, move->back_text));
		expect_same(_metadata, &before, move->name);
	}
	EXPECT_FALSE(attempt.failed);
	TH_LOG("%s: %u allocations failed, %u times it was refused", move->name,
	       attempt.nth - 1, refused);
}

static void all_move_without(struct __test_metadata *_metadata, FIXTURE_DATA(hazard) * self,
			     const struct tasks *tasks)
{
	char one[32], list[CPUHP_LIST_LEN];
	struct move moves[] = {
		{ "a list goes", OFFLINE, list, ONLINE, list },
		{ "a CPU goes", one, "0", one, "1" },
		{ "a list comes", ONLINE, list, OFFLINE, list },
		{ "a CPU comes", one, "1", one, "0" },
	};
	int i;

	if (!allocations_can_fail())
		SKIP(return, "kernel without CONFIG_FAILSLAB or CONFIG_FAIL_PAGE_ALLOC");
	ASSERT_LT(0, tasks->nr);
	snprintf(one, sizeof(one), "cpu%d/online", cpuhp_test_cpu());
	cpuhp_list_format(&self->movable, list, sizeof(list));
	for (i = 0; i < 4; i++) {
		if (i == 2)
			ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
		move_without(_metadata, tasks, &moves[i]);
	}
}

/* Of the task that writes. On the way down it only waits. */
TEST_F_TIMEOUT(hazard, writer, 1200)
{
	struct tasks tasks = { 0 };

	add_task(&tasks, "self");
	all_move_without(_metadata, self, &tasks);
}

/* Of the threads that take the CPUs through the ONLINE section. */
TEST_F_TIMEOUT(hazard, hotplug_threads, 1200)
{
	struct tasks tasks = { 0 };

	add_threads(&tasks, "cpuhp/");
	all_move_without(_metadata, self, &tasks);
}

/* Of the workers, one of which controls the way down, and of the task that makes threads. */
TEST_F_TIMEOUT(hazard, workers, 1200)
{
	struct tasks tasks = { 0 };

	add_threads(&tasks, "kworker/0:");
	add_threads(&tasks, "kthreadd");
	all_move_without(_metadata, self, &tasks);
}

/* The module whose states are set up, or -errno. */
static int open_module(void)
{
	char self[256], path[512];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		return -errno;
	self[len] = '\0';
	snprintf(path, sizeof(path), "%s/" MODULE, dirname(self));
	len = open(path, O_RDONLY | O_CLOEXEC);
	return len < 0 ? -errno : (int)len;
}

static int load_without(struct attempt *attempt, int module)
{
	int err;

	arm(attempt->tasks, attempt->nth);
	err = syscall(SYS_finit_module, module, "", 0) ? -errno : 0;
	attempt->failed = disarm(attempt->tasks);
	return err;
}

/* The module says whether its books balance when it goes, or does not come. */
static bool books_balance(int kmsg)
{
	bool balance = true;
	char record[8192];
	ssize_t len;

	while ((len = read(kmsg, record, sizeof(record) - 1)) > 0) {
		record[len] = '\0';
		if (strstr(record, "cpuhp_test: books"))
			balance &= !!strstr(record, "books balanced, 0 wrong");
	}
	return balance;
}

/*
 * States are set up and removed, whose steps allocate: those of PREPARE in the task that
 * sets up, those of ONLINE in the hotplug threads.
 */
TEST_F_TIMEOUT(hazard, states, 1200)
{
	int module = open_module(), kmsg = cpuhp_kmsg_open(), err = 0;
	struct attempt attempt = { .failed = true };
	struct tasks tasks = { 0 };
	unsigned int refused = 0;

	if (!allocations_can_fail())
		SKIP(return, "kernel without CONFIG_FAILSLAB or CONFIG_FAIL_PAGE_ALLOC");
	if (module < 0)
		SKIP(return, MODULE " was not built");
	ASSERT_LE(0, kmsg);
	attempt.tasks = &tasks;
	add_task(&tasks, "self");
	add_threads(&tasks, "cpuhp/");
	while (attempt.failed && attempt.nth < MANY && !_metadata->exit_code) {
		attempt.nth++;
		err = load_without(&attempt, module);
		EXPECT_TRUE(!err || err == -ENOMEM) {
			TH_LOG("allocation %u: %s", attempt.nth, strerror(-err));
		}
		refused += err != 0;
		if (!err)
			EXPECT_EQ(0, syscall(SYS_delete_module, "cpuhp_test", 0));
		expect_same(_metadata, &self->before, "states that were set up");
		EXPECT_TRUE(books_balance(kmsg)) {
			TH_LOG("allocation %u: the steps were not called in pairs", attempt.nth);
		}
	}
	EXPECT_FALSE(attempt.failed);
	EXPECT_EQ(0, err);
	TH_LOG("%u allocations failed, %u times the module was refused", attempt.nth - 1, refused);
	close(module);
	close(kmsg);
}

CPUHP_HARNESS_MAIN
