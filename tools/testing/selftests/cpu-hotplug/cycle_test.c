// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU after the other goes offline and comes back through its online attribute:
 * masks, /proc/stat, affinities, per-CPU threads and uevents follow.
 *
 * CPUHP_CYCLES in the environment: how often CPUs go and come in the test "many".
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/harness.h"
#include "util/line.h"
#include "util/task.h"
#include "util/uevent.h"

/* Threads that exist once per CPU and always stay bound to it. */
static const char * const bound_threads[] = {
	"cpuhp/", "ksoftirqd/", "migration/",
};

/* A line "cpuN ..." in /proc/stat for each CPU that is online. */
static int proc_stat_mask(cpu_set_t *set)
{
	char text[65536], *line, *save = NULL;
	int cpu, err;

	CPU_ZERO(set);
	err = cpuhp_file_read("/proc/stat", text, sizeof(text));
	if (err)
		return err;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "cpu%d", &cpu) == 1 &&
		    isdigit((unsigned char)line[3]))
			CPU_SET(cpu, set);
	return 0;
}

static long count_threads(void)
{
	char text[128];
	long threads;

	if (cpuhp_file_read("/proc/loadavg", text, sizeof(text)) ||
	    sscanf(text, "%*s %*s %*s %*d/%ld", &threads) != 1)
		return -1;
	return threads;
}

static long memory_free_kb(void)
{
	char text[4096], *line;

	if (cpuhp_file_read("/proc/meminfo", text, sizeof(text)))
		return -1;
	line = strstr(text, "MemFree:");
	return line ? atol(line + strlen("MemFree:")) : -1;
}

struct threads {
	long limit;
};

static bool threads_are_back(void *arg)
{
	struct threads *threads = arg;

	return count_threads() <= threads->limit;
}

FIXTURE(cycle) {
	cpu_set_t movable;
	struct cpuhp_machine before;
	struct cpuhp_steps steps;
};

FIXTURE_SETUP(cycle)
{
	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
}

FIXTURE_TEARDOWN(cycle)
{
	EXPECT_EQ(0, cpuhp_restore());
}

#define for_each_movable(cpu, self)					\
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)				\
		if (CPU_ISSET(cpu, &(self)->movable))

TEST_F_TIMEOUT(cycle, masks, 600)
{
	struct cpuhp_machine now;
	cpu_set_t expected, seen;
	int cpu, top;

	top = cpuhp_steps_top(&self->steps);
	for_each_movable(cpu, self) {
		TH_LOG("CPU %d", cpu);
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));

		expected = self->before.online;
		CPU_CLR(cpu, &expected);
		cpuhp_machine_read(&now);
		EXPECT_TRUE(CPU_EQUAL(&expected, &now.online));
		EXPECT_TRUE(CPU_ISSET(cpu, &now.offline));
		EXPECT_TRUE(CPU_EQUAL(&self->before.present, &now.present));
		EXPECT_EQ(0, now.cpu[cpu].state);
		EXPECT_EQ(0, now.cpu[cpu].target);
		EXPECT_EQ(0, now.cpu[cpu].online);
		ASSERT_EQ(0, proc_stat_mask(&seen));
		EXPECT_TRUE(CPU_EQUAL(&expected, &seen));

		/* Taking it offline again is no error and moves nothing. */
		EXPECT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));

		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
		cpuhp_machine_read(&now);
		EXPECT_STREQ("", cpuhp_machine_diff(&self->before, &now));
		EXPECT_EQ(top, now.cpu[cpu].state);
		EXPECT_EQ(top, now.cpu[cpu].target);
		ASSERT_EQ(0, proc_stat_mask(&seen));
		EXPECT_TRUE(CPU_EQUAL(&self->before.online, &seen));
	}
}

TEST_F_TIMEOUT(cycle, unpinned_task, 600)
{
	cpu_set_t before, expected, seen;
	struct cpuhp_task task;
	int cpu;

	ASSERT_EQ(0, cpuhp_task_start(&task, NULL));
	ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(before), &before));
	for_each_movable(cpu, self) {
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		expected = before;
		CPU_CLR(cpu, &expected);
		ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(seen), &seen));
		EXPECT_TRUE(CPU_EQUAL(&expected, &seen));
		EXPECT_EQ(0, cpuhp_task_runs(&task));

		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
		ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(seen), &seen));
		EXPECT_TRUE(CPU_EQUAL(&before, &seen));
		EXPECT_EQ(0, cpuhp_task_runs(&task));
	}
	cpuhp_task_stop(&task);
}

/* A task pinned to two CPUs uses the one that stays, and then both again. */
TEST_F_TIMEOUT(cycle, task_pinned_to_two, 600)
{
	cpu_set_t pair, expected, seen;
	struct cpuhp_task task;
	int cpu;

	for_each_movable(cpu, self) {
		CPU_ZERO(&pair);
		CPU_SET(cpu, &pair);
		CPU_SET(0, &pair);
		ASSERT_EQ(0, cpuhp_task_start(&task, &pair));

		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		CPU_ZERO(&expected);
		CPU_SET(0, &expected);
		ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(seen), &seen));
		EXPECT_TRUE(CPU_EQUAL(&expected, &seen));
		EXPECT_EQ(0, cpuhp_task_runs(&task));

		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
		ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(seen), &seen));
		EXPECT_TRUE(CPU_EQUAL(&pair, &seen));
		EXPECT_EQ(0, cpuhp_task_runs(&task));
		cpuhp_task_stop(&task);
	}
}

/* A task pinned to the CPU that goes offline still runs, and can be pinned again. */
TEST_F_TIMEOUT(cycle, task_pinned_to_one, 600)
{
	struct cpuhp_task task;
	cpu_set_t one, seen;
	int cpu;

	for_each_movable(cpu, self) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		ASSERT_EQ(0, cpuhp_task_start(&task, &one));
		ASSERT_EQ(0, cpuhp_task_runs(&task));

		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		EXPECT_EQ(0, cpuhp_task_runs(&task));
		ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(seen), &seen));
		EXPECT_NE(0, CPU_COUNT(&seen));
		EXPECT_FALSE(CPU_ISSET(cpu, &seen));
		/* It cannot be pinned to a CPU that is offline. */
		EXPECT_EQ(-1, sched_setaffinity(task.pid, sizeof(one), &one));

		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
		EXPECT_EQ(0, sched_setaffinity(task.pid, sizeof(one), &one));
		ASSERT_EQ(0, sched_getaffinity(task.pid, sizeof(seen), &seen));
		EXPECT_TRUE(CPU_EQUAL(&one, &seen));
		EXPECT_EQ(0, cpuhp_task_runs(&task));
		cpuhp_task_stop(&task);
	}
}

TEST_F_TIMEOUT(cycle, bound_threads, 600)
{
	char comm[32];
	cpu_set_t one, seen;
	unsigned int i;
	pid_t pid;
	int cpu;

	for_each_movable(cpu, self) {
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		for (i = 0; i < ARRAY_SIZE(bound_threads); i++) {
			snprintf(comm, sizeof(comm), "%s%d", bound_threads[i], cpu);
			pid = cpuhp_thread_find(comm);
			ASSERT_LT(0, pid) {
				TH_LOG("no thread %s", comm);
			}
			ASSERT_EQ(0, sched_getaffinity(pid, sizeof(seen), &seen));
			EXPECT_TRUE(CPU_EQUAL(&one, &seen)) {
				TH_LOG("%s is not bound to its CPU", comm);
			}
		}
	}
}

TEST_F_TIMEOUT(cycle, uevents, 600)
{
	char action[32];
	int cpu, fd;

	fd = cpuhp_uevent_open();
	if (fd == -EPROTONOSUPPORT || fd == -EAFNOSUPPORT)
		SKIP(return, "kernel without networking has no uevent socket");
	ASSERT_LE(0, fd);
	for_each_movable(cpu, self) {
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		EXPECT_EQ(cpu, cpuhp_uevent_wait(fd, action, sizeof(action)));
		EXPECT_STREQ("offline", action);
		/* Nothing moves, so there is no event: the next one is "online". */
		EXPECT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
		EXPECT_EQ(cpu, cpuhp_uevent_wait(fd, action, sizeof(action)));
		EXPECT_STREQ("online", action);
	}
	close(fd);
}

/* All go offline one by one, then come back in the other order. */
TEST_F_TIMEOUT(cycle, all_then_back, 600)
{
	struct cpuhp_machine now;
	cpu_set_t expected;
	int cpu;

	for_each_movable(cpu, self)
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
	cpuhp_machine_read(&now);
	cpuhp_mask_andnot(&expected, &self->before.online, &self->movable);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online));
	for (cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
		if (CPU_ISSET(cpu, &self->movable))
			ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
	cpuhp_machine_read(&now);
	EXPECT_STREQ("", cpuhp_machine_diff(&self->before, &now));
}

/*
 * Many cycles leave no thread behind. The first round is not counted, because it
 * starts threads that stay.
 */
TEST_F_TIMEOUT(cycle, many, 3600)
{
	unsigned long cycles = cpuhp_env("CPUHP_CYCLES", 30), done;
	struct threads threads;
	long memory = 0;
	int cpu, n;

	n = CPU_COUNT(&self->movable);
	for (done = 0; done < cycles + n; done++) {
		if (done == (unsigned long)n) {
			threads.limit = count_threads();
			memory = memory_free_kb();
		}
		cpu = cpuhp_mask_nth(&self->movable, done % n);
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
	}
	/* The number of kworkers varies with the load. */
	threads.limit += 2 * CPU_COUNT(&self->before.online);
	EXPECT_EQ(0, cpuhp_wait(threads_are_back, &threads)) {
		TH_LOG("%ld threads, at most %ld expected", count_threads(),
		       threads.limit);
	}
	/* Only printed: a few cycles cannot tell a leak from a cache. */
	TH_LOG("%lu cycles, free memory %ld -> %ld kB", cycles, memory,
	       memory_free_kb());
}

CPUHP_HARNESS_MAIN
