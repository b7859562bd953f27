/* SPDX-License-Identifier: GPL-2.0 */
/* The trace events of the system "cpuhp", recorded in a ring buffer of our own. */
#ifndef CPUHP_TRACE_EVENTS_H
#define CPUHP_TRACE_EVENTS_H

#include <sched.h>
#include <stdbool.h>

#define TRACING		"/sys/kernel/tracing"

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

/* The kinds of segment, in the order in which a CPU on its way down meets them. */
enum { THREAD, HANDOVER, PREPARE, NR_KINDS };

/**
 * struct event - one line of the trace; fields that its event lacks are 0
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
 * @dir:	"up" or "down"; of all but enter and exit
 * @kind:	of a segment, NR_KINDS for an unknown one
 * @mode:	of a segment
 * @policy:	of batch_start
 * @cpus:	of batch_start
 */
struct event {
	int what, cpu, step, target, pos, from, to, nr, done, failed, err, kind;
	char dir[8], mode[16], policy[24];
	cpu_set_t cpus;
};

int trace_open(void);
int trace_close(void);
int trace_start(void);
int trace_read(struct event *event, int max);

#endif /* CPUHP_TRACE_EVENTS_H */
