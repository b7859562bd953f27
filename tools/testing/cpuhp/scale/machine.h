/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs that run side by side: what members of a takedown and the control CPU do for
 * each other. Each member has a stack of its own, and runs until it halts or is dead.
 */
#ifndef _CPUHP_TEST_SCALE_MACHINE_H
#define _CPUHP_TEST_SCALE_MACHINE_H

struct completion {
	unsigned int done;
};

/* A function that one CPU calls on another. */
typedef struct scale_call {
	void (*func)(void *info);
	void *info;
	struct scale_call *next;
} call_single_data_t;

struct cpu_stop_work { int unused; };

#define COMPLETION_INITIALIZER(x)	{ 0 }
#define CSD_INIT(_func, _info)		{ .func = (_func), .info = (_info) }
#define INIT_CSD(call, _func, _info)	(*(call) = (call_single_data_t)CSD_INIT(_func, _info))

void complete(struct completion *x);
void wait_for_completion(struct completion *x);

int smp_call_function_single_async(int cpu, call_single_data_t *call);
bool stop_one_cpu_nowait(unsigned int cpu, int (*work)(void *arg), void *arg,
			 struct cpu_stop_work *buf);
void arch_stop_machine_halt(void);
void scale_let_others_run(void);

/* All CPUs but the control CPU have no work, and no calls. */
void scale_machine_reset(void);

/* The CPU that runs just now; the control CPU is none of the members. */
#define SCALE_BP	MAX_MEMBERS
extern unsigned int scale_this_cpu;

#endif
