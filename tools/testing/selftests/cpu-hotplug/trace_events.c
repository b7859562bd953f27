// SPDX-License-Identifier: GPL-2.0
/*
 * The trace events of the system "cpuhp", recorded in a ring buffer of our own and
 * read from its text.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_events.h"
#include "util/sys.h"

#define INSTANCE	TRACING "/instances/cpuhp_test"

/* The events as sscanf() reads them. */
#define BUFFER_LINE	"# entries-in-buffer/entries-written: %d/%d"
#define START_LINE	"cpuhp_batch_start: dir: %7s policy: %23s nr: %d first: %d cpus: %4095s"
#define SEGMENT_LINE	"cpuhp_segment: dir: %7s kind: %23s mode: %15s from: %d to: %d nr: %d"
#define ENTER_LINE	"cpuhp_enter: cpu: %d target: %d step: %d"
#define MULTI_LINE	"cpuhp_multi_enter: cpu: %d target: %d step: %d"
#define EXIT_LINE	"cpuhp_exit: cpu: %d state: %d step: %d ret: %d"
#define END_LINE	"cpuhp_batch_end: dir: %7s done: %d failed: %d ret: %d"
#define FAILURE_LINE	"cpuhp_failure: cpu: %d step: %d dir: %7s (%*[^)]) err: %d left_at: %d"

static const char * const kinds[] = { "thread", "handover", "prepare" };

static int parse_kind(const char *text)
{
	int kind = 0;

	while (kind < NR_KINDS && strcmp(text, kinds[kind]))
		kind++;
	return kind;
}

/* Read @text, the line from the name of the event on; false if it is no @what. */
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

/* Read a line of the trace; false if it is no event of CPU hotplug, or malformed. */
static bool parse(const char *line, struct event *e)
{
	const char *text = strstr(line, ": cpuhp_");
	int what;

	for (what = 0; text && what < NR_WHAT; what++)
		if (parse_as(what, text + 2, e))
			return true;
	return false;
}

static int instance_write(const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), INSTANCE "/%s", file);
	return cpuhp_file_write(path, text);
}

/**
 * trace_open - make a ring buffer and enable the events
 *
 * Return: 0 or -errno.
 */
int trace_open(void)
{
	int err;

	/* A test that was killed has left its instance. */
	rmdir(INSTANCE);
	if (mkdir(INSTANCE, 0700))
		return -errno;
	err = instance_write("trace_clock", "counter");
	return err ?: instance_write("events/cpuhp/enable", "1");
}

/**
 * trace_close - remove what trace_open() made, if it did
 *
 * Return: 0 or -errno.
 */
int trace_close(void)
{
	return rmdir(INSTANCE) && errno != ENOENT ? -errno : 0;
}

/**
 * trace_start - forget all events and record new ones
 *
 * Return: 0 or -errno.
 */
int trace_start(void)
{
	FILE *file;
	int err;

	err = instance_write("tracing_on", "0");
	if (err)
		return err;
	/* Opening the file for writing empties the buffer. */
	file = fopen(INSTANCE "/trace", "w");
	if (!file)
		return -errno;
	fclose(file);
	return instance_write("tracing_on", "1");
}

/**
 * trace_read - stop recording and read all events since trace_start()
 * @event:	filled
 * @max:	its size
 *
 * Return: the number of events, -errno, -EPROTO for a malformed event, -EOVERFLOW if
 * events were lost or are more than @max.
 */
int trace_read(struct event *event, int max)
{
	int in_buffer = -1, written = -2, nr = 0, err;
	char line[8192];
	FILE *file;

	err = instance_write("tracing_on", "0");
	if (err)
		return err;
	file = fopen(INSTANCE "/trace", "r");
	if (!file)
		return -errno;
	while (!err && nr < max && fgets(line, sizeof(line), file)) {
		if (sscanf(line, BUFFER_LINE, &in_buffer, &written) == 2 ||
		    *line == '#' || *line == '\n')
			continue;
		if (!parse(line, &event[nr++])) {
			printf("# cannot read: %s", line);
			err = -EPROTO;
		}
	}
	fclose(file);
	if (!err && (in_buffer != written || written != nr))
		err = -EOVERFLOW;
	return err ?: nr;
}
