/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The takedown, for its files only: takedown.c chooses the way; takedown_stop.c
 * and takedown_quiet.c are the two ways, limbo.c is the members' half of the
 * second, and quiet_steps.c says which steps bear it.
 */
#ifndef _KERNEL_CPUHP_TAKEDOWN_H
#define _KERNEL_CPUHP_TAKEDOWN_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpuhotplug.h>
#include <linux/smp.h>

#include "cpuhp.h"

/* takedown_stop.c */
unsigned int cpuhp_stop_max(void);
void cpuhp_leave_stopped(const struct cpumask *members);

/* While no member can set its own. */
static inline void cpuhp_set_results(const struct cpumask *cpus, int result)
{
	unsigned int cpu;

	for_each_cpu(cpu, cpus)
		per_cpu(cpuhp_rec.m.result, cpu) = result;
}

/* What a CPU does last while RCU and interrupts still work for it. Interrupts off. */
static inline void cpuhp_die(struct cpuhp_rec *rec)
{
	arch_cpuhp_irq_settled();
	cpuhp_set_pos(rec, CPUHP_AP_ONLINE);
	cpuhp_run_steps_nofail(rec, CPUHP_DOWN, CPUHP_AP_OFFLINE);
}

#ifdef CONFIG_QUIET_TAKEDOWN
/**
 * struct cpuhp_limbo - what the members of a quiet takedown share
 * @turns:	the CPUs whose turns it is, the lowest first (W)
 * @turn:	what each of them is to do (W)
 * @missing:	how many members have still to arrive, or to go
 * @stage:	all members have arrived or gone, or the last turn is over
 * @last:	the call by which the last member completes @stage. Its own timers
 *		may have moved, so that it cannot wake a task itself
 */
struct cpuhp_limbo {
	const struct cpumask *turns;
	enum cpuhp_turn turn;
	atomic_t missing;
	struct completion stage;
	call_single_data_t last;
};

/* takedown_quiet.c, limbo.c */
void cpuhp_leave_quietly(const struct cpumask *members);
void cpuhp_limbo_enter(unsigned int cpu, struct cpuhp_limbo *shared);
void cpuhp_limbo_kick(unsigned int cpu);
void cpuhp_give_turn(unsigned int cpu, enum cpuhp_turn turn);
#else
static inline void cpuhp_leave_quietly(const struct cpumask *members) { }
#endif

/**
 * enum cpuhp_stretch - where a quiet takedown can be made to last
 * @CPUHP_STRETCH_NONE:		nowhere
 * @CPUHP_STRETCH_GATHER:	members are in limbo, and online
 * @CPUHP_STRETCH_GRACE:	they are offline; the GP has not begun
 * @CPUHP_STRETCH_SETTLE:	interrupts have moved
 * @CPUHP_STRETCH_TURN:		a member has run its DYING steps
 * @CPUHP_STRETCH_CLOSE:	a member cannot be reached, but its queue is open
 */
enum cpuhp_stretch {
	CPUHP_STRETCH_NONE,
	CPUHP_STRETCH_GATHER,
	CPUHP_STRETCH_GRACE,
	CPUHP_STRETCH_SETTLE,
	CPUHP_STRETCH_TURN,
	CPUHP_STRETCH_CLOSE,
};

/* inject.c */
#ifdef CONFIG_CPUHP_INJECT
void cpuhp_stretch(enum cpuhp_stretch stage);
int cpuhp_refusal(unsigned int cpu);
#else
static inline void cpuhp_stretch(enum cpuhp_stretch stage) { }
static inline int cpuhp_refusal(unsigned int cpu) { return 0; }
#endif

/* This CPU has been marked offline, and stays after all. Interrupts off. */
static inline void cpuhp_stay(unsigned int cpu)
{
	arch_cpuhp_stays();
	set_cpu_online(cpu, true);
}

/* Ask the architecture to let this CPU go, in its turn. An errno leaves it online. */
static inline int cpuhp_disable_in_turn(unsigned int cpu)
{
	int err = cpuhp_refusal(cpu);

	if (!err)
		err = __cpu_disable();
	if (err)
		cpuhp_stay(cpu);
	return err;
}

#endif /* _KERNEL_CPUHP_TAKEDOWN_H */
