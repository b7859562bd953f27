// SPDX-License-Identifier: GPL-2.0
/*
 * The shared half of the CPU hotplug tests. It knows sysfs and processes, and
 * nothing of the harness: a test judges, this file only reads, writes, waits
 * and puts the machine back.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cpuhp_util.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define PM_TEST		"/sys/power/pm_test"
#define PM_STATE	"/sys/power/state"
#define PM_MEM_SLEEP	"/sys/power/mem_sleep"
#define PM_TEST_DELAY	"/sys/module/suspend/parameters/pm_test_delay"

/* How the machine was found, and the highest state of its line. */
static struct cpuhp_machine found;
static char found_pm_delay[32];
static int top_state;

/* What cpuhp_suspend_once() writes to /sys/power/state. */
static const char *suspend_word;

/**
 * cpuhp_file_write - write a text to a file with one write(2)
 * @path:	the file, which must exist
 * @text:	what to write, without its NUL
 *
 * Return: 0, or the negative errno of open or write, -EIO for a short write.
 */
int cpuhp_file_write(const char *path, const char *text)
{
	ssize_t len = strlen(text), done;
	int fd, err = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, text, len);
	if (done < 0)
		err = -errno;
	else if (done != len)
		err = -EIO;
	close(fd);
	return err;
}

/**
 * cpuhp_file_read - read a small file and drop its last newline
 * @path:	the file
 * @text:	filled and terminated; empty on error
 * @size:	of @text
 *
 * Return: 0 or the negative errno of open or read.
 */
int cpuhp_file_read(const char *path, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got = 0;
	int fd, err = 0;

	text[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		got = read(fd, text + used, size - 1 - used);
		if (got <= 0)
			break;
		used += got;
	}
	if (got < 0)
		err = -errno;
	close(fd);
	text[used] = '\0';
	if (used && text[used - 1] == '\n')
		text[used - 1] = '\0';
	return err;
}

/**
 * cpuhp_sys_write - write to an attribute below the CPU subsystem's root
 * @attr:	path below CPUHP_SYS, such as "smt/control"
 * @text:	what to write
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_sys_write(const char *attr, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	return cpuhp_file_write(path, text);
}

/**
 * cpuhp_sys_read - read an attribute below the CPU subsystem's root
 * @attr:	path below CPUHP_SYS
 * @text:	filled and terminated
 * @size:	of @text
 *
 * Return: as cpuhp_file_read().
 */
int cpuhp_sys_read(const char *attr, char *text, size_t size)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	return cpuhp_file_read(path, text, size);
}

/**
 * cpuhp_sys_has - does an attribute exist below the CPU subsystem's root?
 * @attr:	path below CPUHP_SYS
 *
 * Return: true if so.
 */
bool cpuhp_sys_has(const char *attr)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/%s", attr);
	return access(path, F_OK) == 0;
}

/**
 * cpuhp_cpu_write - write a text to an attribute of one CPU
 * @cpu:	the CPU
 * @attr:	path below its directory, such as "hotplug/target"
 * @text:	what to write
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_cpu_write(int cpu, const char *attr, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), CPUHP_SYS "/cpu%d/%s", cpu, attr);
	return cpuhp_file_write(path, text);
}

/**
 * cpuhp_cpu_set - write a number to an attribute of one CPU
 * @cpu:	the CPU
 * @attr:	path below its directory
 * @value:	the number
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_cpu_set(int cpu, const char *attr, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	return cpuhp_cpu_write(cpu, attr, text);
}

/**
 * cpuhp_cpu_get - read a number from an attribute of one CPU
 * @cpu:	the CPU
 * @attr:	path below its directory
 * @value:	filled on success
 *
 * Return: as cpuhp_file_read(), -EPROTO where there is no number in it.
 */
int cpuhp_cpu_get(int cpu, const char *attr, int *value)
{
	char path[256], text[64], *end;
	int err;

	snprintf(path, sizeof(path), CPUHP_SYS "/cpu%d/%s", cpu, attr);
	err = cpuhp_file_read(path, text, sizeof(text));
	if (err)
		return err;
	*value = strtol(text, &end, 10);
	return end == text || *end ? -EPROTO : 0;
}

/**
 * cpuhp_list_parse - turn a list such as "0-2,5" into a mask
 * @text:	the list; empty for no CPU
 * @set:	filled
 *
 * Return: 0, or -EINVAL where the text is no list or a number is too big.
 */
int cpuhp_list_parse(const char *text, cpu_set_t *set)
{
	unsigned long first, last;
	char *end;

	CPU_ZERO(set);
	while (*text) {
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		first = strtoul(text, &end, 10);
		last = first;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last >= CPU_SETSIZE || first > last)
			return -EINVAL;
		for (; first <= last; first++)
			CPU_SET(first, set);
		text = end;
		if (*text == ',')
			text++;
		else if (*text)
			return -EINVAL;
	}
	return 0;
}

/**
 * cpuhp_list_format - write a mask as a list such as "0-2,5"
 * @set:	the mask
 * @text:	filled and terminated
 * @size:	of @text; CPUHP_LIST_LEN is always enough
 *
 * Return: @text.
 */
const char *cpuhp_list_format(const cpu_set_t *set, char *text, size_t size)
{
	int cpu, last;
	size_t used = 0;

	text[0] = '\0';
	for (cpu = 0; cpu < CPU_SETSIZE && used < size; cpu = last + 1) {
		last = cpu;
		if (!CPU_ISSET(cpu, set))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
			last++;
		used += snprintf(text + used, size - used, "%s%d",
				 used ? "," : "", cpu);
		if (last > cpu && used < size)
			used += snprintf(text + used, size - used, "-%d", last);
	}
	return text;
}

/**
 * cpuhp_mask_read - read an attribute that holds a CPU list
 * @attr:	path below CPUHP_SYS, such as "online"
 * @set:	filled; empty on error
 *
 * Return: as cpuhp_file_read() and cpuhp_list_parse().
 */
int cpuhp_mask_read(const char *attr, cpu_set_t *set)
{
	char text[CPUHP_LIST_LEN];
	int err;

	CPU_ZERO(set);
	err = cpuhp_sys_read(attr, text, sizeof(text));
	return err ? err : cpuhp_list_parse(text, set);
}

/**
 * cpuhp_mask_write - write a mask as a list to an attribute
 * @attr:	path below CPUHP_SYS, such as "hotplug/offline"
 * @set:	the mask
 *
 * Return: as cpuhp_file_write().
 */
int cpuhp_mask_write(const char *attr, const cpu_set_t *set)
{
	char text[CPUHP_LIST_LEN];

	return cpuhp_sys_write(attr, cpuhp_list_format(set, text, sizeof(text)));
}

/**
 * cpuhp_mask_andnot - the CPUs of one mask that are not in another
 * @set:	filled; may be @a or @b
 * @a:		CPUs to begin with
 * @b:		CPUs to leave out
 */
void cpuhp_mask_andnot(cpu_set_t *set, const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t common;

	CPU_AND(&common, a, b);
	CPU_XOR(set, a, &common);
}

/**
 * cpuhp_movable - the present CPUs that have an online attribute
 * @set:	filled
 *
 * The lowest CPU is left out even where it could go, so that a test which
 * moves all of @set always has a CPU to run on.
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
 * cpuhp_mask_nth - the CPU that has @n CPUs of the mask below it
 * @set:	the mask
 * @n:		counted from 0
 *
 * Return: the CPU, or -1 where the mask has no more than @n.
 */
int cpuhp_mask_nth(const cpu_set_t *set, int n)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && !n--)
			return cpu;
	return -1;
}

/**
 * cpuhp_steps_read - read hotplug/states
 * @steps:	filled
 *
 * Return: 0, -errno where it cannot be read, -EPROTO where it makes no sense.
 */
int cpuhp_steps_read(struct cpuhp_steps *steps)
{
	char text[16384], *line, *save = NULL;
	struct cpuhp_step *row;
	int err, previous = -1;

	steps->count = 0;
	err = cpuhp_sys_read("hotplug/states", text, sizeof(text));
	if (err)
		return err;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (steps->count == CPUHP_MAX_STEPS)
			return -EPROTO;
		row = &steps->row[steps->count++];
		if (sscanf(line, "%d: %63s", &row->nr, row->name) != 2 ||
		    row->nr <= previous)
			return -EPROTO;
		previous = row->nr;
	}
	return steps->count ? 0 : -EPROTO;
}

/**
 * cpuhp_test_cpu - the CPU that a test moves
 *
 * Return: CPUHP_CPU of the environment, or the last CPU that can go.
 */
int cpuhp_test_cpu(void)
{
	cpu_set_t movable;

	cpuhp_movable(&movable);
	return cpuhp_env("CPUHP_CPU", cpuhp_mask_nth(&movable, CPU_COUNT(&movable) - 1));
}

/**
 * cpuhp_steps_top - the row on top of the line
 * @steps:	from cpuhp_steps_read()
 *
 * Return: its number.
 */
int cpuhp_steps_top(const struct cpuhp_steps *steps)
{
	return steps->row[steps->count - 1].nr;
}

/**
 * cpuhp_steps_find - the number of a row by its name
 * @steps:	the line
 * @name:	the row's name
 *
 * Return: its number, -ENOENT where the line has no such row.
 */
int cpuhp_steps_find(const struct cpuhp_steps *steps, const char *name)
{
	int i;

	for (i = 0; i < steps->count; i++)
		if (!strcmp(steps->row[i].name, name))
			return steps->row[i].nr;
	return -ENOENT;
}

/**
 * cpuhp_steps_name - the name of a row by its number
 * @steps:	the line
 * @nr:		the row's number
 *
 * Return: its name, NULL where the line has no such row.
 */
const char *cpuhp_steps_name(const struct cpuhp_steps *steps, int nr)
{
	int i;

	for (i = 0; i < steps->count; i++)
		if (steps->row[i].nr == nr)
			return steps->row[i].name;
	return NULL;
}

/**
 * cpuhp_step_is_barred - must a CPU never be sent to rest at this state?
 * @steps:	the line
 * @nr:		any number
 *
 * True for numbers that no row has, for rows that are only halfway points, and
 * for the whole way from bringing a CPU to life to its first idle loop. Also
 * for cpu:kick_ap on a kernel without batches: a CPU that comes to rest there
 * from above is never kicked again, and does not come back.
 *
 * Return: true if so.
 */
bool cpuhp_step_is_barred(const struct cpuhp_steps *steps, int nr)
{
	const char *name = cpuhp_steps_name(steps, nr);

	if (!name || !strcmp(name, "threads:prepare"))
		return true;
	if (!strcmp(name, "cpu:kick_ap"))
		return !cpuhp_has_batch();
	return nr >= cpuhp_steps_find(steps, "cpu:bringup") &&
	       nr <= cpuhp_steps_find(steps, "cpu:teardown");
}

/**
 * cpuhp_partial_targets - can a CPU be sent to a state between off and on?
 * @steps:	the line
 * @cpu:	a CPU that is online and comes back online
 *
 * Without CONFIG_CPU_HOTPLUG_STATE_CONTROL the kernel refuses. Where the
 * configuration can be read it decides, else the answer to one write does.
 *
 * Return: 1 or 0, or the negative errno of a write that neither succeeded nor
 * was refused.
 */
int cpuhp_partial_targets(const struct cpuhp_steps *steps, int cpu)
{
	int err, config = cpuhp_config("CONFIG_CPU_HOTPLUG_STATE_CONTROL");

	if (config >= 0)
		return config;
	err = cpuhp_cpu_set(cpu, "hotplug/target",
			    cpuhp_steps_find(steps, "sched:active"));
	if (err == -EINVAL)
		return 0;
	if (!err)
		err = cpuhp_cpu_set(cpu, "hotplug/target",
				    cpuhp_steps_find(steps, "online"));
	return err ? err : 1;
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
 * cpuhp_machine_diff - say what two pictures differ in
 * @a:		the earlier picture
 * @b:		the later picture
 *
 * Return: an empty string where they agree, else the first difference. The
 * text stays until the next call.
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

/* An initramfs may have mounted little; what is there already stays. */
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

/* Retried while hotplug is switched off for a moment. */
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
 * Brings up every CPU, so that each test starts from the same machine. Says as
 * TAP why the tests cannot run where they cannot.
 *
 * Return: 0; 1 after a TAP line that skips all; a negative errno after a TAP
 * line that bails out, where a CPU does not come up.
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
		/* -EPERM: a thread that smt/control keeps away. */
		if (err && err != -EPERM) {
			printf("Bail out! CPU %d does not come up: %s\n", cpu,
			       strerror(-err));
			return err;
		}
	}
	cpuhp_machine_read(&found);
	cpuhp_file_read(PM_TEST_DELAY, found_pm_delay, sizeof(found_pm_delay));
	return 0;
}

/* Where it was asked for, SMT may be off until the next boot. */
static bool smt_forced_off(const struct cpuhp_machine *now)
{
	return cpuhp_env("CPUHP_SMT_FORCEOFF", 0) && !strcmp(now->smt, "forceoff");
}

/**
 * cpuhp_restore - put the machine back as cpuhp_begin() left it
 *
 * Harmless where nothing is to be done. Says on stdout what is still wrong.
 * After SMT was forced off on request, with CPUHP_SMT_FORCEOFF, there is no way
 * back, and whatever is left of the machine counts as restored.
 *
 * Return: 0, or -EIO where the machine is not as it was.
 */
int cpuhp_restore(void)
{
	struct cpuhp_machine now;
	const char *diff;
	int cpu;

	cpuhp_file_write(PM_TEST, "none");
	if (found_pm_delay[0])
		cpuhp_file_write(PM_TEST_DELAY, found_pm_delay);
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

/**
 * cpuhp_has_batch - can a whole list of CPUs be moved at once?
 *
 * Return: true if so.
 */
bool cpuhp_has_batch(void)
{
	return cpuhp_sys_has("hotplug/offline") && cpuhp_sys_has("hotplug/online");
}

/**
 * cpuhp_config - was the kernel built with an option?
 * @option:	its full name
 *
 * Return: 1 for y or m, 0 for not set, -ENOENT where nobody can tell.
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
 * cpuhp_suspend_prepare - arm a suspend that ends after the secondary CPUs
 * @reason:	set to the reason where it is not possible
 *
 * Suspend to idle leaves the CPUs online, so it will not do. cpuhp_restore()
 * disarms.
 *
 * Return: 0, or -EOPNOTSUPP.
 */
int cpuhp_suspend_prepare(const char **reason)
{
	char text[256];

	*reason = NULL;
	if (cpuhp_file_read(PM_TEST, text, sizeof(text)))
		*reason = "no pm_test: kernel without CONFIG_PM_DEBUG";
	else if (!strstr(text, "processors"))
		*reason = "pm_test does not offer processors";
	if (*reason)
		return -EOPNOTSUPP;

	cpuhp_file_read(PM_MEM_SLEEP, text, sizeof(text));
	suspend_word = NULL;
	if (strstr(text, "deep")) {
		cpuhp_file_write(PM_MEM_SLEEP, "deep");
		suspend_word = "mem";
	} else if (strstr(text, "shallow")) {
		cpuhp_file_write(PM_MEM_SLEEP, "shallow");
		suspend_word = "mem";
	} else if (!cpuhp_file_read(PM_STATE, text, sizeof(text))) {
		if (strstr(text, "standby"))
			suspend_word = "standby";
		else if (strstr(text, "disk"))
			suspend_word = "disk";
	}
	if (!suspend_word) {
		*reason = "only suspend to idle, which leaves the CPUs online";
		return -EOPNOTSUPP;
	}
	cpuhp_file_write(PM_TEST_DELAY, "0");
	if (cpuhp_file_write(PM_TEST, "processors")) {
		*reason = "pm_test refuses processors";
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * cpuhp_suspend_once - take the secondary CPUs down and up through suspend
 *
 * Needs cpuhp_suspend_prepare(). Returns when they are back.
 *
 * Return: as cpuhp_file_write(); -EBUSY where a wakeup or the freezer was in
 * the way.
 */
int cpuhp_suspend_once(void)
{
	return cpuhp_file_write(PM_STATE, suspend_word);
}

/**
 * cpuhp_task_start - start a task that counts its turns
 * @task:	filled
 * @allowed:	where it may run; NULL for everywhere
 *
 * The task ends with cpuhp_task_stop() or with its parent.
 *
 * Return: 0 or -errno.
 */
int cpuhp_task_start(struct cpuhp_task *task, const cpu_set_t *allowed)
{
	struct timespec pause = { .tv_nsec = 1000 * 1000 };
	void *page;

	page = mmap(NULL, sizeof(*task->turns), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -errno;
	task->turns = page;
	task->pid = fork();
	if (task->pid < 0)
		return -errno;
	if (!task->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			__atomic_fetch_add(task->turns, 1, __ATOMIC_RELAXED);
			nanosleep(&pause, NULL);
		}
	}
	if (allowed && sched_setaffinity(task->pid, sizeof(*allowed), allowed))
		return -errno;
	return 0;
}

static unsigned long turns_of(const struct cpuhp_task *task)
{
	return __atomic_load_n(task->turns, __ATOMIC_RELAXED);
}

struct turns {
	const struct cpuhp_task *task;
	unsigned long goal;
};

static bool has_turned(void *arg)
{
	struct turns *turns = arg;

	return turns_of(turns->task) >= turns->goal;
}

/**
 * cpuhp_task_runs - wait until a task has had a few more turns
 * @task:	the task
 *
 * Return: 0, -ETIMEDOUT where it had none before the deadline.
 */
int cpuhp_task_runs(const struct cpuhp_task *task)
{
	struct turns turns = { task, turns_of(task) + 3 };

	return cpuhp_wait(has_turned, &turns);
}

/**
 * cpuhp_task_stop - end a task
 * @task:	the task
 */
void cpuhp_task_stop(struct cpuhp_task *task)
{
	kill(task->pid, SIGKILL);
	waitpid(task->pid, NULL, 0);
	munmap(task->turns, sizeof(*task->turns));
}

/**
 * cpuhp_thread_find - look for a thread by its name
 * @comm:	the name
 *
 * Return: its PID, -1 where there is none.
 */
pid_t cpuhp_thread_find(const char *comm)
{
	char path[64], text[64];
	struct dirent *entry;
	pid_t pid = -1;
	DIR *proc;

	proc = opendir("/proc");
	if (!proc)
		return -1;
	while (pid < 0 && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		if (!cpuhp_file_read(path, text, sizeof(text)) &&
		    !strcmp(text, comm))
			pid = atoi(entry->d_name);
	}
	closedir(proc);
	return pid;
}

/**
 * cpuhp_uevent_open - listen to what the kernel tells about devices
 *
 * Return: a socket, or -errno (-EPROTONOSUPPORT: kernel without networking).
 */
int cpuhp_uevent_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1,
	};
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/**
 * cpuhp_uevent_wait - the next event of a CPU device itself
 * @fd:		from cpuhp_uevent_open()
 * @action:	filled with the action, such as "offline"
 * @size:	of @action
 *
 * Return: the number of the CPU, -ETIMEDOUT where none came, -errno.
 */
int cpuhp_uevent_wait(int fd, char *action, size_t size)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	char text[4096], word[32], tail;
	ssize_t len;
	int cpu;

	for (;;) {
		int ready = poll(&event, 1, CPUHP_DEADLINE_MS);

		if (ready <= 0)
			return ready ? -errno : -ETIMEDOUT;
		len = recv(fd, text, sizeof(text) - 1, 0);
		if (len < 0)
			return -errno;
		text[len] = '\0';
		if (sscanf(text, "%31[^@]@/devices/system/cpu/cpu%d%c",
			   word, &cpu, &tail) != 2)
			continue;
		snprintf(action, size, "%s", word);
		return cpu;
	}
}

/**
 * cpuhp_uevents - wait for one event of each CPU of a set
 * @fd:		from cpuhp_uevent_open()
 * @action:	what each of them must say
 * @set:	the CPUs, in any order
 *
 * Return: 0, -EPROTO for an event of another CPU or kind, or a second one of the
 * same CPU, -errno as cpuhp_uevent_wait().
 */
int cpuhp_uevents(int fd, const char *action, const cpu_set_t *set)
{
	cpu_set_t seen;
	char word[32];
	int cpu;

	CPU_ZERO(&seen);
	while (!CPU_EQUAL(&seen, set)) {
		cpu = cpuhp_uevent_wait(fd, word, sizeof(word));
		if (cpu < 0)
			return cpu;
		if (strcmp(word, action) || CPU_ISSET(cpu, &seen) ||
		    !CPU_ISSET(cpu, set))
			return -EPROTO;
		CPU_SET(cpu, &seen);
	}
	return 0;
}

/**
 * cpuhp_wait - wait for a condition with a deadline
 * @done:	says whether it holds
 * @arg:	for @done
 *
 * Return: 0, -ETIMEDOUT where it did not hold within CPUHP_DEADLINE_MS.
 */
int cpuhp_wait(bool (*done)(void *arg), void *arg)
{
	struct timespec pause = { .tv_nsec = 2 * 1000 * 1000 };
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += CPUHP_DEADLINE_MS / 1000;
	while (!done(arg)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/**
 * cpuhp_env - a number from the environment
 * @name:	of the variable
 * @value:	where it is not set or empty
 *
 * Return: the number.
 */
unsigned long cpuhp_env(const char *name, unsigned long value)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : value;
}

/**
 * cpuhp_random_seed - the seed of cpuhp_random(), for the report
 *
 * CPUHP_SEED in the environment repeats a run.
 *
 * Return: the seed.
 */
unsigned long cpuhp_random_seed(void)
{
	static unsigned long seed;

	if (!seed) {
		seed = cpuhp_env("CPUHP_SEED", time(NULL) ^ ((unsigned long)getpid() << 16));
		srandom(seed);
	}
	return seed;
}

/**
 * cpuhp_random - a number below a limit
 * @limit:	above 0
 *
 * Return: the number.
 */
unsigned int cpuhp_random(unsigned int limit)
{
	cpuhp_random_seed();
	return random() % limit;
}
