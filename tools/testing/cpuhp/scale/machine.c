// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that run side by side, one at a time: whoever is called, or has work for its
 * stopper, runs when the control CPU waits. What they send each other is counted.
 */

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include "cpuhp.h"
#include "world.h"

#define STACK_SIZE	16384

/**
 * struct machine_cpu - one CPU
 * @context:	where it goes on
 * @work:	of its stopper, NULL if there is none
 * @arg:	for @work
 * @alive:	it has a context
 * @calls:	what others call on it, the first one first
 * @queued:	it is to run
 * @next:	who is to run then
 */
struct machine_cpu {
	ucontext_t context;
	int (*work)(void *arg);
	void *arg;
	bool alive;
	call_single_data_t *calls;
	bool queued;
	struct machine_cpu *next;
};

unsigned int scale_this_cpu = SCALE_BP;

static struct machine_cpu machine[MAX_MEMBERS + 1];
static char stacks[MAX_MEMBERS][STACK_SIZE] __attribute__((aligned(16)));
static struct machine_cpu *to_run, **last_to_run = &to_run;

void scale_machine_reset(void)
{
	memset(machine, 0, sizeof(machine));
	to_run = NULL;
	last_to_run = &to_run;
	scale_this_cpu = SCALE_BP;
}

static void let_run(struct machine_cpu *cpu)
{
	if (cpu->queued)
		return;
	cpu->queued = true;
	cpu->next = NULL;
	*last_to_run = cpu;
	last_to_run = &cpu->next;
}

static struct machine_cpu *next_to_run(void)
{
	struct machine_cpu *cpu = to_run;

	if (!cpu) {
		printf("not ok scale: a CPU waits for something that nobody does\n");
		exit(1);
	}
	to_run = cpu->next;
	if (!to_run)
		last_to_run = &to_run;
	cpu->queued = false;
	return cpu;
}

static void run_calls(struct machine_cpu *cpu)
{
	call_single_data_t *call;

	while ((call = cpu->calls)) {
		cpu->calls = call->next;
		call->func(call->info);
	}
}

static void run_member(void)
{
	struct machine_cpu *cpu = &machine[scale_this_cpu];

	while (cpu->work) {
		int (*work)(void *arg) = cpu->work;

		cpu->work = NULL;
		work(cpu->arg);
		run_calls(cpu);
	}
	if (scale_has_left(scale_this_cpu))
		cpuhp_report_idle_dead();
	run_calls(cpu);
	cpu->alive = false;
}

static void begin_member(struct machine_cpu *cpu)
{
	getcontext(&cpu->context);
	cpu->context.uc_stack.ss_sp = stacks[cpu - machine];
	cpu->context.uc_stack.ss_size = STACK_SIZE;
	cpu->context.uc_link = &machine[SCALE_BP].context;
	makecontext(&cpu->context, run_member, 0);
	cpu->alive = true;
}

static void run_one(void)
{
	struct machine_cpu *cpu = next_to_run(), *bp = &machine[SCALE_BP];

	if (cpu == bp) {
		run_calls(bp);
		return;
	}
	if (!cpu->alive && cpu->work)
		begin_member(cpu);
	scale_this_cpu = cpu - machine;
	if (cpu->alive)
		swapcontext(&bp->context, &cpu->context);
	else
		run_calls(cpu);
	scale_this_cpu = SCALE_BP;
}

/* A member is resumed because it has been called, or its turn has come. */
void arch_stop_machine_halt(void)
{
	struct machine_cpu *cpu = &machine[scale_this_cpu];

	swapcontext(&cpu->context, &machine[SCALE_BP].context);
	run_calls(cpu);
}

/* While the control CPU sleeps. */
void scale_let_others_run(void)
{
	while (to_run)
		run_one();
}

/* Only the control CPU ever waits. */
void complete(struct completion *x)
{
	scale_count(SCALE_IPIS, scale_this_cpu != SCALE_BP);
	x->done++;
}

void wait_for_completion(struct completion *x)
{
	while (!x->done)
		run_one();
	x->done--;
}

/* Only the first of several calls that wait interrupts the CPU. */
int smp_call_function_single_async(int cpu, call_single_data_t *call)
{
	call_single_data_t **last = &machine[cpu].calls;

	scale_count(SCALE_CALLS, 1);
	scale_count(SCALE_IPIS, !*last);
	while (*last)
		last = &(*last)->next;
	call->next = NULL;
	*last = call;
	let_run(&machine[cpu]);
	return 0;
}

bool stop_one_cpu_nowait(unsigned int cpu, int (*work)(void *arg), void *arg,
			 struct cpu_stop_work *buf)
{
	scale_order(SCALE_STOPPERS);
	machine[cpu].work = work;
	machine[cpu].arg = arg;
	let_run(&machine[cpu]);
	return true;
}
