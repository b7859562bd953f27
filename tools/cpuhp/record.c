// SPDX-License-Identifier: GPL-2.0
/*
 * Owns recording: a trace instance of its own, the events of the system cpuhp
 * in it, and their translation into a timeline. The only file that knows
 * libtracefs and libtraceevent.
 *
 * Fields are asked for by name. An event or a field that the running kernel
 * does not have is simply not there: a kernel without batches has the three
 * callback events, and that is enough for a picture.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tracefs.h>
#include <unistd.h>

#include "cpuhp.h"
#include "timeline.h"

#define SYSTEM		"cpuhp"
#define FLAG_IRQS_OFF	0x01	/* of common_flags */

struct recorder {
	struct timeline *tl;
	struct tep_handle *tep;
	unsigned long long first;	/* time of the first event, ns */
	bool started;
};

struct event {
	struct recorder *rec;
	struct tep_event *event;
	struct tep_record *record;
	int on_cpu;
	double time;
};

/* @otherwise if the event has no such field */
static long long field(const struct event *e, const char *name, long long otherwise)
{
	unsigned long long value;

	if (tep_get_any_field_val(NULL, e->event, name, e->record, &value, 0))
		return otherwise;
	return value;
}

/* int fields come back as if they were unsigned */
static int int_field(const struct event *e, const char *name)
{
	return (int)field(e, name, 0);
}

static char *function_name(const struct event *e, const char *name)
{
	unsigned long long address = field(e, name, 0);
	const char *function = tep_find_function(e->rec->tep, address);
	char *text;

	if (function)
		return strdup(function);
	if (asprintf(&text, "%#llx", address) < 0)
		err(EXIT_REFUSED, NULL);
	return text;
}

static enum lane lane_of(const struct event *e, unsigned int cpu)
{
	if (e->on_cpu != (int)cpu)
		return LANE_CONTROL;
	return field(e, "common_flags", 0) & FLAG_IRQS_OFF ? LANE_ATOMIC : LANE_THREAD;
}

static void on_enter(const struct event *e)
{
	struct slice *s = timeline_add_slice(e->rec->tl);

	s->cpu = int_field(e, "cpu");
	s->step = int_field(e, "idx");
	s->down = int_field(e, "target") < s->step;
	s->lane = lane_of(e, s->cpu);
	s->task = int_field(e, "common_pid");
	s->on_cpu = e->on_cpu;
	s->step_name = strdup(state_name(s->step));
	s->callback = function_name(e, "fun");
	s->start = e->time;
	s->open = true;
}

static void on_exit_event(const struct event *e)
{
	struct slice *s;

	s = timeline_find_open(e->rec->tl, int_field(e, "cpu"), int_field(e, "idx"),
			       int_field(e, "common_pid"), e->on_cpu);
	if (!s)
		return;	/* entered before the recording began */
	s->open = false;
	s->end = e->time;
	s->ret = int_field(e, "ret");
}

/* The kernel's own words for an event, as "trace" would show them. */
static char *event_text(const struct event *e)
{
	struct trace_seq seq;
	char *text;

	trace_seq_init(&seq);
	tep_print_event(e->rec->tep, &seq, e->record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	text = strdup(seq.buffer);
	trace_seq_destroy(&seq);
	return text;
}

static void add_span(const struct event *e, bool segment, char *text)
{
	struct span *s;

	timeline_end_spans(e->rec->tl, segment, e->time);
	s = timeline_add_span(e->rec->tl);
	s->segment = segment;
	s->open = true;
	s->start = e->time;
	s->text = text;
}

/* The most important first, as a drawing may cut the rest; @words if it cannot be parsed. */
static char *batch_text(char *words)
{
	char dir[16], policy[24], cpus[1024], *text;
	unsigned int nr;

	if (sscanf(words, "dir: %15s policy: %23s nr: %u first: %*u cpus: %1023s", dir, policy,
		   &nr, cpus) != 4)
		return words;
	if (asprintf(&text, "%s: %u CPUs, %s (%s)", dir, nr, cpus, policy) < 0)
		err(EXIT_REFUSED, NULL);
	free(words);
	return text;
}

static char *segment_text(char *words)
{
	char kind[16], mode[16], *text;
	int from, to;

	if (sscanf(words, "dir: %*s kind: %15s mode: %15s from: %d to: %d", kind, mode, &from,
		   &to) != 4)
		return words;
	if (asprintf(&text, "%s, %d to %d, %s", kind, from, to, mode) < 0)
		err(EXIT_REFUSED, NULL);
	free(words);
	return text;
}

static void on_batch_start(const struct event *e)
{
	add_span(e, false, batch_text(event_text(e)));
}

static void on_segment(const struct event *e)
{
	add_span(e, true, segment_text(event_text(e)));
}

static void on_batch_end(const struct event *e)
{
	timeline_end_spans(e->rec->tl, false, e->time);
}

/* Traced after the operation, and an injected failure has no enter and exit: a new slice. */
static void on_failure(const struct event *e)
{
	struct slice *s = timeline_add_slice(e->rec->tl);

	s->cpu = int_field(e, "cpu");
	s->step = int_field(e, "step");
	s->down = int_field(e, "dir");
	s->lane = LANE_CONTROL;
	s->ret = int_field(e, "err");
	s->step_name = strdup(state_name(s->step));
	s->callback = function_name(e, "fun");
	s->start = e->time;
	s->end = e->time;
}

static const struct {
	const char *name;
	void (*handle)(const struct event *e);
} handlers[] = {
	{ "cpuhp_enter",	on_enter },
	{ "cpuhp_multi_enter",	on_enter },
	{ "cpuhp_exit",		on_exit_event },
	{ "cpuhp_batch_start",	on_batch_start },
	{ "cpuhp_segment",	on_segment },
	{ "cpuhp_batch_end",	on_batch_end },
	{ "cpuhp_failure",	on_failure },
};

static int handle_event(struct tep_event *event, struct tep_record *record, int on_cpu,
			void *context)
{
	struct recorder *rec = context;
	struct event e = { rec, event, record, on_cpu, 0 };

	if (!rec->started) {
		rec->started = true;
		rec->first = record->ts;
	}
	e.time = (record->ts - rec->first) / 1e3;
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if (!strcmp(handlers[i].name, event->name))
			handlers[i].handle(&e);
	return 0;
}

static int handle_missed(struct tep_event *event, struct tep_record *record, int on_cpu,
			 void *context)
{
	struct recorder *rec = context;

	(void)event;
	(void)on_cpu;
	rec->tl->lost += record->missed_events > 0 ? record->missed_events : 1;
	return 0;
}

/* Functions only: two of three symbols are data, and the parser is not fast. */
static void learn_symbols(struct tep_handle *tep)
{
	FILE *in = sys_open("/proc/kallsyms"), *out;
	char *text = NULL, line[512], type;
	size_t size;

	if (!in)
		return;
	out = open_memstream(&text, &size);
	if (!out)
		err(EXIT_REFUSED, NULL);
	while (fgets(line, sizeof(line), in))
		if (sscanf(line, "%*x %c", &type) == 1 && strchr("tTwW", type))
			fputs(line, out);
	fclose(out);
	fclose(in);
	tep_parse_kallsyms(tep, text);
	free(text);
}

static int run(char *const argv[], int *status)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	pid_t pid;

	/* ^C ends the command; what it did until then is still written. */
	sigaction(SIGINT, &ignore, &before);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		sigaction(SIGINT, &before, NULL);
		execvp(argv[0], argv);
		warn("%s", argv[0]);
		_exit(127);
	}
	if (waitpid(pid, status, 0) < 0)
		return -errno;
	sigaction(SIGINT, &before, NULL);
	return 0;
}

static int record_in(struct tracefs_instance *instance, unsigned int kbytes,
		     struct timeline *tl, char *const argv[], int *status)
{
	static const char *const systems[] = { SYSTEM, NULL };
	struct recorder rec = { .tl = tl };
	int ret;

	tracefs_trace_off(instance);
	/* the default clock differs between CPUs */
	tracefs_instance_file_write(instance, "trace_clock", "mono");
	tracefs_instance_set_buffer_size(instance, kbytes, -1);
	if (tracefs_event_enable(instance, SYSTEM, NULL)) {
		warnx("the kernel has no trace events '%s'", SYSTEM);
		return -ENOENT;
	}

	tracefs_trace_on(instance);
	ret = run(argv, status);
	tracefs_trace_off(instance);
	if (ret)
		return ret;

	rec.tep = tracefs_local_events_system(NULL, systems);
	if (!rec.tep)
		return -ENOENT;
	learn_symbols(rec.tep);
	tracefs_follow_missed_events(instance, handle_missed, &rec);
	ret = tracefs_iterate_raw_events(rec.tep, instance, NULL, 0, handle_event, &rec);
	tep_free(rec.tep);
	return ret < 0 ? -EIO : 0;
}

/**
 * record_command - run a command and record what CPUs do meanwhile
 * @tl:		filled in; finished by the caller
 * @kbytes:	size of the trace buffer, per CPU
 * @argv:	the command, as for execvp()
 * @status:	its status, as from waitpid()
 *
 * Return: 0 or -errno, after a message
 */
int record_command(struct timeline *tl, unsigned int kbytes, char *const argv[], int *status)
{
	struct tracefs_instance *instance;
	char name[32];
	int ret;

	snprintf(name, sizeof(name), "cpuhp-%d", getpid());
	instance = tracefs_instance_create(name);
	if (!instance) {
		ret = -errno;
		warn("can't trace: tracefs");
		return ret;
	}
	ret = record_in(instance, kbytes, tl, argv, status);
	tracefs_event_disable(instance, SYSTEM, NULL);
	tracefs_instance_destroy(instance);
	tracefs_instance_free(instance);
	return ret;
}
