// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs move while memory is short. One task holds nearly all of it; another one takes
 * the rest, again and again, until the kernel kills it. Operations succeed, or answer
 * -ENOMEM and leave everything as it was; none of them hangs.
 *
 * Only on demand. CPUHP_ROUNDS in the environment: how often the CPUs go and come. Few
 * by default, as each operation waits for memory, and the log is long.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/batch.h"
#include "util/worker.h"

#define CHUNK		(256UL << 10)
/* What the first of the two tasks leaves to the second one, and to the kernel. */
#define LEFT_KIB	(24UL << 10)

#define TASKS_IN_DUMP	"/proc/sys/vm/oom_dump_tasks"

static unsigned long available_kib(void)
{
	unsigned long kib = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lu", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

static void eat(void)
{
	mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

static void hold_nearly_all(void)
{
	cpuhp_file_write("/proc/self/oom_score_adj", "0");
	for (;;) {
		if (available_kib() > LEFT_KIB)
			eat();
		else
			usleep(10000);
	}
}

static void eat_all(void)
{
	cpuhp_file_write("/proc/self/oom_score_adj", "1000");
	for (;;)
		eat();
}

/* A child that lives until the kernel kills it. */
static int until_killed(void *run)
{
	void (*child)(void) = run;
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return errno == ENOMEM ? 0 : -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child();
	}
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : -EPROTO;
}

static bool is_short(void *unused)
{
	return available_kib() < 2 * LEFT_KIB;
}

/* Returns whether the CPUs have moved. */
static bool try(struct __test_metadata *_metadata, const char *attr, const char *text)
{
	struct cpuhp_machine before;
	int err;

	cpuhp_machine_read(&before);
	err = cpuhp_sys_write(attr, text);
	EXPECT_TRUE(!err || err == -ENOMEM) {
		TH_LOG("%s to %s: %s", text, attr, strerror(-err));
	}
	if (err)
		expect_same(_metadata, &before, attr);
	return !err;
}

static void go_and_come(struct __test_metadata *_metadata, FIXTURE_DATA(batch) * self,
			unsigned long moved[2])
{
	char attr[32];
	int cpu;

	moved[try(_metadata, OFFLINE, list(&self->movable))]++;
	moved[try(_metadata, ONLINE, list(&self->movable))]++;
	for_each_cpu_in(cpu, &self->movable) {
		snprintf(attr, sizeof(attr), "cpu%d/online", cpu);
		moved[try(_metadata, attr, "0")]++;
		moved[try(_metadata, attr, "1")]++;
	}
}

TEST_F_TIMEOUT(batch, memory_is_short, 1200)
{
	unsigned long round, rounds = cpuhp_env("CPUHP_ROUNDS", 2), moved[2] = { 0 };
	struct cpuhp_worker holder, eater;
	char dump[16];

	if (cpuhp_file_read(TASKS_IN_DUMP, dump, sizeof(dump)))
		SKIP(return, "no " TASKS_IN_DUMP);
	cpuhp_file_write(TASKS_IN_DUMP, "0");
	cpuhp_file_write("/proc/self/oom_score_adj", "-999");
	ASSERT_EQ(0, cpuhp_worker_start(&holder, "holder", until_killed, hold_nearly_all));
	ASSERT_EQ(0, cpuhp_wait(is_short, NULL)) {
		TH_LOG("%lu KiB are available", available_kib());
	}
	ASSERT_EQ(0, cpuhp_worker_start(&eater, "eater", until_killed, eat_all));
	for (round = 0; round < rounds && !_metadata->exit_code; round++) {
		go_and_come(_metadata, self, moved);
		/* It was killed, and the next one is at work. */
		EXPECT_EQ(0, cpuhp_worker_works(&eater));
	}
	TH_LOG("%lu operations, %lu refused, %lu tasks killed", moved[0] + moved[1], moved[0],
	       cpuhp_worker_done(&eater) + cpuhp_worker_done(&holder));
	kill(eater.pid, SIGKILL);
	kill(holder.pid, SIGKILL);
	waitpid(eater.pid, NULL, 0);
	waitpid(holder.pid, NULL, 0);
	cpuhp_file_write(TASKS_IN_DUMP, dump);

	EXPECT_EQ(0, cpuhp_restore());
	expect_same(_metadata, &self->before, "the shortage");
	expect_model(_metadata, self, &self->before.online);
}

CPUHP_HARNESS_MAIN
