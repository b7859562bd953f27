// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the timeline: growing it, closing what stays open, its length.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"
#include "timeline.h"

const char *const lane_name[NR_LANES] = {
	[LANE_CONTROL]	= "control CPU",
	[LANE_THREAD]	= "hotplug thread",
	[LANE_ATOMIC]	= "interrupts off",
};

/* Grows in powers of two, which is exactly when @nr is one. */
static void *grown(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	array = reallocarray(array, nr ? 2 * nr : 1, size);
	if (!array)
		err(EXIT_REFUSED, NULL);
	return array;
}

/** timeline_add_slice - a new slice, all zero; valid until the next one */
struct slice *timeline_add_slice(struct timeline *tl)
{
	struct slice *s;

	tl->slice = grown(tl->slice, tl->nr_slices, sizeof(*tl->slice));
	s = &tl->slice[tl->nr_slices++];
	memset(s, 0, sizeof(*s));
	return s;
}

/** timeline_add_span - a new span, all zero; valid until the next one */
struct span *timeline_add_span(struct timeline *tl)
{
	struct span *s;

	tl->span = grown(tl->span, tl->nr_spans, sizeof(*tl->span));
	s = &tl->span[tl->nr_spans++];
	memset(s, 0, sizeof(*s));
	return s;
}

/**
 * timeline_find_open - the slice that an exit closes
 * @tl:		the timeline
 * @cpu:	the CPU that moves
 * @step:	the step
 * @task:	the task of the exit; 0 for any CPU's idle task
 * @on_cpu:	the CPU of the exit; tells the idle tasks apart
 *
 * Return: the youngest open slice of these, or NULL
 */
struct slice *timeline_find_open(struct timeline *tl, unsigned int cpu, int step,
				 int task, int on_cpu)
{
	for (size_t i = tl->nr_slices; i--; ) {
		struct slice *s = &tl->slice[i];

		if (s->open && s->cpu == cpu && s->step == step && s->task == task &&
		    (task || s->on_cpu == on_cpu))
			return s;
	}
	return NULL;
}

/** timeline_end_spans - all open segments, or all open spans, end at @time */
void timeline_end_spans(struct timeline *tl, bool only_segments, double time)
{
	for (size_t i = 0; i < tl->nr_spans; i++) {
		struct span *s = &tl->span[i];

		if (!s->open || (only_segments && !s->segment))
			continue;
		s->open = false;
		s->end = time;
	}
}

/** timeline_length - the latest end of a slice or span, in us */
double timeline_length(const struct timeline *tl)
{
	double length = 0;

	for (size_t i = 0; i < tl->nr_slices; i++)
		if (tl->slice[i].end > length)
			length = tl->slice[i].end;
	for (size_t i = 0; i < tl->nr_spans; i++)
		if (tl->span[i].end > length)
			length = tl->span[i].end;
	return length;
}

static int by_start(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* the outer one first */
	return x->end > y->end ? -1 : x->end < y->end;
}

/**
 * timeline_finish - no more events will come
 * @tl:	the timeline
 *
 * What is still open is kept, with the end of the recording for its end: a
 * callback that never came back is worth seeing.
 */
void timeline_finish(struct timeline *tl)
{
	double length = timeline_length(tl);

	for (size_t i = 0; i < tl->nr_slices; i++) {
		if (tl->slice[i].start > length)
			length = tl->slice[i].start;
	}
	for (size_t i = 0; i < tl->nr_slices; i++) {
		if (tl->slice[i].open)
			tl->slice[i].end = length;
	}
	timeline_end_spans(tl, false, length);
	if (tl->nr_slices)
		qsort(tl->slice, tl->nr_slices, sizeof(*tl->slice), by_start);
}

/** timeline_free - give everything back but @tl itself */
void timeline_free(struct timeline *tl)
{
	for (size_t i = 0; i < tl->nr_slices; i++) {
		free(tl->slice[i].step_name);
		free(tl->slice[i].callback);
	}
	for (size_t i = 0; i < tl->nr_spans; i++)
		free(tl->span[i].text);
	free(tl->slice);
	free(tl->span);
	free(tl->title);
	memset(tl, 0, sizeof(*tl));
}
