/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the CPU hotplug tests share: access to sysfs, CPU lists, a picture of
 * the machine to compare with, tasks to watch, uevents, and the way back to a
 * whole machine.
 *
 * Functions that can fail return 0 or a negative errno, as the kernel would.
 */
#ifndef CPUHP_UTIL_H
#define CPUHP_UTIL_H

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CPUHP_SYS		"/sys/devices/system/cpu"
#define CPUHP_LIST_LEN		4096	/* longest CPU list, with its NUL */
#define CPUHP_MAX_STEPS		512	/* more rows than any kernel has */
#define CPUHP_DEADLINE_MS	60000	/* a wait that lasts longer has failed */

/* The files that take lists of CPUs. */
#define OFFLINE			"hotplug/offline"
#define ONLINE			"hotplug/online"

/* Failure injection off, as hotplug/fail shows it. */
#define CPUHP_NO_FAIL		(-1)
/* What an injected failure answers. */
#define INJECTED		(-EAGAIN)

/**
 * struct cpuhp_step - one row of hotplug/states
 * @nr:		its number
 * @name:	its name
 */
struct cpuhp_step {
	int nr;
	char name[64];
};

/**
 * struct cpuhp_steps - hotplug/states as a table
 * @count:	number of rows in @row
 * @row:	the rows, in rising order of their numbers
 */
struct cpuhp_steps {
	int count;
	struct cpuhp_step row[CPUHP_MAX_STEPS];
};

/**
 * struct cpuhp_machine - what a refused or undone operation must not change
 * @present:	CPUs that are there
 * @online:	CPUs that run
 * @offline:	as the attribute of this name shows it
 * @smt:	smt/control, empty where it cannot be read
 * @cpu:	per CPU: hotplug/state, hotplug/target, hotplug/fail, and the
 *		online attribute (-1 where a CPU has none)
 */
struct cpuhp_machine {
	cpu_set_t present;
	cpu_set_t online;
	cpu_set_t offline;
	char smt[32];
	struct {
		int state;
		int target;
		int fail;
		int online;
	} cpu[CPU_SETSIZE];
};

/**
 * struct cpuhp_task - a task that only counts its turns
 * @pid:	its process
 * @turns:	shared with it; it adds one each time it gets to run
 */
struct cpuhp_task {
	pid_t pid;
	unsigned long *turns;
};

/* Files. */
int cpuhp_file_write(const char *path, const char *text);
int cpuhp_file_read(const char *path, char *text, size_t size);
int cpuhp_sys_write(const char *attr, const char *text);
int cpuhp_sys_read(const char *attr, char *text, size_t size);
bool cpuhp_sys_has(const char *attr);
int cpuhp_cpu_write(int cpu, const char *attr, const char *text);
int cpuhp_cpu_set(int cpu, const char *attr, int value);
int cpuhp_cpu_get(int cpu, const char *attr, int *value);

/* CPU lists and masks. */
int cpuhp_list_parse(const char *text, cpu_set_t *set);
const char *cpuhp_list_format(const cpu_set_t *set, char *text, size_t size);
int cpuhp_mask_read(const char *attr, cpu_set_t *set);
void cpuhp_mask_andnot(cpu_set_t *set, const cpu_set_t *a, const cpu_set_t *b);
void cpuhp_movable(cpu_set_t *set);
int cpuhp_mask_nth(const cpu_set_t *set, int n);
int cpuhp_mask_write(const char *attr, const cpu_set_t *set);

/* The line. */
int cpuhp_steps_read(struct cpuhp_steps *steps);
int cpuhp_test_cpu(void);
int cpuhp_steps_top(const struct cpuhp_steps *steps);
int cpuhp_steps_find(const struct cpuhp_steps *steps, const char *name);
const char *cpuhp_steps_name(const struct cpuhp_steps *steps, int nr);
bool cpuhp_step_is_barred(const struct cpuhp_steps *steps, int nr);
int cpuhp_partial_targets(const struct cpuhp_steps *steps, int cpu);

/* The machine as a whole. */
void cpuhp_machine_read(struct cpuhp_machine *m);
const char *cpuhp_machine_diff(const struct cpuhp_machine *a,
			       const struct cpuhp_machine *b);
int cpuhp_begin(void);
int cpuhp_restore(void);
bool cpuhp_has_batch(void);
int cpuhp_config(const char *option);

/* Suspend as far as to the secondary CPUs. */
int cpuhp_suspend_prepare(const char **reason);
int cpuhp_suspend_once(void);

/* Tasks, uevents, waiting, chance. */
int cpuhp_task_start(struct cpuhp_task *task, const cpu_set_t *allowed);
int cpuhp_task_runs(const struct cpuhp_task *task);
void cpuhp_task_stop(struct cpuhp_task *task);
pid_t cpuhp_thread_find(const char *comm);
int cpuhp_uevent_open(void);
int cpuhp_uevent_wait(int fd, char *action, size_t size);
int cpuhp_uevents(int fd, const char *action, const cpu_set_t *set);
int cpuhp_wait(bool (*done)(void *arg), void *arg);
unsigned long cpuhp_env(const char *name, unsigned long value);
unsigned int cpuhp_random(unsigned int limit);
unsigned long cpuhp_random_seed(void);

/*
 * main() of a harness program. The way back runs in the outermost process, so
 * that it also runs after a test that was killed for taking too long.
 */
#define CPUHP_HARNESS_MAIN						\
static void cpuhp_finish(void)						\
{									\
	int err = cpuhp_restore();					\
									\
	if (err)							\
		ksft_inc_fail_cnt();					\
	printf("%d passed, %d failed, %d skipped\n",			\
	       ksft_get_pass_cnt(), ksft_get_fail_cnt(),		\
	       ksft_get_xskip_cnt());					\
	fflush(stdout);							\
	if (err)							\
		_exit(KSFT_FAIL);					\
}									\
									\
static void cpuhp_interrupted(int sig)					\
{									\
	(void)sig;							\
	if (__active_test)						\
		kill(-__active_test->pid, SIGKILL);			\
	exit(KSFT_FAIL);						\
}									\
									\
int main(int argc, char **argv)						\
{									\
	int err = cpuhp_begin();					\
									\
	if (err) {							\
		printf("0 passed, %d failed, %d skipped\n", err < 0, err > 0); \
		return err < 0 ? KSFT_FAIL : KSFT_SKIP;			\
	}								\
	atexit(cpuhp_finish);						\
	signal(SIGHUP, cpuhp_interrupted);				\
	signal(SIGINT, cpuhp_interrupted);				\
	signal(SIGTERM, cpuhp_interrupted);				\
	return test_harness_run(argc, argv);				\
}

#endif /* CPUHP_UTIL_H */
