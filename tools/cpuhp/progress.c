// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the progress bar: reading hotplug/progress/, drawing on stderr, and the
 * one write that can take long enough to deserve a bar.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cpuhp.h"

#define PROGRESS	"hotplug/progress/"

#define BAR_WIDTH	40
#define REDRAW_MS	50

/* false: the bar is never drawn */
bool progress_wanted;

/**
 * progress_read - what the kernel says about the operation in progress
 * @p:	filled in; @p->what is empty when nothing moves
 *
 * The files are read one after the other while the operation goes on; the bar
 * may be wrong for one redraw.
 *
 * Return: false if the kernel has no such files
 */
bool progress_read(struct progress *p)
{
	memset(p, 0, sizeof(*p));
	if (sys_line(p->what, sizeof(p->what), PROGRESS "operation") ||
	    sys_int(&p->segment, PROGRESS "segment") ||
	    sys_int(&p->nr_segments, PROGRESS "segments") ||
	    sys_int(&p->done, PROGRESS "crossed") ||
	    sys_int(&p->total, PROGRESS "cpus")) {
		memset(p, 0, sizeof(*p));
		return false;
	}
	if (!strcmp(p->what, "idle"))
		memset(p, 0, sizeof(*p));
	return true;
}

/* Segments before this one are whole; this one counts by its CPUs. */
static double fraction(const struct progress *p)
{
	double within = p->total ? (double)p->done / p->total : 0;
	double f;

	if (!p->nr_segments)
		return within;
	f = ((p->segment ? p->segment - 1 : 0) + within) / p->nr_segments;
	return f > 1 ? 1 : f;
}

/** progress_draw - draw the bar over the one drawn before */
void progress_draw(const struct progress *p)
{
	char bar[BAR_WIDTH + 1];
	int full;

	if (!progress_wanted || !*p->what)
		return;
	full = fraction(p) * BAR_WIDTH;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r%-8s [%s] ", p->what, bar);
	if (p->nr_segments)
		fprintf(stderr, "segment %d/%d ", p->segment, p->nr_segments);
	fprintf(stderr, "CPUs %d/%d\033[K", p->done, p->total);
	fflush(stderr);
}

/** progress_clear - remove the bar, before other output */
void progress_clear(void)
{
	if (progress_wanted)
		fputs("\r\033[K", stderr);
}

static void draw_until_exit(pid_t child)
{
	struct pollfd exited = { .events = POLLIN };
	struct progress p;

	exited.fd = pidfd_open(child, 0);
	if (exited.fd < 0)
		return;
	while (!poll(&exited, 1, REDRAW_MS)) {
		if (!progress_read(&p))
			break;
		progress_draw(&p);
	}
	close(exited.fd);
	progress_clear();
}

/**
 * progress_write - write @text to @path and show how it gets on
 * @text:	what to write
 * @path:	as for sys_write()
 *
 * The write happens in a child, which alone takes a signal from the terminal:
 * the kernel answers a fatal one by taking the CPUs back to where they were,
 * and the parent lives to say so.
 *
 * Return: 0 or -errno; -EINTR if the writer was killed
 */
int progress_write(const char *text, const char *path)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int status;
	pid_t pid;

	if (!progress_wanted)
		return sys_write(text, path);

	fflush(NULL);
	sigaction(SIGINT, &ignore, &before);
	pid = fork();
	if (pid < 0)
		err(EXIT_REFUSED, "fork");
	if (!pid) {
		sigaction(SIGINT, &before, NULL);
		_exit(-sys_write(text, path));
	}
	draw_until_exit(pid);
	if (waitpid(pid, &status, 0) < 0)
		err(EXIT_REFUSED, "waitpid");
	sigaction(SIGINT, &before, NULL);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
