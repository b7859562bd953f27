// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of CPUs move while something else happens: their writer is killed, CPUs move
 * one at a time, SMT is switched, the machine is suspended, cpusets change.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "util/batch.h"
#include "util/cgroup.h"
#include "util/suspend.h"

#define CPUSET		CGROUP "/cpuhp_test"

static long elapsed_us(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000000L +
	       (now.tv_nsec - since->tv_nsec) / 1000;
}

/*
 * Whenever the writer is killed, its list has moved as a whole or not at all. It is
 * killed after a random part of the time that an undisturbed batch takes, or a little
 * later than that.
 */
TEST_F_TIMEOUT(batch, killed_writer, 1200)
{
	unsigned long i, undone = 0, wait;
	cpu_set_t rest, online, before;
	struct timespec start, delay;
	const char *attr, *back;
	long took;
	pid_t pid;

	cpuhp_mask_andnot(&rest, &self->before.online, &self->movable);
	for (i = 0; i < self->rounds; i++) {
		attr = i % 2 ? ONLINE : OFFLINE;
		back = i % 2 ? OFFLINE : ONLINE;
		clock_gettime(CLOCK_MONOTONIC, &start);
		ASSERT_EQ(0, cpuhp_mask_write(attr, &self->movable));
		took = elapsed_us(&start);
		ASSERT_EQ(0, cpuhp_mask_write(back, &self->movable));
		ASSERT_EQ(0, cpuhp_mask_read("online", &before));

		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(cpuhp_mask_write(attr, &self->movable) ? 1 : 0);
		wait = cpuhp_random(took + took / 4 + 1);
		delay.tv_sec = wait / 1000000;
		delay.tv_nsec = wait % 1000000 * 1000;
		nanosleep(&delay, NULL);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));

		ASSERT_EQ(0, cpuhp_mask_read("online", &online));
		ASSERT_TRUE(CPU_EQUAL(&online, &rest) ||
			    CPU_EQUAL(&online, &self->before.online)) {
			TH_LOG("%s left half done: %s online", attr, list(&online));
		}
		expect_model(_metadata, self, &online);
		undone += CPU_EQUAL(&online, &before);
	}
	TH_LOG("%lu of %lu batches undone", undone, self->rounds);
}

/**
 * struct race - what the test shares with its rivals
 * @stop:	set by the test: the rivals end after their turn
 * @turns:	turns of all rivals so far
 * @failed:	turns that failed although they must not
 * @movable:	CPUs to move
 * @online:	CPUs that a cpuset may ask for
 */
struct race {
	int stop;
	unsigned long turns;
	unsigned long failed;
	cpu_set_t movable;
	cpu_set_t online;
};

/* One turn of a rival; returns false if it failed and must not have. */
typedef bool (*rival_fn)(struct race *race);

static bool complain(const char *what, int err)
{
	fprintf(stderr, "# rival: %s: %s\n", what, strerror(-err));
	return false;
}

static bool rival_single(struct race *race)
{
	int cpu = cpuhp_random_cpu(&race->movable);
	int err = cpuhp_cpu_set(cpu, "online", cpuhp_random(2));

	return err ? complain("online", err) : true;
}

static bool rival_smt(struct race *race)
{
	int err = cpuhp_sys_write("smt/control", cpuhp_random(2) ? "on" : "off");

	return err ? complain("smt/control", err) : true;
}

/* A process that cannot be frozen in time ends the suspend. */
static bool rival_suspend(struct race *race)
{
	int err = cpuhp_suspend_once();

	return err && err != -EBUSY && err != -EAGAIN ? complain("suspend", err) : true;
}

/*
 * The cpuset is no partition: the cpuset code warns if the CPUs of a partition are
 * changed after it has lost them, however they were lost.
 */
static bool rival_cpuset(struct race *race)
{
	char text[CPUHP_LIST_LEN];
	cpu_set_t set;
	int err;

	cpuhp_random_subset(&race->online, &set);
	err = cpuhp_file_write(CPUSET "/cpuset.cpus",
			       cpuhp_list_format(&set, text, sizeof(text)));
	return err ? complain("cpuset.cpus", err) : true;
}

struct race_turns {
	struct race *race;
	unsigned long goal;
};

static bool race_has_turned(void *arg)
{
	struct race_turns *turns = arg;

	return __atomic_load_n(&turns->race->turns, __ATOMIC_RELAXED) >= turns->goal;
}

/*
 * Move random batches while up to 4 rivals take one turn after the other. A batch
 * succeeds or fails with @allowed.
 */
static void run_race(struct __test_metadata *_metadata,
		     FIXTURE_DATA(batch) * self, rival_fn turn, int rivals,
		     int allowed)
{
	unsigned long i, refused = 0;
	struct race_turns turns;
	int status, err, n;
	struct race *race;
	cpu_set_t set;
	pid_t pid[4];

	race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)race);
	race->movable = self->movable;
	race->online = self->before.online;
	for (n = 0; n < rivals; n++) {
		unsigned int seed = cpuhp_random(1U << 30);

		pid[n] = fork();
		ASSERT_LE(0, pid[n]);
		if (pid[n])
			continue;
		srandom(seed);
		while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
			if (!turn(race))
				__atomic_fetch_add(&race->failed, 1, __ATOMIC_RELAXED);
			__atomic_fetch_add(&race->turns, 1, __ATOMIC_RELAXED);
		}
		_exit(0);
	}
	for (i = 0; i < self->rounds; i++) {
		cpuhp_random_subset(&self->movable, &set);
		err = cpuhp_mask_write(cpuhp_random(2) ? OFFLINE : ONLINE, &set);
		refused += err != 0;
		EXPECT_TRUE(!err || err == allowed) {
			TH_LOG("batch %s: %s", list(&set), strerror(-err));
		}
	}
	/* A rival may not have had its first turn yet. */
	turns = (struct race_turns){ race, rivals };
	EXPECT_EQ(0, cpuhp_wait(race_has_turned, &turns));
	__atomic_store_n(&race->stop, 1, __ATOMIC_RELAXED);
	for (n = 0; n < rivals; n++)
		ASSERT_EQ(pid[n], waitpid(pid[n], &status, 0));
	TH_LOG("%lu batches, %lu refused, %lu turns of rivals", self->rounds,
	       refused, race->turns);
	EXPECT_EQ(0UL, race->failed);
	munmap(race, sizeof(*race));

	/* Without rivals, a batch succeeds. */
	EXPECT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	expect_same(_metadata, &self->before, "the race");
}

TEST_F_TIMEOUT(batch, race_with_single_writes, 1200)
{
	run_race(_metadata, self, rival_single, 4, 0);
}

TEST_F_TIMEOUT(batch, race_with_smt_control, 1200)
{
	if (strcmp(self->before.smt, "on"))
		SKIP(return, "smt/control is \"%s\"", self->before.smt);
	run_race(_metadata, self, rival_smt, 1, -EPERM);
}

TEST_F_TIMEOUT(batch, race_with_suspend, 1200)
{
	const char *reason;

	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	run_race(_metadata, self, rival_suspend, 1, -EBUSY);
}

TEST_F_TIMEOUT(batch, race_with_cpusets, 1200)
{
	char text[CPUHP_LIST_LEN];
	cpu_set_t seen;

	if (!cpuhp_cgroup_has_cpuset())
		SKIP(return, "no cpuset controller in a cgroup2 at " CGROUP);
	ASSERT_TRUE(!mkdir(CPUSET, 0755) || errno == EEXIST);

	run_race(_metadata, self, rival_cpuset, 1, 0);

	EXPECT_EQ(0, cpuhp_file_write(CPUSET "/cpuset.cpus",
				      cpuhp_list_format(&self->before.online, text,
							sizeof(text))));
	EXPECT_EQ(0, cpuhp_file_read(CPUSET "/cpuset.cpus.effective", text,
				     sizeof(text)));
	EXPECT_EQ(0, cpuhp_list_parse(text, &seen));
	EXPECT_TRUE(CPU_EQUAL(&self->before.online, &seen)) {
		TH_LOG("effective CPUs of the cpuset: %s", text);
	}
	EXPECT_EQ(0, rmdir(CPUSET));
}

CPUHP_HARNESS_MAIN
