// SPDX-License-Identifier: GPL-2.0
/*
 * A picture of the machine's CPUs, and the way back to it. Every program takes one
 * picture before its first test, and puts the machine back after each test.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "line.h"
#include "machine.h"
#include "settings.h"
#include "suspend.h"
#include "sys.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The machine as cpuhp_begin() left it, and the highest state. */
static struct cpuhp_machine found;
static int top_state;

/**
 * cpuhp_movable - the present CPUs that have an online attribute
 * @set:	filled
 *
 * The lowest CPU is left out even if it could go offline, so that a test that
 * takes all of @set offline has a CPU to run on.
 */
void cpuhp_movable(cpu_set_t *set)
{
	cpu_set_t present;
	int cpu, value;

	CPU_ZERO(set);
	cpuhp_mask_read("present", &present);
	CPU_CLR(cpuhp_mask_nth(&present, 0), &present);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &present) &&
		    !cpuhp_cpu_get(cpu, "online", &value))
			CPU_SET(cpu, set);
}

/**
 * cpuhp_test_cpu - the CPU to move in a test that moves only one
 *
 * Return: CPUHP_CPU of the environment, or the last CPU that can go offline.
 */
int cpuhp_test_cpu(void)
{
	cpu_set_t movable;

	cpuhp_movable(&movable);
	return cpuhp_env("CPUHP_CPU", cpuhp_mask_nth(&movable, CPU_COUNT(&movable) - 1));
}

/**
 * cpuhp_has_batch - check whether a whole list of CPUs can be moved at once
 *
 * Return: true if it can.
 */
bool cpuhp_has_batch(void)
{
	return cpuhp_sys_has("hotplug/offline") && cpuhp_sys_has("hotplug/online");
}

/**
 * cpuhp_config - check whether the kernel was built with an option
 * @option:	its full name
 *
 * Return: 1 for y or m, 0 for not set, -ENOENT if the configuration
 * cannot be read.
 */
int cpuhp_config(const char *option)
{
	size_t len = strlen(option);
	int answer = -ENOENT;
	char line[512];
	FILE *config;

	if (access("/proc/config.gz", R_OK))
		return -ENOENT;
	config = popen("zcat /proc/config.gz 2>/dev/null", "r");
	if (!config)
		return -ENOENT;
	while (fgets(line, sizeof(line), config)) {
		if (answer < 0)
			answer = 0;
		if (!strncmp(line, option, len) && line[len] == '=')
			answer = line[len + 1] == 'y' || line[len + 1] == 'm';
	}
	pclose(config);
	return answer;
}

/**
 * cpuhp_machine_read - take a picture of the machine
 * @m:		filled
 */
void cpuhp_machine_read(struct cpuhp_machine *m)
{
	int cpu;

	memset(m, 0, sizeof(*m));
	cpuhp_mask_read("present", &m->present);
	cpuhp_mask_read("online", &m->online);
	cpuhp_mask_read("offline", &m->offline);
	cpuhp_sys_read("smt/control", m->smt, sizeof(m->smt));
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &m->present))
			continue;
		cpuhp_cpu_get(cpu, "hotplug/state", &m->cpu[cpu].state);
		cpuhp_cpu_get(cpu, "hotplug/target", &m->cpu[cpu].target);
		cpuhp_cpu_get(cpu, "hotplug/fail", &m->cpu[cpu].fail);
		if (cpuhp_cpu_get(cpu, "online", &m->cpu[cpu].online))
			m->cpu[cpu].online = -1;
	}
}

/**
 * cpuhp_machine_diff - describe the first difference of two pictures
 * @a:		the earlier picture
 * @b:		the later picture
 *
 * Return: an empty string if they are the same, otherwise the first difference.
 * The text is valid until the next call.
 */
const char *cpuhp_machine_diff(const struct cpuhp_machine *a,
			       const struct cpuhp_machine *b)
{
	static char text[3 * CPUHP_LIST_LEN];
	static const struct {
		const char *name;
		size_t offset;
	} masks[] = {
		{ "present", offsetof(struct cpuhp_machine, present) },
		{ "online", offsetof(struct cpuhp_machine, online) },
		{ "offline", offsetof(struct cpuhp_machine, offline) },
	}, values[] = {
		{ "hotplug/state", offsetof(struct cpuhp_machine, cpu[0].state) },
		{ "hotplug/target", offsetof(struct cpuhp_machine, cpu[0].target) },
		{ "hotplug/fail", offsetof(struct cpuhp_machine, cpu[0].fail) },
		{ "online", offsetof(struct cpuhp_machine, cpu[0].online) },
	};
	char was[CPUHP_LIST_LEN], is[CPUHP_LIST_LEN];
	size_t i, cpu;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		const cpu_set_t *x = (const void *)a + masks[i].offset;
		const cpu_set_t *y = (const void *)b + masks[i].offset;

		if (CPU_EQUAL(x, y))
			continue;
		snprintf(text, sizeof(text), "mask %s was %s, is %s", masks[i].name,
			 cpuhp_list_format(x, was, sizeof(was)),
			 cpuhp_list_format(y, is, sizeof(is)));
		return text;
	}
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			size_t at = values[i].offset + cpu * sizeof(a->cpu[0]);
			const int *x = (const void *)a + at;
			const int *y = (const void *)b + at;

			if (*x == *y)
				continue;
			snprintf(text, sizeof(text), "cpu%zu/%s was %d, is %d",
				 cpu, values[i].name, *x, *y);
			return text;
		}
	}
	if (strcmp(a->smt, b->smt)) {
		snprintf(text, sizeof(text), "smt/control was %s, is %s",
			 a->smt, b->smt);
		return text;
	}
	return "";
}

/* An initramfs may have mounted only some of these. */
static void mount_missing(void)
{
	static const struct {
		const char *type, *dir, *witness;
	} fs[] = {
		{ "proc", "/proc", "/proc/self" },
		{ "sysfs", "/sys", CPUHP_SYS },
		{ "debugfs", "/sys/kernel/debug", "/sys/kernel/debug/sleep_time" },
		{ "tracefs", "/sys/kernel/tracing", "/sys/kernel/tracing/events" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fs); i++) {
		if (!access(fs[i].witness, F_OK))
			continue;
		mkdir(fs[i].dir, 0755);
		mount(fs[i].type, fs[i].dir, fs[i].type, 0, NULL);
	}
}

/* Something may have disabled CPU hotplug for a moment: try again. */
static int cpu_to_top(int cpu)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int tries, state, online, err = -EBUSY;

	for (tries = 0; tries < 500 && (err == -EBUSY || err == -EAGAIN); tries++) {
		if (tries)
			nanosleep(&pause, NULL);
		err = cpuhp_cpu_get(cpu, "hotplug/state", &state);
		if (!err && state != top_state)
			err = cpuhp_cpu_set(cpu, "hotplug/target", top_state);
		if (!err && !cpuhp_cpu_get(cpu, "online", &online) && !online)
			err = cpuhp_cpu_write(cpu, "online", "1");
	}
	return err;
}

/**
 * cpuhp_begin - mount what is missing and remember the machine
 *
 * Brings up every CPU, so that each test starts from the same machine. If the
 * tests cannot run, prints the reason as a line of TAP.
 *
 * Return: 0; 1 after a line that skips all tests; a negative errno after a line
 * that bails out, because a CPU does not come up.
 */
int cpuhp_begin(void)
{
	struct cpuhp_steps steps;
	cpu_set_t movable;
	int cpu, err;

	if (geteuid()) {
		puts("1..0 # SKIP must be run as root");
		return 1;
	}
	mount_missing();
	if (cpuhp_steps_read(&steps)) {
		puts("1..0 # SKIP no hotplug/states: kernel without CPU hotplug");
		return 1;
	}
	cpuhp_movable(&movable);
	if (!CPU_COUNT(&movable)) {
		puts("1..0 # SKIP no CPU that can go offline");
		return 1;
	}
	top_state = cpuhp_steps_top(&steps);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &movable))
			continue;
		err = cpu_to_top(cpu);
		/* -EPERM: smt/control keeps this thread offline. */
		if (err && err != -EPERM) {
			printf("Bail out! CPU %d does not come up: %s\n", cpu,
			       strerror(-err));
			return err;
		}
	}
	cpuhp_machine_read(&found);
	cpuhp_suspend_remember();
	return 0;
}

/* On request, a test has switched SMT off until the next boot. */
static bool smt_forced_off(const struct cpuhp_machine *now)
{
	return cpuhp_env("CPUHP_SMT_FORCEOFF", 0) && !strcmp(now->smt, "forceoff");
}

/**
 * cpuhp_restore - put the machine back as cpuhp_begin() left it
 *
 * Does nothing if the machine is as it was. Prints what cannot be restored. If
 * CPUHP_SMT_FORCEOFF asked for SMT to be forced off, there is no way back, and
 * the rest of the machine counts as restored.
 *
 * Return: 0, or -EIO if the machine is not as it was.
 */
int cpuhp_restore(void)
{
	struct cpuhp_machine now;
	const char *diff;
	int cpu;

	cpuhp_suspend_disarm();
	cpuhp_machine_read(&now);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &now.present) &&
		    now.cpu[cpu].fail != CPUHP_NO_FAIL)
			cpuhp_cpu_set(cpu, "hotplug/fail", CPUHP_NO_FAIL);
	if (strcmp(now.smt, found.smt))
		cpuhp_sys_write("smt/control", found.smt);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &found.online))
			cpu_to_top(cpu);
	cpuhp_machine_read(&now);
	diff = cpuhp_machine_diff(&found, &now);
	if (!*diff || smt_forced_off(&now))
		return 0;
	printf("# machine not restored: %s\n", diff);
	return -EIO;
}
