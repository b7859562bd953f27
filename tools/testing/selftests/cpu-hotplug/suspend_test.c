// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend takes the secondary CPUs offline, and resume brings back the same CPUs.
 * pm_test ends the suspend once they are offline.
 *
 * Tools that draw a bar for each CPU see it as ever: by the events CPU_OFF and CPU_ON,
 * by probes on two functions, and by the lines of the log.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/failure.h"
#include "util/harness.h"
#include "util/line.h"
#include "util/suspend.h"
#include "util/task.h"

FIXTURE(suspend) {
	struct cpuhp_machine before;
	cpu_set_t movable;
};

FIXTURE_SETUP(suspend)
{
	const char *reason;

	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(suspend)
{
	EXPECT_EQ(0, cpuhp_restore());
}

static void suspend_keeps(struct __test_metadata *_metadata)
{
	struct cpuhp_machine before, after;

	cpuhp_machine_read(&before);
	EXPECT_EQ(0, cpuhp_suspend_once());
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
}

TEST_F_TIMEOUT(suspend, all_online, 300)
{
	suspend_keeps(_metadata);
	suspend_keeps(_metadata);
}

TEST_F_TIMEOUT(suspend, one_offline, 300)
{
	int cpu, i;

	for (i = 0; (cpu = cpuhp_mask_nth(&self->movable, i)) >= 0 && i < 4; i++) {
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		suspend_keeps(_metadata);
		/* The CPU can still come back. */
		ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
	}
}

TEST_F_TIMEOUT(suspend, all_offline, 300)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &self->movable))
			ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
	suspend_keeps(_metadata);
}

TEST_F_TIMEOUT(suspend, smt_off, 300)
{
	if (strcmp(self->before.smt, "on"))
		SKIP(return, "smt/control is \"%s\"", self->before.smt);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "off"));
	suspend_keeps(_metadata);
	ASSERT_EQ(0, cpuhp_sys_write("smt/control", "on"));
}

/* Affinities of tasks come back with the CPUs. */
TEST_F_TIMEOUT(suspend, affinity, 300)
{
	cpu_set_t one, all, seen;
	struct cpuhp_task free, pinned;

	CPU_ZERO(&one);
	CPU_SET(cpuhp_mask_nth(&self->movable, 0), &one);
	ASSERT_EQ(0, cpuhp_task_start(&free, NULL));
	ASSERT_EQ(0, cpuhp_task_start(&pinned, &one));
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(all), &all));
	suspend_keeps(_metadata);
	ASSERT_EQ(0, sched_getaffinity(free.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&all, &seen));
	/* The pinned task was frozen all the time, and did not have to leave its CPU. */
	ASSERT_EQ(0, sched_getaffinity(pinned.pid, sizeof(seen), &seen));
	EXPECT_TRUE(CPU_EQUAL(&one, &seen));
	EXPECT_EQ(0, cpuhp_task_runs(&free));
	EXPECT_EQ(0, cpuhp_task_runs(&pinned));
	cpuhp_task_stop(&free);
	cpuhp_task_stop(&pinned);
}

/* A CPU that fails to go offline ends the suspend with its errno, and all come back. */
TEST_F_TIMEOUT(suspend, failure_going_down, 300)
{
	struct cpuhp_machine before, after;
	struct cpuhp_steps steps;
	int cpu;

	ASSERT_EQ(0, cpuhp_steps_read(&steps));
	cpu = cpuhp_mask_nth(&self->movable, CPU_COUNT(&self->movable) - 1);
	cpuhp_machine_read(&before);
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/fail",
				   cpuhp_steps_find(&steps, "sched:active")));
	EXPECT_EQ(-EAGAIN, cpuhp_suspend_once());
	cpuhp_machine_read(&after);
	EXPECT_STREQ("", cpuhp_machine_diff(&before, &after));
	suspend_keeps(_metadata);
}

#define TRACING		"/sys/kernel/tracing"
#define INSTANCE	TRACING "/instances/cpuhp_suspend"
#define KMSG_LEN	65536
#define EVENTS_MAX	(8 * CPU_SETSIZE)

/* Lines of the trace, as sscanf() reads them. */
#define STRETCH_LINE	"suspend_resume: CPU_%3[A-Z][%d] %5s"
#define PROBE_LINE	"cpuhp_%5s (%*[^)]) cpu=%d"

/**
 * struct event - an event of the trace
 * @what:	"OFF begin", "OFF end", "ON begin", "ON end", "down:" or "up:"
 * @cpu:	the CPU
 */
struct event {
	char what[16];
	int cpu;
};

FIXTURE(told) {
	struct cpuhp_steps steps;
	cpu_set_t movable;
	struct event *event;
	int nr;
	char *log;
	int kmsg;
};

static int tracing_write(const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), INSTANCE "/%s", file);
	return cpuhp_file_write(path, text);
}

/* Adds a probe to the probes of others, or removes one. */
static int probe_write(const char *text)
{
	int fd = open(TRACING "/kprobe_events", O_WRONLY | O_APPEND), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void clean_up(void)
{
	rmdir(INSTANCE);
	probe_write("-:cpuhp_test/cpuhp_down");
	probe_write("-:cpuhp_test/cpuhp_up");
}

FIXTURE_SETUP(told)
{
	const char *reason;

	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	cpuhp_movable(&self->movable);
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	if (access(TRACING "/events/power/suspend_resume", F_OK))
		SKIP(return, "no trace event suspend_resume");
	self->event = calloc(EVENTS_MAX, sizeof(*self->event));
	ASSERT_NE(NULL, self->event);
	self->log = malloc(KMSG_LEN);
	ASSERT_NE(NULL, self->log);
	self->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->kmsg);
	lseek(self->kmsg, 0, SEEK_END);

	/* A test that was killed has left its instance and probes. */
	clean_up();
	ASSERT_EQ(0, mkdir(INSTANCE, 0700));
	ASSERT_EQ(0, tracing_write("trace_clock", "counter"));
}

FIXTURE_TEARDOWN(told)
{
	EXPECT_EQ(0, cpuhp_restore());
	clean_up();
	EXPECT_NE(0, access(INSTANCE, F_OK));
	close(self->kmsg);
	free(self->log);
	free(self->event);
}

static bool parse(const char *line, struct event *e)
{
	char way[4], edge[6];
	const char *text = strstr(line, "suspend_resume: CPU_");

	if (text && sscanf(text, STRETCH_LINE, way, &e->cpu, edge) == 3) {
		snprintf(e->what, sizeof(e->what), "%s %s", way, edge);
		return true;
	}
	text = strstr(line, "cpuhp_");
	return text && sscanf(text, PROBE_LINE, e->what, &e->cpu) == 2;
}

/* Read the events since the last call. */
static void read_trace(struct __test_metadata *_metadata, FIXTURE_DATA(told) * self)
{
	char line[1024];
	FILE *file;

	self->nr = 0;
	file = fopen(INSTANCE "/trace", "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file) && self->nr < EVENTS_MAX)
		self->nr += *line != '#' && parse(line, &self->event[self->nr]);
	fclose(file);
	/* Opening the file for writing empties the buffer. */
	file = fopen(INSTANCE "/trace", "w");
	ASSERT_NE(NULL, file);
	fclose(file);
}

/* Read the log since the last call. */
static void read_log(FIXTURE_DATA(told) * self)
{
	size_t have = 0;
	ssize_t len;

	/* EPIPE: older records were lost, and there are later ones. */
	while ((len = read(self->kmsg, self->log + have, KMSG_LEN - 1 - have)) > 0 ||
	       (len < 0 && errno == EPIPE))
		have += len > 0 ? len : 0;
	self->log[have] = '\0';
}

/* How many lines of the log are @format with @cpu and @err. */
static int logged(FIXTURE_DATA(told) * self, const char *format, int cpu, int err)
{
	char line[128] = ";";
	const char *at;
	int n = 0;

	/* A record is "priority,sequence,...;line". */
	snprintf(line + 1, sizeof(line) - 2, format, cpu, err);
	strcat(line, "\n");
	for (at = self->log; (at = strstr(at, line)); at++)
		n++;
	return n;
}

/* There is one event @what for each CPU of @set, and none for another CPU. */
static void once_each(struct __test_metadata *_metadata, FIXTURE_DATA(told) * self,
		      const char *what, const cpu_set_t *set)
{
	cpu_set_t seen;
	int i, n = 0;

	CPU_ZERO(&seen);
	for (i = 0; i < self->nr; i++) {
		if (strcmp(self->event[i].what, what))
			continue;
		CPU_SET(self->event[i].cpu, &seen);
		n++;
	}
	EXPECT_TRUE(CPU_EQUAL(set, &seen) && n == CPU_COUNT(set)) {
		TH_LOG("\"%s\" %d times, for %d of %d CPUs", what, n, CPU_COUNT(&seen),
		       CPU_COUNT(set));
	}
}

/* The bar of a CPU ends before the next one begins. */
static void none_overlaps(struct __test_metadata *_metadata, FIXTURE_DATA(told) * self)
{
	const struct event *e;

	for (e = self->event; e < self->event + self->nr; e++) {
		if (!strstr(e->what, " begin"))
			continue;
		ASSERT_LT(e + 1, self->event + self->nr);
		EXPECT_NE(NULL, strstr(e[1].what, " end"));
		EXPECT_EQ(e->cpu, e[1].cpu);
		EXPECT_EQ(0, strncmp(e->what, e[1].what, 2));
	}
}

static void suspend_is_told(struct __test_metadata *_metadata, FIXTURE_DATA(told) * self,
			    const cpu_set_t *set)
{
	int cpu;

	read_log(self);
	ASSERT_EQ(0, tracing_write("events/power/suspend_resume/enable", "1"));
	ASSERT_EQ(0, cpuhp_suspend_once());
	ASSERT_EQ(0, tracing_write("events/power/suspend_resume/enable", "0"));
	read_trace(_metadata, self);
	once_each(_metadata, self, "OFF begin", set);
	once_each(_metadata, self, "OFF end", set);
	once_each(_metadata, self, "ON begin", set);
	once_each(_metadata, self, "ON end", set);
	none_overlaps(_metadata, self);

	read_log(self);
	EXPECT_EQ(1, logged(self, "Disabling non-boot CPUs ...", 0, 0));
	EXPECT_EQ(1, logged(self, "Enabling non-boot CPUs ...", 0, 0));
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		EXPECT_EQ(!!CPU_ISSET(cpu, set), logged(self, "CPU%d is up", cpu, 0));
	EXPECT_EQ(NULL, strstr(self->log, "Error taking CPU"));
}

TEST_F_TIMEOUT(told, all, 300)
{
	suspend_is_told(_metadata, self, &self->movable);
}

/* With one CPU, its bar is the whole operation. */
TEST_F_TIMEOUT(told, one, 300)
{
	cpu_set_t one;
	int cpu;

	CPU_ZERO(&one);
	CPU_SET(cpuhp_mask_nth(&self->movable, 0), &one);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &self->movable) && !CPU_ISSET(cpu, &one))
			ASSERT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
	suspend_is_told(_metadata, self, &one);
}

/* The log names the CPU that failed to go offline, and its error. */
TEST_F_TIMEOUT(told, refused_down, 300)
{
	int refuses = cpuhp_mask_nth(&self->movable, CPU_COUNT(&self->movable) - 1);
	int cpu;

	ASSERT_EQ(0, cpuhp_cpu_set(refuses, "hotplug/fail",
				   cpuhp_steps_find(&self->steps, "sched:active")));
	read_log(self);
	EXPECT_EQ(INJECTED, cpuhp_suspend_once());
	read_log(self);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		EXPECT_EQ(cpu == refuses,
			  logged(self, "Error taking CPU%d down: %d", cpu, INJECTED));
}

/* The log names the CPU that failed to come back, and its error. The others are back. */
TEST_F_TIMEOUT(told, refused_up, 300)
{
	int refuses = cpuhp_mask_nth(&self->movable, CPU_COUNT(&self->movable) - 1);
	int step = cpuhp_steps_find(&self->steps, "irq/affinity:online");
	cpu_set_t others = self->movable, online;
	int cpu;

	if (step < 0)
		SKIP(return, "no step that has work to do only upwards");
	CPU_CLR(refuses, &others);
	ASSERT_EQ(0, cpuhp_cpu_set(refuses, "hotplug/fail", step));
	read_log(self);
	EXPECT_EQ(0, cpuhp_suspend_once());
	read_log(self);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		EXPECT_EQ(cpu == refuses,
			  logged(self, "Error taking CPU%d up: %d", cpu, INJECTED));
	ASSERT_EQ(0, cpuhp_mask_read("online", &online));
	CPU_AND(&online, &online, &self->movable);
	EXPECT_TRUE(CPU_EQUAL(&others, &online));
	ASSERT_EQ(0, cpuhp_cpu_write(refuses, "online", "1"));
}

/* Two functions that tools put probes on are called once for each CPU that moves. */
TEST_F_TIMEOUT(told, probes, 300)
{
	cpu_set_t one;

	if (access(TRACING "/kprobe_events", W_OK) || cpuhp_config("CONFIG_KPROBE_EVENTS") == 0)
		SKIP(return, "no probes in the kernel");
	ASSERT_EQ(0, probe_write("p:cpuhp_test/cpuhp_down _cpu_down cpu=$arg1:s32"));
	ASSERT_EQ(0, probe_write("p:cpuhp_test/cpuhp_up _cpu_up cpu=$arg1:s32"));
	ASSERT_EQ(0, tracing_write("events/cpuhp_test/enable", "1"));

	ASSERT_EQ(0, cpuhp_suspend_once());
	read_trace(_metadata, self);
	once_each(_metadata, self, "down:", &self->movable);
	once_each(_metadata, self, "up:", &self->movable);

	CPU_ZERO(&one);
	CPU_SET(cpuhp_mask_nth(&self->movable, 0), &one);
	ASSERT_EQ(0, cpuhp_cpu_write(cpuhp_mask_nth(&one, 0), "online", "0"));
	ASSERT_EQ(0, cpuhp_cpu_write(cpuhp_mask_nth(&one, 0), "online", "1"));
	read_trace(_metadata, self);
	once_each(_metadata, self, "down:", &one);
	once_each(_metadata, self, "up:", &one);

	if (cpuhp_has_batch()) {
		ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
		ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
		read_trace(_metadata, self);
		once_each(_metadata, self, "down:", &self->movable);
		once_each(_metadata, self, "up:", &self->movable);
	}
	ASSERT_EQ(0, tracing_write("events/cpuhp_test/enable", "0"));
}

CPUHP_HARNESS_MAIN
