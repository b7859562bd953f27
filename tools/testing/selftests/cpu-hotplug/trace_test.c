// SPDX-License-Identifier: GPL-2.0
/*
 * The trace events of the system "cpuhp" agree with the operation that was asked for:
 * there is one start and one end; the segments lead from the old state of the CPUs to
 * the new one; each callback is inside its segment and has an exit; a failure names
 * its CPU and step.
 *
 * The events go to a ring buffer of the test's own. Its clock counts events, so that
 * they are in the order in which they happened on all CPUs. Tracepoints are silent on
 * a CPU that is not online, so events near the takedown are missing, and the tests do
 * not expect them.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/failure.h"
#include "util/harness.h"
#include "util/line.h"

#include "trace_events.h"

#define FORMATS		TRACING "/events/cpuhp/*/format"
#define EVENTS_MAX	8192

FIXTURE(trace) {
	struct cpuhp_steps steps;
	struct cpuhp_machine before;
	cpu_set_t pair;
	int top;
	int nr;
	struct event *event;
};

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

	ASSERT_EQ(0, trace_open());
}

FIXTURE_TEARDOWN(trace)
{
	EXPECT_EQ(0, cpuhp_restore());
	free(self->event);
	EXPECT_EQ(0, trace_close());
}

static int count(FIXTURE_DATA(trace) * self, int what)
{
	int i, n = 0;

	for (i = 0; i < self->nr; i++)
		n += self->event[i].what == what;
	return n;
}

/* Read all events since trace_start(). None may be lost or malformed. */
static void read_events(struct __test_metadata *_metadata, FIXTURE_DATA(trace) * self)
{
	self->nr = trace_read(self->event, EVENTS_MAX);
	ASSERT_LE(0, self->nr);
}

static bool same_way(const struct event *e, bool down)
{
	return !strcmp(e->dir, down ? "down" : "up");
}

/* One start and one end, and all other events but failures between them. */
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
 * Check successive segments of one direction: each begins where the previous one
 * ends, and the three kinds follow each other, with one handover at most.
 *
 * Returns the index behind the last segment, and the first and the last one in
 * @first and @final, NULL if there is none.
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

/* In a segment that runs one by one, each member has one turn. */
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

/* The events of an operation that succeeded. */
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
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	check_done(_metadata, self, &self->pair, true);
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->pair));
	check_done(_metadata, self, &self->pair, false);
}

TEST_F_TIMEOUT(trace, batch_of_one, 300)
{
	int cpu = cpuhp_mask_nth(&self->pair, 1);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "online", 0));
	check_done(_metadata, self, &set, true);
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_cpu_set(cpu, "online", 1));
	check_done(_metadata, self, &set, false);
}

/*
 * A tool outside the kernel prints an event by its format. The format must not name
 * enumerators, whose values the tool does not know.
 */
TEST_F(trace, formats)
{
	char text[8192];
	glob_t files;
	size_t i;

	ASSERT_EQ(0, glob(FORMATS, 0, NULL, &files));
	EXPECT_EQ((size_t)NR_WHAT, (size_t)files.gl_pathc);
	for (i = 0; i < files.gl_pathc; i++) {
		ASSERT_EQ(0, cpuhp_file_read(files.gl_pathv[i], text, sizeof(text)));
		EXPECT_NE(NULL, strstr(text, "print fmt: "));
		EXPECT_EQ(NULL, strstr(text, "CPUHP_")) {
			TH_LOG("%s: %s", files.gl_pathv[i], strstr(text, "CPUHP_"));
		}
	}
	globfree(&files);
}

/* A step with instances is entered and left for each of them. */
TEST_F_TIMEOUT(trace, instances, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->pair));
	read_events(_metadata, self);
	EXPECT_EQ(count(self, EXIT), count(self, ENTER) + count(self, MULTI_ENTER));
	if (!count(self, MULTI_ENTER))
		SKIP(return, "no step on this machine has instances");
	EXPECT_NE(0, count(self, ENTER));
}

/* CPUs that are there already are no members. No members, no operation. */
TEST_F_TIMEOUT(trace, nothing_to_do, 300)
{
	cpu_set_t second = self->pair;

	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, &self->pair));
	read_events(_metadata, self);
	EXPECT_EQ(0, self->nr);

	ASSERT_EQ(0, cpuhp_cpu_set(cpuhp_mask_nth(&self->pair, 0), "online", 0));
	CPU_CLR(cpuhp_mask_nth(&self->pair, 0), &second);
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &self->pair));
	check_done(_metadata, self, &second, true);
}

/* There is one failure, after the end of its operation. It names CPU, step and state. */
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
	ASSERT_EQ(0, trace_start());
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

/* Refused before any CPU has moved: a failure without an operation. */
TEST_F_TIMEOUT(trace, refusal, 300)
{
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	ASSERT_EQ(0, trace_start());
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
