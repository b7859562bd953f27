// SPDX-License-Identifier: GPL-2.0
/*
 * Eight processes write to the online attributes at once. Each write succeeds, and in
 * the end those CPUs are online to which 1 was written last.
 *
 * CPUHP_ROUNDS in the environment: writes of each writer. CPUHP_SEED repeats.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "util/harness.h"
#include "util/line.h"

#define WRITERS	8

FIXTURE(writers) {
	struct cpuhp_machine before;
	cpu_set_t movable;
	unsigned long rounds;
};

FIXTURE_SETUP(writers)
{
	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 10);
	TH_LOG("CPUHP_SEED=%lu", cpuhp_random_seed());
}

FIXTURE_TEARDOWN(writers)
{
	EXPECT_EQ(0, cpuhp_restore());
}

/**
 * struct writer - what one process does
 * @cpu:	the CPU it writes to, -1 for a random one each time
 * @last:	what it writes last, -1 for a random value
 */
struct writer {
	int cpu;
	int last;
};

/* Runs in the child. Returns the number of failed writes, as an exit code. */
static int writer_main(const struct writer *w, const cpu_set_t *movable,
		       unsigned long rounds, unsigned int seed)
{
	int failed = 0, cpu, err, value;
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		cpu = w->cpu;
		if (cpu < 0)
			cpu = cpuhp_mask_nth(movable,
					     rand_r(&seed) % CPU_COUNT(movable));
		value = rand_r(&seed) % 2;
		if (i == rounds - 1 && w->last >= 0)
			value = w->last;
		err = cpuhp_cpu_set(cpu, "online", value);
		if (err) {
			fprintf(stderr, "# cpu%d/online %d: %s\n", cpu, value,
				strerror(-err));
			failed++;
		}
	}
	return failed > 100 ? 100 : failed;
}

static void run_writers(struct __test_metadata *_metadata,
			FIXTURE_DATA(writers) * self,
			const struct writer w[WRITERS])
{
	int i, status, failed = 0;
	pid_t pid[WRITERS];

	for (i = 0; i < WRITERS; i++) {
		unsigned int seed = cpuhp_random(1U << 30);

		pid[i] = fork();
		ASSERT_LE(0, pid[i]);
		if (!pid[i])
			_exit(writer_main(&w[i], &self->movable, self->rounds,
					  seed));
	}
	for (i = 0; i < WRITERS; i++) {
		ASSERT_EQ(pid[i], waitpid(pid[i], &status, 0));
		ASSERT_TRUE(WIFEXITED(status));
		failed += WEXITSTATUS(status);
	}
	EXPECT_EQ(0, failed);
}

/* No CPU is half-way; its state, its target and its online attribute agree. */
static void check_views(struct __test_metadata *_metadata,
			const struct cpuhp_machine *now,
			const cpu_set_t *movable)
{
	struct cpuhp_steps steps;
	int cpu, top;
	bool online;

	ASSERT_EQ(0, cpuhp_steps_read(&steps));
	top = steps.step[steps.count - 1].nr;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, movable))
			continue;
		online = CPU_ISSET(cpu, &now->online);
		EXPECT_EQ(online ? top : 0, now->cpu[cpu].state);
		EXPECT_EQ(online ? top : 0, now->cpu[cpu].target);
		EXPECT_EQ(online, now->cpu[cpu].online);
	}
}

TEST_F_TIMEOUT(writers, same_cpu, 900)
{
	struct cpuhp_machine now;
	struct writer w[WRITERS];
	cpu_set_t expected;
	int i, last;

	for (last = 0; last < 2; last++) {
		for (i = 0; i < WRITERS; i++)
			w[i] = (struct writer){
				cpuhp_mask_nth(&self->movable, 0), last
			};
		run_writers(_metadata, self, w);
		expected = self->before.online;
		if (!last)
			CPU_CLR(w[0].cpu, &expected);
		cpuhp_machine_read(&now);
		EXPECT_TRUE(CPU_EQUAL(&expected, &now.online));
		check_views(_metadata, &now, &self->movable);
	}
}

TEST_F_TIMEOUT(writers, different_cpus, 900)
{
	int i, n = CPU_COUNT(&self->movable);
	struct cpuhp_machine now;
	struct writer w[WRITERS];
	cpu_set_t expected = self->before.online;

	/* Writers of the same CPU write the same value last. */
	for (i = 0; i < WRITERS; i++) {
		w[i].cpu = cpuhp_mask_nth(&self->movable, i % n);
		w[i].last = i < n ? (int)cpuhp_random(2) : w[i % n].last;
		if (!w[i].last)
			CPU_CLR(w[i].cpu, &expected);
	}
	run_writers(_metadata, self, w);
	cpuhp_machine_read(&now);
	EXPECT_TRUE(CPU_EQUAL(&expected, &now.online));
	check_views(_metadata, &now, &self->movable);
}

/* The result is random, but each CPU is either on or off. */
TEST_F_TIMEOUT(writers, any_cpu, 900)
{
	struct cpuhp_machine now;
	struct writer w[WRITERS];
	int i;

	for (i = 0; i < WRITERS; i++)
		w[i] = (struct writer){ -1, -1 };
	run_writers(_metadata, self, w);
	cpuhp_machine_read(&now);
	check_views(_metadata, &now, &self->movable);
}

CPUHP_HARNESS_MAIN
