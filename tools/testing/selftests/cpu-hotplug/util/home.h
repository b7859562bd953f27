/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of the tests of threads that come home: kernel threads that belong to
 * a CPU, go on elsewhere while it is offline, so that nobody waits for them, and
 * return when it is back.
 *
 * CPUHP_CYCLES in the environment: how often the CPUs go offline and come back.
 */
#ifndef CPUHP_UTIL_HOME_H
#define CPUHP_UTIL_HOME_H

#include <sys/wait.h>

#include "harness.h"
#include "task.h"

/* Take CPUs offline ("0") or bring them back ("1"), as one batch if possible. */
static inline int all_set(const cpu_set_t *set, const char *value)
{
	int cpu, err = 0;

	if (cpuhp_has_batch())
		return cpuhp_mask_write(*value == '0' ? OFFLINE : ONLINE, set);
	for_each_cpu_in(cpu, set)
		err = err ?: cpuhp_cpu_write(cpu, "online", value);
	return err;
}

/**
 * struct thread - a kernel thread that belongs to a CPU
 * @pid:	its process
 * @cpu:	its CPU
 */
struct thread {
	pid_t pid;
	int cpu;
};

/* The value of @key in the status of a thread, inside of @text; NULL without one. */
static inline char *status_of(const struct thread *thread, const char *key, char *text,
			      size_t size)
{
	char path[64], *value;

	snprintf(path, sizeof(path), "/proc/%d/status", thread->pid);
	value = cpuhp_file_read(path, text, size) ? NULL : strstr(text, key);
	if (!value)
		return NULL;
	value += strlen(key);
	value += strspn(value, " \t");
	value[strcspn(value, "\n")] = '\0';
	return value;
}

/* A thread may use its CPU and no other. */
static inline bool is_bound(const struct thread *thread)
{
	char text[4096], *list = status_of(thread, "Cpus_allowed_list:", text, sizeof(text));
	cpu_set_t seen;

	return list && !cpuhp_list_parse(list, &seen) && CPU_COUNT(&seen) == 1 &&
	       CPU_ISSET(thread->cpu, &seen);
}

/* The CPU on which a thread ran last, -1 if it cannot be read. */
static inline int cpu_of(const struct thread *thread)
{
	char path[64], text[1024], *field;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", thread->pid);
	if (cpuhp_file_read(path, text, sizeof(text)))
		return -1;
	/* Field 2 is the name and ends with the last parenthesis; the CPU is field 39. */
	field = strrchr(text, ')');
	for (i = 2; field && i < 39; i++)
		field = strchr(field + 1, ' ');
	return field ? atoi(field) : -1;
}

FIXTURE(threads) {
	cpu_set_t movable;
	struct thread thread[CPU_SETSIZE];
	unsigned long rounds;
	pid_t starter;
};

static inline bool all_at_home(void *arg)
{
	const FIXTURE_DATA(threads) * self = arg;
	const struct thread *thread;
	int cpu;

	for_each_cpu_in(cpu, &self->movable) {
		thread = &self->thread[cpu];
		if (!is_bound(thread) || cpu_of(thread) != cpu)
			return false;
	}
	return true;
}

FIXTURE_SETUP(threads)
{
	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	self->rounds = cpuhp_env("CPUHP_CYCLES", 10);
}

FIXTURE_TEARDOWN(threads)
{
	/* First, because something may hang until its CPU is back. */
	EXPECT_EQ(0, cpuhp_restore());
	/* A signal ends the write that runs the generators. */
	if (self->starter > 0) {
		kill(self->starter, SIGTERM);
		waitpid(self->starter, NULL, 0);
	}
}

#endif /* CPUHP_UTIL_HOME_H */
