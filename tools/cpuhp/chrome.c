// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the trace file: the JSON form that Chrome (chrome://tracing) and Perfetto
 * open. Each moving CPU is shown as a process with one thread per lane; the
 * operation and its segments are a process of their own. Everything that is
 * drawn can be read back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"
#include "json.h"
#include "timeline.h"

/* Viewers take process 0 for the idle task, and want thread ids unique. */
#define OPERATION_PID	1
#define CPU_PID(cpu)	((cpu) + 2)
#define LANE_TID(cpu, lane)	(CPU_PID(cpu) * 10 + (lane))

static struct json_object *new_event(const char *phase, int pid, int tid, const char *name)
{
	struct json_object *o = json_object_new_object();

	json_put_string(o, "ph", phase);
	json_put_int(o, "pid", pid);
	json_put_int(o, "tid", tid);
	json_put_string(o, "name", name);
	return o;
}

static void put_times(struct json_object *o, double start, double end)
{
	json_put_double(o, "ts", start);
	json_put_double(o, "dur", end - start);
}

static struct json_object *slice_json(const struct slice *s)
{
	struct json_object *o, *args = json_object_new_object();

	o = new_event("X", CPU_PID(s->cpu), LANE_TID(s->cpu, s->lane), s->callback);
	json_put_string(o, "cat", s->ret ? "failure" : s->down ? "down" : "up");
	put_times(o, s->start, s->end);
	json_put_int(args, "cpu", s->cpu);
	json_put_int(args, "step", s->step);
	json_put_string(args, "step_name", s->step_name);
	json_put_string(args, "direction", s->down ? "down" : "up");
	json_put_int(args, "lane", s->lane);
	json_put_int(args, "ret", s->ret);
	json_put_bool(args, "unfinished", s->open);
	json_object_object_add(o, "args", args);
	return o;
}

static struct json_object *span_json(const struct span *s)
{
	struct json_object *o;

	o = new_event("X", OPERATION_PID, OPERATION_PID, s->text);
	json_put_string(o, "cat", s->segment ? "segment" : "batch");
	put_times(o, s->start, s->end);
	return o;
}

static struct json_object *name_json(const char *what, int pid, int tid, const char *name)
{
	struct json_object *o = new_event("M", pid, tid, what);
	struct json_object *args = json_object_new_object();

	json_put_string(args, "name", name);
	json_object_object_add(o, "args", args);
	return o;
}

/* Once per CPU, at its first slice. */
static void add_names(struct json_object *events, const struct timeline *tl, size_t first)
{
	unsigned int cpu = tl->slice[first].cpu;
	char name[24];

	for (size_t i = 0; i < first; i++)
		if (tl->slice[i].cpu == cpu)
			return;
	snprintf(name, sizeof(name), "CPU %u", cpu);
	json_object_array_add(events, name_json("process_name", CPU_PID(cpu), 0, name));
	for (int lane = 0; lane < NR_LANES; lane++)
		json_object_array_add(events, name_json("thread_name", CPU_PID(cpu),
							LANE_TID(cpu, lane),
							lane_name[lane]));
}

/**
 * chrome_save - write a timeline as a trace file
 * @tl:		a finished timeline
 * @path:	the file
 *
 * Return: 0 or -errno
 */
int chrome_save(const struct timeline *tl, const char *path)
{
	struct json_object *top = json_object_new_object();
	struct json_object *events = json_object_new_array();
	struct json_object *other = json_object_new_object();
	FILE *out = fopen(path, "we");
	int ret;

	if (!out)
		return -errno;
	json_object_array_add(events, name_json("process_name", OPERATION_PID, 0,
						"operation"));
	for (size_t i = 0; i < tl->nr_spans; i++)
		json_object_array_add(events, span_json(&tl->span[i]));
	for (size_t i = 0; i < tl->nr_slices; i++) {
		add_names(events, tl, i);
		json_object_array_add(events, slice_json(&tl->slice[i]));
	}
	json_put_string(other, "title", tl->title);
	json_put_int(other, "lost_events", tl->lost);
	json_put_string(top, "displayTimeUnit", "ms");
	json_object_object_add(top, "otherData", other);
	json_object_object_add(top, "traceEvents", events);
	ret = json_print(out, top);
	if (fclose(out))
		ret = -errno;
	return ret;
}

static struct json_object *get(struct json_object *o, const char *key)
{
	return json_object_object_get(o, key);
}

static int get_int(struct json_object *o, const char *key)
{
	return json_object_get_int(get(o, key));
}

static char *get_text(struct json_object *o, const char *key)
{
	const char *text = json_object_get_string(get(o, key));

	return strdup(text ? text : "");
}

static void load_slice(struct timeline *tl, struct json_object *o, struct json_object *args)
{
	struct slice *s = timeline_add_slice(tl);

	s->start = json_object_get_double(get(o, "ts"));
	s->end = s->start + json_object_get_double(get(o, "dur"));
	s->callback = get_text(o, "name");
	s->cpu = get_int(args, "cpu");
	s->step = get_int(args, "step");
	s->step_name = get_text(args, "step_name");
	s->lane = (unsigned int)get_int(args, "lane") % NR_LANES;
	s->down = !strcmp(json_object_get_string(get(o, "cat")) ?: "", "down");
	s->ret = get_int(args, "ret");
	s->open = json_object_get_boolean(get(args, "unfinished"));
}

static void load_span(struct timeline *tl, struct json_object *o)
{
	struct span *s = timeline_add_span(tl);

	s->segment = !strcmp(json_object_get_string(get(o, "cat")) ?: "", "segment");
	s->start = json_object_get_double(get(o, "ts"));
	s->end = s->start + json_object_get_double(get(o, "dur"));
	s->text = get_text(o, "name");
}

static void load_event(struct timeline *tl, struct json_object *o)
{
	const char *phase = json_object_get_string(get(o, "ph"));
	struct json_object *args = get(o, "args");

	if (!phase || strcmp(phase, "X"))
		return;
	if (args)
		load_slice(tl, o, args);
	else
		load_span(tl, o);
}

/**
 * chrome_load - read what chrome_save() wrote
 * @tl:		an empty timeline; finished on return
 * @path:	the file
 *
 * Return: 0 or -EINVAL if the file is not there or not ours
 */
int chrome_load(struct timeline *tl, const char *path)
{
	struct json_object *top = json_object_from_file(path);
	struct json_object *events = get(top, "traceEvents");
	struct json_object *other = get(top, "otherData");

	if (!json_object_is_type(events, json_type_array)) {
		json_object_put(top);
		return -EINVAL;
	}
	tl->title = get_text(other, "title");
	tl->lost = get_int(other, "lost_events");
	for (size_t i = 0; i < json_object_array_length(events); i++)
		load_event(tl, json_object_array_get_idx(events, i));
	timeline_finish(tl);
	json_object_put(top);
	return 0;
}
