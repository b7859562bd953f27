// SPDX-License-Identifier: GPL-2.0
/*
 * Probes, tracers and BPF programs are attached and detached, and static keys flipped,
 * while CPUs leave and come back: the kernel's text changes under CPUs that are
 * offline and still run it. A probe that is attached counts each call of its function,
 * on whatever CPU it is, and one that is detached counts none.
 *
 * Guards these patches, together with the test of calls in quiet_test.sh, for whoever
 * changes text calls all CPUs:
 *	smp: Let a CPU that is offline be called until it has left
 *	smp: Close the queue of calls of a CPU that leaves
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "util/beside.h"

#define TRACEFS		"/sys/kernel/tracing"
#define PROBES		TRACEFS "/kprobe_events"
#define INSTANCE	TRACEFS "/instances/cpuhp_attach"
#define STATIC_KEY	"/proc/sys/kernel/bpf_stats_enabled"
#define CALLS		20	/* of the function, with a probe and without */

/* --- functions that nobody else calls --- */

/* The name of a system call's function in the kernel, NULL if there is none. */
static const char *function_of(const char *call)
{
	static const char *const prefixes[] = { "__x64_sys", "__arm64_sys", "__s390x_sys" };
	static char name[64];
	char line[256], seen[128];
	FILE *file = fopen("/proc/kallsyms", "r");
	bool found = false;
	size_t i;

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %*s %127s", seen) != 1)
			continue;
		for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes) && !found; i++) {
			snprintf(name, sizeof(name), "%s_%s", prefixes[i], call);
			found = !strcmp(seen, name);
		}
	}
	if (file)
		fclose(file);
	return found ? name : NULL;
}

static void call_it(long number)
{
	int i;

	for (i = 0; i < CALLS; i++)
		syscall(number, 0);
}

/* The number in the first line of a file that looks like @format, -1 without one. */
static long number_in(const char *path, const char *format)
{
	FILE *file = fopen(path, "r");
	long number = -1, found;
	char line[256];

	while (file && number < 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, format, &found) == 1)
			number = found;
	}
	if (file)
		fclose(file);
	return number;
}

/* A count that must be @expected; tells what it is otherwise. */
static int check(const char *what, long expected, long count)
{
	if (count == expected)
		return 0;
	printf("# %s: %ld calls counted, not %ld\n", what, count, expected);
	fflush(stdout);
	return -EPROTO;
}

static int probe_command(const char *format, const char *name)
{
	char command[128];
	int fd, err;

	snprintf(command, sizeof(command), format, name);
	fd = open(PROBES, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write(fd, command, strlen(command)) < 0 ? -errno : 0;
	close(fd);
	return err;
}

/* --- a probe that is defined, switched on and off, and removed --- */

#define PROBED		SYS_sched_get_priority_max

static long probe_hits(void)
{
	return number_in(TRACEFS "/kprobe_profile", " attach %ld");
}

static int probe_once(void *function)
{
	int err = probe_command("p:cpuhp/attach %s", function);

	err = err ?: cpuhp_file_write(TRACEFS "/events/cpuhp/attach/enable", "1");
	if (err)
		return err;
	call_it(PROBED);
	err = check("probe", CALLS, probe_hits());
	err = cpuhp_file_write(TRACEFS "/events/cpuhp/attach/enable", "0") ?: err;
	call_it(PROBED);
	err = err ?: check("probe that is off", CALLS, probe_hits());
	return probe_command("-:cpuhp/%s", "attach") ?: err;
}

/* --- the function tracer, with a trampoline of its own for each instance --- */

#define TRACED		SYS_getsid

static long traced_calls(void)
{
	return number_in(INSTANCE "/trace", "# entries-in-buffer/entries-written: %*d/%ld");
}

static int trace_once(void *function)
{
	int err = mkdir(INSTANCE, 0700) ? -errno : 0;

	err = err ?: cpuhp_file_write(INSTANCE "/set_ftrace_filter", function);
	err = err ?: cpuhp_file_write(INSTANCE "/current_tracer", "function");
	if (err)
		return err;
	call_it(TRACED);
	err = check("function tracer", CALLS, traced_calls());
	err = cpuhp_file_write(INSTANCE "/tracing_on", "0") ?: err;
	err = cpuhp_file_write(INSTANCE "/current_tracer", "nop") ?: err;
	call_it(TRACED);
	return rmdir(INSTANCE) ? -errno : err;
}

/* --- BPF programs that count in a map --- */

#define BPF_PROBED	SYS_sched_get_priority_min

static int bpf(int command, union bpf_attr *attr)
{
	int ret = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

static int map_create(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(int),
		.value_size = sizeof(long),
		.max_entries = 1,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static long map_read(int map)
{
	long value = -1;
	int key = 0;
	union bpf_attr attr = {
		.map_fd = map,
		.key = (unsigned long)&key,
		.value = (unsigned long)&value,
	};

	bpf(BPF_MAP_LOOKUP_ELEM, &attr);
	return value;
}

/* A program that adds one to the value in the map, and returns 0. */
static int program_load(int map, enum bpf_prog_type type)
{
	const struct bpf_insn code[] = {
		/* r1 = address of the map */
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{},
		/* r2 = address of the key, which is 0 */
		{ .code = BPF_ST | BPF_W | BPF_MEM, .dst_reg = 10, .off = -4 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_DW | BPF_ATOMIC, .dst_reg = 0, .src_reg = 1,
		  .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = type,
		.insns = (unsigned long)code,
		.insn_cnt = sizeof(code) / sizeof(*code),
		.license = (unsigned long)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

static int event_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	int fd;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int attach(int event, int program)
{
	return ioctl(event, PERF_EVENT_IOC_SET_BPF, program) ? -errno : 0;
}

/* At an event of a probe, whose number is @arg. It counts for all tasks and CPUs. */
static int bpf_at_probe(void *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.config = *(int *)arg,
		.sample_period = 1,
	};
	int map = map_create(), program, event, err;

	program = program_load(map, BPF_PROG_TYPE_KPROBE);
	event = event_open(&attr, 0, -1);
	err = program < 0 ? program : event < 0 ? event : attach(event, program);
	if (!err) {
		call_it(BPF_PROBED);
		err = check("program at a probe", CALLS, map_read(map));
	}
	close(event);
	call_it(BPF_PROBED);
	err = err ?: check("program that is detached", CALLS, map_read(map));
	close(program);
	close(map);
	return err;
}

static bool has_counted(void *map)
{
	return map_read(*(int *)map) > 0;
}

/* At a tracepoint of timers, which CPUs pass in their interrupts. */
static int bpf_at_tracepoint(void *name)
{
	int map = map_create(), program, link, err;
	union bpf_attr attr = {};

	program = program_load(map, BPF_PROG_TYPE_RAW_TRACEPOINT);
	attr.raw_tracepoint.name = (unsigned long)name;
	attr.raw_tracepoint.prog_fd = program;
	link = program < 0 ? program : bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	err = link < 0 ? link : cpuhp_wait(has_counted, &map);
	close(link);
	close(program);
	close(map);
	return err;
}

/* In a timer of perf's on one CPU, which may be offline. */
static int bpf_on_cpu(void *cpus)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000 * 1000,
	};
	int map, program, event, err;

	event = event_open(&attr, -1, cpuhp_random_cpu(cpus));
	if (event == -ENODEV || event == -ENXIO)
		return 0;
	map = map_create();
	program = program_load(map, BPF_PROG_TYPE_PERF_EVENT);
	err = program < 0 ? program : event < 0 ? event : attach(event, program);
	close(event);
	close(program);
	close(map);
	return err;
}

/* --- a static key --- */

static int flip_key(void *unused)
{
	int err = cpuhp_file_write(STATIC_KEY, "1");

	return cpuhp_file_write(STATIC_KEY, "0") ?: err;
}

/* --- the tests: one thing each is done again and again --- */

static void mount_tracefs(void)
{
	if (access(PROBES, F_OK))
		mount("tracefs", TRACEFS, "tracefs", 0, NULL);
}

static void do_beside(struct __test_metadata *_metadata, FIXTURE_DATA(hazard) * self,
		      const char *name, int (*work)(void *arg), void *arg)
{
	struct cpuhp_worker worker;
	unsigned long i;

	ASSERT_EQ(0, cpuhp_worker_start(&worker, name, work, arg));
	for (i = 0; i < self->rounds; i++)
		move_beside(_metadata, &self->movable, i, &worker, 1);
	stop_all(_metadata, &worker, 1);
}

TEST_F_TIMEOUT(hazard, probes, 300)
{
	const char *function = function_of("sched_get_priority_max");

	mount_tracefs();
	if (!function || access(PROBES, W_OK))
		SKIP(return, "no probe of a function");
	do_beside(_metadata, self, "probe", probe_once, (void *)function);
}

TEST_F_TIMEOUT(hazard, function_tracer, 300)
{
	const char *function = function_of("getsid");
	char tracers[256] = "";

	mount_tracefs();
	cpuhp_file_read(TRACEFS "/available_tracers", tracers, sizeof(tracers));
	if (!function || !strstr(tracers, "function"))
		SKIP(return, "no function tracer");
	do_beside(_metadata, self, "function tracer", trace_once, (void *)function);
}

TEST_F_TIMEOUT(hazard, bpf_at_probe, 300)
{
	const char *function = function_of("sched_get_priority_min");
	char text[16] = "";
	int id, err;

	mount_tracefs();
	if (!function || access(PROBES, W_OK))
		SKIP(return, "no probe of a function");
	ASSERT_EQ(0, probe_command("p:cpuhp/attach_bpf %s", function));
	ASSERT_EQ(0, cpuhp_file_read(TRACEFS "/events/cpuhp/attach_bpf/id", text, sizeof(text)));
	id = atoi(text);
	err = bpf_at_probe(&id);
	if (err)
		SKIP(goto out, "no program at a probe: %s", strerror(-err));
	do_beside(_metadata, self, "program at a probe", bpf_at_probe, &id);
out:
	EXPECT_EQ(0, probe_command("-:cpuhp/%s", "attach_bpf"));
}

TEST_F_TIMEOUT(hazard, bpf_at_tracepoint, 300)
{
	int err = bpf_at_tracepoint("hrtimer_expire_entry");

	if (err)
		SKIP(return, "no program at a tracepoint: %s", strerror(-err));
	do_beside(_metadata, self, "program at a tracepoint", bpf_at_tracepoint,
		  "hrtimer_expire_entry");
}

TEST_F_TIMEOUT(hazard, bpf_on_cpus, 300)
{
	int err = bpf_on_cpu(&self->before.online);

	if (err)
		SKIP(return, "no program in an event: %s", strerror(-err));
	do_beside(_metadata, self, "program on a CPU", bpf_on_cpu, &self->before.online);
}

TEST_F_TIMEOUT(hazard, static_key, 300)
{
	if (flip_key(NULL))
		SKIP(return, "no " STATIC_KEY);
	do_beside(_metadata, self, "static key", flip_key, NULL);
}

CPUHP_HARNESS_MAIN
