// SPDX-License-Identifier: GPL-2.0
/*
 * The promises to deadline tasks, when several CPUs leave together.
 *
 * Guards these patches:
 *	sched/deadline: Ask for a set of CPUs whether it may leave
 *	sched/deadline: Keep fair servers in the sum of their root domain
 */
#include <linux/types.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "util/hazard.h"
#include "util/suspend.h"

/* The beginning of struct sched_attr, whose header clashes with libc's. */
struct deadline_attr {
	__u32 size;
	__u32 policy;
	__u64 flags;
	__s32 nice;
	__u32 priority;
	__u64 runtime;
	__u64 deadline;
	__u64 period;
};

/* Start a task that is promised @percent of a CPU; -1 if it is not admitted. */
static pid_t deadline_task(int percent)
{
	struct deadline_attr attr = {
		.size = sizeof(attr),
		.policy = 6,	/* SCHED_DEADLINE */
		.runtime = percent * 1000 * 1000,
		.deadline = 100 * 1000 * 1000,
		.period = 100 * 1000 * 1000,
	};
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	if (pid > 0 && syscall(SYS_sched_setattr, pid, &attr, 0)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return -1;
	}
	return pid;
}

/* Whether the CPUs can leave, because nothing is promised to dead tasks any more. */
static bool may_leave(void *arg)
{
	return cpuhp_mask_write(OFFLINE, arg) != -EBUSY;
}

/*
 * End deadline tasks. The bandwidth of each stays reserved for up to a period after
 * its death, which shows only in the refusal of a CPU to leave.
 */
static void deadline_end(struct __test_metadata *_metadata, const pid_t *task,
			 int count, cpu_set_t *movable)
{
	int i;

	for (i = 0; i < count; i++) {
		kill(task[i], SIGKILL);
		waitpid(task[i], NULL, 0);
	}
	EXPECT_EQ(0, cpuhp_wait(may_leave, movable));
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, movable));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, movable));
}

/*
 * Without "sched/deadline: Ask for a set of CPUs whether it may leave": CPUs
 * that together are too many for what deadline tasks were promised must all stay.
 * One fewer of them may leave.
 */
TEST_F_TIMEOUT(hazard, deadline, 300)
{
	struct cpuhp_machine now;
	pid_t task[2];
	cpu_set_t fewer;
	int i;

	if (CPU_COUNT(&self->before.online) != CPU_COUNT(&self->movable) + 1)
		SKIP(return, "more than one CPU stays");
	for (i = 0; i < 2; i++)
		task[i] = deadline_task(90);
	if (task[1] < 0) {
		if (task[0] > 0)
			deadline_end(_metadata, task, 1, &self->movable);
		SKIP(return, "two deadline tasks are not admitted");
	}

	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_machine_read(&now);
	EXPECT_STREQ("", cpuhp_machine_diff(&self->before, &now));

	fewer = self->movable;
	CPU_CLR(cpuhp_mask_nth(&fewer, 0), &fewer);
	cycle(_metadata, &fewer);
	deadline_end(_metadata, task, 2, &self->movable);
}

/*
 * Without "sched/deadline: Keep fair servers in the sum of their root domain": each
 * CPU reserves a share for tasks without a deadline. A deadline task that only fits
 * on one CPU without that share keeps a second CPU online, also after a suspend,
 * which computes the sums anew.
 */
TEST_F_TIMEOUT(hazard, deadline_after_suspend, 300)
{
	const char *reason;
	pid_t task;

	if (CPU_COUNT(&self->before.online) != CPU_COUNT(&self->movable) + 1)
		SKIP(return, "more than one CPU stays");
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	task = deadline_task(92);
	if (task < 0)
		SKIP(return, "a deadline task is not admitted");

	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->movable));
	EXPECT_EQ(0, cpuhp_suspend_once());
	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->movable));
	deadline_end(_metadata, &task, 1, &self->movable);
}

CPUHP_HARNESS_MAIN
