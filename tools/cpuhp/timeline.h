/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording after its events have been understood: which callback ran for
 * which CPU, from when to when, and the operation around it. record.c fills it
 * from trace events, chrome.c saves and loads it, svg.c draws it; none of them
 * knows the others.
 *
 * Times are microseconds since the first event.
 */
#ifndef _TOOLS_CPUHP_TIMELINE_H
#define _TOOLS_CPUHP_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** enum lane - who ran a callback */
enum lane {
	LANE_CONTROL,	/* another CPU, on behalf of the moving one */
	LANE_THREAD,	/* the moving CPU */
	LANE_ATOMIC,	/* the moving CPU with interrupts off */
	NR_LANES,
};

extern const char *const lane_name[NR_LANES];

/** struct slice - one callback, run once for one CPU */
struct slice {
	unsigned int cpu;
	int step;
	enum lane lane;
	bool down;
	bool open;		/* no exit seen (yet) */
	int ret;
	double start, end;
	char *step_name;
	char *callback;
	/* who ran it; only to find the exit that belongs to it */
	int task;
	int on_cpu;
};

/** struct span - a whole operation, or one of its segments */
struct span {
	bool segment;
	bool open;
	double start, end;
	char *text;
};

struct timeline {
	char *title;
	struct slice *slice;
	size_t nr_slices;
	struct span *span;
	size_t nr_spans;
	unsigned long long lost;	/* events that the buffers could not hold */
};

/* timeline.c */
struct slice *timeline_add_slice(struct timeline *tl);
struct slice *timeline_find_open(struct timeline *tl, unsigned int cpu, int step,
				 int task, int on_cpu);
struct span *timeline_add_span(struct timeline *tl);
void timeline_end_spans(struct timeline *tl, bool only_segments, double time);
void timeline_finish(struct timeline *tl);
double timeline_length(const struct timeline *tl);
void timeline_free(struct timeline *tl);

/* record.c, or record_none.c where the libraries are missing */
int record_command(struct timeline *tl, unsigned int kbytes, char *const argv[], int *status);

/* chrome.c */
int chrome_save(const struct timeline *tl, const char *path);
int chrome_load(struct timeline *tl, const char *path);

/* svg.c */
int svg_save(const struct timeline *tls, size_t nr, const char *path);

#endif /* _TOOLS_CPUHP_TIMELINE_H */
