/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations of stir.c: what became of each of them, as lines for the host.
 *
 *	# ops KIND:CPUS:NANOSECONDS:ERRNO ...
 */
#ifndef LAB_SOAK_OPS_H
#define LAB_SOAK_OPS_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define OPS_PER_LINE	24

enum kind {
	SET_OFF,
	SET_ON,
	ONE_OFF,
	ONE_ON,
	SMT_OFF,
	SMT_ON,
	TARGET_DOWN,
	TARGET_UP,
	SUSPEND,
};

struct op {
	enum kind kind;
	int cpus, error;
	long long ns;
};

static const char * const kind_names[] = {
	[SET_OFF]	= "set-off",
	[SET_ON]	= "set-on",
	[ONE_OFF]	= "one-off",
	[ONE_ON]	= "one-on",
	[SMT_OFF]	= "smt-off",
	[SMT_ON]	= "smt-on",
	[TARGET_DOWN]	= "target-down",
	[TARGET_UP]	= "target-up",
	[SUSPEND]	= "suspend",
};

/* Those that are not printed yet. */
static struct op ops[OPS_PER_LINE];
static size_t op_count, ops_waiting;
static unsigned int failed, refused;

static inline long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline void print_ops(void)
{
	size_t i;

	if (!ops_waiting)
		return;
	printf("# ops");
	for (i = 0; i < ops_waiting; i++)
		printf(" %s:%d:%lld:%d", kind_names[ops[i].kind], ops[i].cpus, ops[i].ns,
		       ops[i].error);
	printf("\n");
	ops_waiting = 0;
}

/* A task that does not freeze in time, or wakes the machine up, ends a suspend. */
static inline bool may_be_refused(const struct op *op)
{
	return op->kind == SUSPEND && (op->error == EBUSY || op->error == EAGAIN);
}

static inline void remember(enum kind kind, int cpus, long long ns, int error)
{
	struct op op = { .kind = kind, .cpus = cpus, .ns = ns, .error = error };

	op_count++;
	ops[ops_waiting++] = op;
	if (ops_waiting == OPS_PER_LINE)
		print_ops();
	if (!error)
		return;
	if (may_be_refused(&op)) {
		refused++;
		return;
	}
	failed++;
	printf("# %s of %d CPUs: %s\n", kind_names[kind], cpus, strerror(error));
}

#endif
