// SPDX-License-Identifier: GPL-2.0
/*
 * What the trace events of the system "cpuhp" say of an operation, against what
 * was asked for: one start and one end, segments that lead from where the CPUs
 * were to where they are, callbacks within their segment and each with its exit,
 * a failure with its CPU and step.
 *
 * The events go to a ring buffer of the test's own, whose clock counts events:
 * their order is that in which they happened, on whichever CPU. A tracepoint is
 * silent on a CPU that is not online, so the steps near the takedown show less
 * than was run, and nothing here counts on them.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"

#define TRACING		"/sys/kernel/tracing"
#define INSTANCE	TRACING "/instances/cpuhp_test"
#define FORMATS		TRACING "/events/cpuhp/*/format"
#define EVENTS_MAX	8192

/* What the events say, as sscanf() reads it. */
#define BUFFER_LINE	"# entries-in-buffer/entries-written: %d/%d"
#define START_LINE	"cpuhp_batch_start: dir: %7s policy: %23s nr: %d first: %d cpus: %4095s"
#define SEGMENT_LINE	"cpuhp_segment: dir: %7s kind: %23s mode: %15s from: %d to: %d nr: %d"
#define ENTER_LINE	"cpuhp_enter: cpu: %d target: %d step: %d"
#define MULTI_LINE	"cpuhp_multi_enter: cpu: %d target: %d step: %d"
#define EXIT_LINE	"cpuhp_exit: cpu: %d state: %d step: %d ret: %d"
#define END_LINE	"cpuhp_batch_end: dir: %7s done: %d failed: %d ret: %d"
#define FAILURE_LINE	"cpuhp_failure: cpu: %d step: %d dir: %7s (%*[^)]) err: %d left_at: %d"

enum what {
	BATCH_START,
	SEGMENT,
	ENTER,
	MULTI_ENTER,
	EXIT,
	BATCH_END,
	FAILURE,
	NR_WHAT,
};

/* In the order in which a CPU on its way down meets them. */
enum { THREAD, HANDOVER, PREPARE, NR_KINDS };

static const char * const kinds[] = { "thread", "handover", "prepare" };

/**
 * struct event - one line of the trace; what its event does not have is 0
 * @what:	which event, one of enum what
 * @cpu:	of enter, exit and failure; the first one of a batch_start
 * @step:	of enter, exit and failure
 * @target:	of enter
 * @pos:	"state" of exit, "left_at" of failure
 * @from:	of a segment
 * @to:		of a segment
 * @nr:		of batch_start and segment
 * @done:	of batch_end
 * @failed:	of batch_end
 * @err:	what exit, failure and batch_end return
 * @dir:	of all but enter and exit
 * @kind:	of a segment, as an index into kinds[]
 * @mode:	of a segment
 * @policy:	of batch_start
 * @cpus:	of batch_start
 */
struct event {
	int what, cpu, step, target, pos, from, to, nr, done, failed, err, kind;
	char dir[8], mode[16], policy[24];
	cpu_set_t cpus;
};

FIXTURE(trace) {
	struct cpuhp_steps steps;
	struct cpuhp_machine before;
	cpu_set_t pair;
	int top;
	int nr;
	struct event *event;
};

static int tracing_write(const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), INSTANCE "/%s", file);
	return cpuhp_file_write(path, text);
}

FIXTURE_SETUP(trace)
{
	cpu_set_t movable;

	ASSERT_EQ(0, cpuhp_restore());
	ASSERT_EQ(0, cpuhp_steps_read(&self->steps));
	cpuhp_machine_read(&self->before);
	self->top = cpuhp_steps_top(&self->steps);
	cpuhp_movable(&movable);
	if (CPU_COUNT(&movable) < 2)
		SKIP(return, "fewer than two CPUs that can go offline");
	CPU_ZERO(&self->pair);
	CPU_SET(cpuhp_mask_nth(&movable, 0), &self->pair);
	CPU_SET(cpuhp_mask_nth(&movable, CPU_COUNT(&movable) - 1), &self->pair);
	if (access(TRACING "/events/cpuhp/cpuhp_batch_start", F_OK))
		SKIP(return, "no trace event cpuhp_batch_start");
	self->event = calloc(EVENTS_MAX, sizeof(*self->event));
	ASSERT_NE(NULL, self->event);

	/* A test that was killed has left its own. */
	rmdir(INSTANCE);
	ASSERT_EQ(0, mkdir(INSTANCE, 0700));
	ASSERT_EQ(0, tracing_write("trace_clock", "counter"));
	ASSERT_EQ(0, tracing_write("events/cpuhp/enable", "1"));
}

FIXTURE_TEARDOWN(trace)
{
	EXPECT_EQ(0, cpuhp_restore());
	free(self->event);
	EXPECT_TRUE(!rmdir(INSTANCE) || errno == ENOENT);
}

static int parse_kind(const char *text)
{
	int kind = 0;

	while (kind < NR_KINDS && strcmp(text, kinds[kind]))
		kind++;
	return kind;
}

/* The line behind its time, as an event of one kind; false where it is another. */
static bool parse_as(int what, const char *text, struct event *e)
{
	char word[CPUHP_LIST_LEN];

	memset(e, 0, sizeof(*e));
	e->what = what;
	switch (what) {
	case BATCH_START:
		if (sscanf(text, START_LINE, e->dir, e->policy, &e->nr, &e->cpu, word) != 5)
			return false;
		return !cpuhp_list_parse(word, &e->cpus);
	case SEGMENT:
		if (sscanf(text, SEGMENT_LINE, e->dir, word, e->mode, &e->from, &e->to,
			   &e->nr) != 6)
			return false;
		e->kind = parse_kind(word);
		return true;
	case ENTER:
		return sscanf(text, ENTER_LINE, &e->cpu, &e->target, &e->step) == 3;
	case MULTI_ENTER:
		return sscanf(text, MULTI_LINE, &e->cpu, &e->target, &e->step) == 3;
	case EXIT:
		return sscanf(text, EXIT_LINE, &e->cpu, &e->pos, &e->step, &e->err) == 4;
	case BATCH_END:
		return sscanf(text, END_LINE, e->dir, &e->done, &e->failed, &e->err) == 4;
	case FAILURE:
		return sscanf(text, FAILURE_LINE, &e->cpu, &e->step, e->dir, &e->err,
			      &e->pos) == 5;
	}
	return false;
}

static bool parse(const char *line, struct event *e)
{
	const char *text = strstr(line, ": cpuhp_");
	int what;

	for (what = 0; text && what < NR_WHAT; what++)
		if (parse_as(what, text + 2, e))
			return true;
	return false;
}

static int count(FIXTURE_DATA(trace) * self, int what)
{
	int i, n = 0;

	for (i = 0; i < self->nr; i++)
		n += self->event[i].what == what;
	return n;
}

/* Forget what was recorded so far: the file is emptied by opening it. */
static void record(struct __test_metadata *_metadata)
{
	FILE *file;

	ASSERT_EQ(0, tracing_write("tracing_on", "0"));
	file = fopen(INSTANCE "/trace", "w");
	ASSERT_NE(NULL, file);
	fclose(file);
	ASSERT_EQ(0, tracing_write("tracing_on", "1"));
}

/* All events since record(); none may have been lost, and none unreadable. */
static void read_events(struct __test_metadata *_metadata, FIXTURE_DATA(trace) * self)
{
	int in_buffer = -1, written = -2;
	char line[8192];
	FILE *file;

	self->nr = 0;
	ASSERT_EQ(0, tracing_write("tracing_on", "0"));
	file = fopen(INSTANCE "/trace", "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file) && self->nr < EVENTS_MAX) {
		if (sscanf(line, BUFFER_LINE, &in_buffer, &written) == 2 ||
		    *line == '#' || *line == '\n')
			continue;
		EXPECT_TRUE(parse(line, &self->event[self->nr++])) {
			TH_LOG("cannot read: %s", line);
		}
	}
	fclose(file);
	EXPECT_EQ(in_buffer, written);
	EXPECT_EQ(written, self->nr);
}

static bool same_way(const struct event *e, bool down)
{
	return !strcmp(e->dir, down ? "down" : "up");
}

/* The one start and the one end, with nothing of the operation outside. */
static void check_brackets(struct __test_metadata *_metadata,
			   FIXTURE_DATA(trace) * self, const cpu_set_t *set,
			   bool down, int err)
{
	int nr = CPU_COUNT(set), last = self->nr - 1 - count(self, FAILURE);
	struct event *start, *end;

	ASSERT_EQ(1, count(self, BATCH_START));
	ASSERT_EQ(1, count(self, BATCH_END));
	start = &self->event[0];
	end = &self->event[last];
	ASSERT_EQ(BATCH_START, start->what);
	EXPECT_TRUE(same_way(start, down));
	EXPECT_STREQ("all_or_nothing", start->policy);
	EXPECT_EQ(nr, start->nr);
	EXPECT_EQ(cpuhp_mask_nth(set, 0), start->cpu);
	EXPECT_TRUE(CPU_EQUAL(set, &start->cpus));

	ASSERT_EQ(BATCH_END, end->what);
	EXPECT_TRUE(same_way(end, down));
	EXPECT_EQ(err ? 0 : nr, end->done);
	EXPECT_EQ(err ? nr : 0, end->failed);
	EXPECT_EQ(err, end->err);
}

/*
 * The segments of a stretch in one direction: each begins where the one before
 * it ends, and the three kinds follow each other with the takedown, or coming
 * alive, in one piece.
 *
 * Returns the index behind the last of them; *first and *final are set, to NULL
 * where there is none.
 */
static int check_segments(struct __test_metadata *_metadata,
			  FIXTURE_DATA(trace) * self, int at, int nr, bool down,
			  const struct event **first, const struct event **final)
{
	const struct event *e, *before = NULL;
	int handovers = 0;

	*first = NULL;
	for (; at < self->nr && self->event[at].what != BATCH_END; at++) {
		e = &self->event[at];
		if (e->what != SEGMENT)
			continue;
		if (!same_way(e, down))
			break;
		EXPECT_TRUE(down ? e->from > e->to : e->from < e->to);
		EXPECT_EQ(nr, e->nr);
		EXPECT_GT(NR_KINDS, e->kind);
		EXPECT_TRUE(!strcmp(e->mode, "one_by_one") || !strcmp(e->mode, "concurrent"));
		EXPECT_TRUE(e->kind == THREAD || !strcmp(e->mode, "one_by_one"));
		handovers += e->kind == HANDOVER;
		if (before) {
			EXPECT_EQ(before->to, e->from);
			EXPECT_TRUE(down ? e->kind >= before->kind : e->kind <= before->kind);
		} else {
			*first = e;
		}
		before = e;
	}
	*final = before;
	EXPECT_GE(1, handovers);
	return at;
}

static bool is_callback(const struct event *e)
{
	return e->what == ENTER || e->what == MULTI_ENTER || e->what == EXIT;
}

/* Each callback of a CPU is left before the next is entered, and within its segment. */
static void check_callbacks_of(struct __test_metadata *_metadata,
			       FIXTURE_DATA(trace) * self, int cpu)
{
	const struct event *e, *seg = NULL, *entered = NULL;
	int callbacks = 0;

	for (e = self->event; e < self->event + self->nr; e++) {
		if (e->what == SEGMENT || e->what == BATCH_END) {
			EXPECT_EQ(NULL, entered);
			seg = e;
		}
		if (!is_callback(e) || e->cpu != cpu)
			continue;
		ASSERT_NE(NULL, seg);
		ASSERT_EQ(SEGMENT, seg->what);
		if (e->what != EXIT) {
			EXPECT_EQ(NULL, entered);
			entered = e;
			callbacks++;
			EXPECT_LT(seg->from < seg->to ? seg->from : seg->to, e->step);
			EXPECT_GE(seg->from < seg->to ? seg->to : seg->from, e->step);
			continue;
		}
		ASSERT_NE(NULL, entered);
		EXPECT_EQ(entered->step, e->step);
		EXPECT_EQ(0, e->err);
		EXPECT_EQ(same_way(seg, true) ? e->step - 1 : e->step, e->pos);
		entered = NULL;
	}
	EXPECT_LT(0, callbacks);
	EXPECT_FALSE(_metadata->exit_code) {
		TH_LOG("callbacks of CPU %d", cpu);
	}
}

/* Members of a segment that goes one by one take turns, each once. */
static void check_turns(struct __test_metadata *_metadata, FIXTURE_DATA(trace) * self)
{
	const struct event *e, *seg = NULL;
	int cpu = -1, turns = 0;

	for (e = self->event; e < self->event + self->nr; e++) {
		if (e->what == SEGMENT || e->what == BATCH_END) {
			seg = e;
			cpu = -1;
			turns = 0;
		}
		if (!is_callback(e) || !seg || strcmp(seg->mode, "one_by_one"))
			continue;
		turns += e->cpu != cpu;
		cpu = e->cpu;
		EXPECT_GE(seg->nr, turns) {
			TH_LOG("CPU %d came twice, step %d", cpu, e->step);
		}
	}
}

static void check_callbacks(struct __test_metadata *_metadata,
			    FIXTURE_DATA(trace) * self, const cpu_set_t *set)
{
	int cpu, i, strangers = 0;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set))
			check_callbacks_of(_metadata, self, cpu);
	for (i = 0; i < self->nr; i++)
		strangers += is_callback(&self->event[i]) &&
			     !CPU_ISSET(self->event[i].cpu, set);
	EXPECT_EQ(0, strangers);
	check_turns(_metadata, self);
}

/* The record of an operation that did what it was asked for. */
static void check_done(struct __test_metadata *_metadata,
		       FIXTURE_DATA(trace) * self, const cpu_set_t *set, bool down)
{
	const struct event *first, *final, *e;
	int end;

	read_events(_metadata, self);
	EXPECT_EQ(0, count(self, FAILURE));
	check_brackets(_metadata, self, set, down, 0);
	end = check_segments(_metadata, self, 0, CPU_COUNT(set), down, &first, &final);
	EXPECT_EQ(self->nr - 1, end);
	ASSERT_NE(NULL, first);
	EXPECT_EQ(down ? self->top : 0, first->from);
	EXPECT_EQ(down ? 0 : self->top, final->to);
	check_callbacks(_metadata, self, set);
	for (e = self->event; e < self->event + self->nr; e++) {
		if (e->what != ENTER && e->what != MULTI_ENTER)
			continue;
		EXPECT_EQ(down ? 0 : self->top, e->target);
	}
}

TEST_F_TIMEOUT(trace, batch_of_two, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	record(_metadata);
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	check_done(_metadata, self, &self->pair, true);
	record(_metadata);
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->pair));
	check_done(_metadata, self, &self->pair, false);
}

TEST_F_TIMEOUT(trace, batch_of_one, 300)
{
	int cpu = cpuhp_mask_nth(&self->pair, 1);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	record(_metadata);
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "online", 0));
	check_done(_metadata, self, &set, true);
	record(_metadata);
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "online", 1));
	check_done(_metadata, self, &set, false);
}

/*
 * A tool outside the kernel prints a record by the event's format, and knows the
 * number of no enumerator.
 */
TEST_F(trace, formats)
{
	char text[8192];
	glob_t files;
	size_t i;

	ASSERT_EQ(0, glob(FORMATS, 0, NULL, &files));
	EXPECT_EQ(NR_WHAT, files.gl_pathc);
	for (i = 0; i < files.gl_pathc; i++) {
		ASSERT_EQ(0, cpuhp_file_read(files.gl_pathv[i], text, sizeof(text)));
		EXPECT_NE(NULL, strstr(text, "print fmt: "));
		EXPECT_EQ(NULL, strstr(text, "CPUHP_")) {
			TH_LOG("%s: %s", files.gl_pathv[i], strstr(text, "CPUHP_"));
		}
	}
	globfree(&files);
}

/* A row with instances enters and exits for each of them. */
TEST_F_TIMEOUT(trace, instances, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	record(_metadata);
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->pair));
	read_events(_metadata, self);
	EXPECT_EQ(count(self, EXIT), count(self, ENTER) + count(self, MULTI_ENTER));
	if (!count(self, MULTI_ENTER))
		SKIP(return, "no step on this machine has instances");
	EXPECT_NE(0, count(self, ENTER));
}

/* Who is there already is no member, and without members there is no operation. */
TEST_F_TIMEOUT(trace, nothing_to_do, 300)
{
	cpu_set_t second = self->pair;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	record(_metadata);
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->pair));
	read_events(_metadata, self);
	EXPECT_EQ(0, self->nr);

	ASSERT_EQ(0, cpuhp_cpu_set(cpuhp_mask_nth(&self->pair, 0), "online", 0));
	CPU_CLR(cpuhp_mask_nth(&self->pair, 0), &second);
	record(_metadata);
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	check_done(_metadata, self, &second, true);
}

/* The failure is told once, behind the end of its operation, and names its place. */
static void check_failure(struct __test_metadata *_metadata,
			  FIXTURE_DATA(trace) * self, int cpu, int step, bool down,
			  int left_at)
{
	const struct event *e = &self->event[self->nr - 1];

	ASSERT_EQ(1, count(self, FAILURE));
	ASSERT_EQ(FAILURE, e->what);
	EXPECT_EQ(cpu, e->cpu);
	EXPECT_EQ(step, e->step);
	EXPECT_TRUE(same_way(e, down));
	EXPECT_EQ(INJECTED, e->err);
	EXPECT_EQ(left_at, e->pos);
}

/*
 * Two CPUs set out, one of them fails at @step, both go back. The failure is
 * injected instead of a callback, so the CPU never enters the step.
 */
static void fail_on_the_way(struct __test_metadata *_metadata,
			    FIXTURE_DATA(trace) * self, bool down)
{
	int step = cpuhp_steps_find(&self->steps, "workqueue:online");
	int at, entered = 0, cpu = cpuhp_mask_nth(&self->pair, 1);
	const struct event *first, *final, *back, *home, *e;

	ASSERT_LE(0, step);
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "hotplug/fail", step));
	record(_metadata);
	ASSERT_EQ(INJECTED, cpuhp_mask_write(down ? OFFLINE : ONLINE, &self->pair));
	read_events(_metadata, self);
	check_failure(_metadata, self, cpu, step, down, down ? self->top : 0);
	check_brackets(_metadata, self, &self->pair, down, INJECTED);

	at = check_segments(_metadata, self, 0, 2, down, &first, &final);
	ASSERT_NE(NULL, first);
	EXPECT_EQ(down ? self->top : 0, first->from);
	at = check_segments(_metadata, self, at, 2, !down, &back, &home);
	EXPECT_EQ(self->nr - 2, at);
	ASSERT_NE(NULL, back);
	/* Back from within the segment that saw the failure. */
	EXPECT_GE(down ? final->from : final->to, back->from);
	EXPECT_LE(down ? final->to : final->from, back->from);
	EXPECT_EQ(first->from, home->to);

	check_callbacks(_metadata, self, &self->pair);
	for (e = self->event; e < self->event + self->nr; e++)
		entered += is_callback(e) && e->cpu == cpu && e->step == step;
	EXPECT_EQ(0, entered);
}

TEST_F_TIMEOUT(trace, failure_down, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	fail_on_the_way(_metadata, self, true);
}

TEST_F_TIMEOUT(trace, failure_up, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	fail_on_the_way(_metadata, self, false);
}

/* Refused before anything has moved: a failure, and no operation around it. */
TEST_F_TIMEOUT(trace, refusal, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	record(_metadata);
	ASSERT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->before.online));
	read_events(_metadata, self);
	ASSERT_EQ(1, self->nr);
	EXPECT_EQ(FAILURE, self->event[0].what);
	EXPECT_EQ(cpuhp_mask_nth(&self->before.online, 0), self->event[0].cpu);
	EXPECT_TRUE(same_way(&self->event[0], true));
	EXPECT_EQ(-EBUSY, self->event[0].err);
	EXPECT_EQ(self->top, self->event[0].pos);
}

CPUHP_HARNESS_MAIN
