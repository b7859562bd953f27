// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the words for a failure. The kernel's record in hotplug/last_failure/ is
 * exact; if it is missing, or is about another failure, the errno and the
 * position of the CPU must do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"

static const struct {
	int error;
	const char *meaning;
} meanings[] = {
	{ EACCES,	"only root may do this" },
	{ EPERM,	"SMT is off, or this CPU cannot be taken offline" },
	{ EROFS,	"sysfs is mounted read-only" },
	{ EINVAL,	"no such CPU, or a value the kernel does not accept" },
	{ ENODEV,	"no such CPU is present, or the machine has no SMT" },
	{ ENOENT,	"this CPU has no switch here" },
	{ EBUSY,	"in use: the last (housekeeping) CPU, a driver, or suspend holds it" },
	{ ENOSPC,	"no room for its interrupts on the remaining CPUs" },
	{ EAGAIN,	"not now; the CPU may still be dying, or a failure was injected" },
	{ EIO,		"the CPU did not answer" },
	{ EOPNOTSUPP,	"this machine cannot take CPUs offline" },
	{ EINTR,	"interrupted; the CPUs went back to where they were" },
	{ ENOMEM,	"out of memory" },
	{ E2BIG,	"the list is too long for one write" },
};

/** reason_errno - what an errno means when a CPU should move */
const char *reason_errno(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (meanings[i].error == error)
			return meanings[i].meaning;
	return strerror(error);
}

static const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "?";
}

static const char *const dir_name[] = {
	[GO_UP]		= "online",
	[GO_DOWN]	= "offline",
};

/** reason_print_record - what failed, and where that left the CPU */
void reason_print_record(FILE *out, const struct failure *f)
{
	int name = strcspn(f->callback, " ");

	fprintf(out, "step %d \"%s\" going %s%s: ", f->step, f->step_name, f->direction,
		f->undo ? " while undoing" : "");
	fprintf(out, "%.*s()%s returned %s (%s); ", name, f->callback, f->callback + name,
		errno_name(f->error), strerror(f->error));
	fprintf(out, "left at %d \"%s\"%s\n", f->left_at, f->left_at_name,
		f->undo ? ", broken" : "");
}

/*
 * The record may be older than the failure at hand: a list that is refused early,
 * such as a malformed one, leaves it as it was. Trust it only if CPU and errno
 * agree with the request. The direction may differ: a step that fails in an undo
 * is recorded with the direction of the undo.
 */
static bool record_applies(const struct failure *f, const char *list, int error)
{
	struct cpulist cpus;
	bool applies;

	if (f->error != error)
		return false;
	if (!list)
		return true;
	applies = !cpulist_parse(&cpus, list) && cpulist_has(&cpus, f->cpu);
	cpulist_free(&cpus);
	return applies;
}

/**
 * reason_print - say on stderr why a batch did not happen
 * @dir:	which way it should have gone
 * @list:	its CPUs, or NULL where the kernel chose them (SMT)
 * @error:	positive errno of the write
 */
void reason_print(enum direction dir, const char *list, int error)
{
	struct failure f;

	fprintf(stderr, "cpuhp: %s of %s failed: ", dir_name[dir],
		list ? list : "SMT siblings");
	if (failure_read(&f) && record_applies(&f, list, error)) {
		fprintf(stderr, "CPU %u, ", f.cpu);
		reason_print_record(stderr, &f);
		return;
	}
	fprintf(stderr, "%s (%s)\n", errno_name(error), reason_errno(error));
}

/**
 * reason_print_cpu - say on stderr why one CPU did not move
 * @dir:	which way it should have gone
 * @cpu:	the CPU
 * @error:	positive errno of the write
 */
void reason_print_cpu(enum direction dir, unsigned int cpu, int error)
{
	struct failure f;
	int state;

	fprintf(stderr, "cpuhp: %s of CPU %u failed: ", dir_name[dir], cpu);
	if (failure_read(&f) && f.cpu == cpu && f.error == error) {
		reason_print_record(stderr, &f);
		return;
	}
	fprintf(stderr, "%s (%s)", errno_name(error), reason_errno(error));
	if (!sys_int(&state, cpu_file(cpu, "hotplug/state")))
		fprintf(stderr, "; it is at %d \"%s\"", state, state_name(state));
	fputc('\n', stderr);
}
