// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of the CPU hotplug line.
 *
 * Owns the two step arrays and the sections of the line. Other files ask for a
 * step's attributes and do not infer them from its number. Steps without an entry
 * here are filled at run time by registry.c.
 */
#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/nmi.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/relay.h>
#include <linux/sched/hotplug.h>
#include <linux/smp.h>
#include <linux/tick.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "../smpboot.h"
#include "../kthread_bound.h"
#include "cpuhp.h"

/* S of the legend: steps and their instances. */
DEFINE_MUTEX(cpuhp_state_mutex);

#define CPUHP_BP_LAST	CPUHP_BRINGUP_CPU
#define CPUHP_AP_FIRST	CPUHP_AP_IDLE_DEAD

static_assert(CPUHP_AP_FIRST - CPUHP_BP_LAST == 1);
static_assert(!CPUHP_OFFLINE);
/* A plan has room for the whole line, even with one segment per step. */
static_assert(CPUHP_ONLINE <= CPUHP_PLAN_MAX);

/* A name and a pair of callbacks. */
#define STEP(_state, _name, _up, _down)					\
	[_state] = { .name = _name, .cb = { { _up }, { _down } } }
#define STEP_NO_STOP(_state, _name, _up, _down)				\
	[_state] = { .name = _name, .cb = { { _up }, { _down } }, .no_stop = true }
#define STEP_MEET_DOWN(_state, _name, _up, _down)			\
	[_state] = { .name = _name, .cb = { { _up }, { _down } }, .meet_down = true }
#define STEP_GATE(_state, _name)					\
	[_state] = { .name = _name, .no_stop = true, .gate = true }
#define NONE	NULL

static struct cpuhp_step cpuhp_bp_steps[CPUHP_BP_LAST + 1] = {
	STEP(CPUHP_OFFLINE,		"offline",		NONE, NONE),
#ifdef CONFIG_SMP
	STEP_NO_STOP(CPUHP_CREATE_THREADS, "threads:prepare",	smpboot_create_threads, NONE),
	STEP(CPUHP_PERF_PREPARE,	"perf:prepare",		perf_event_init_cpu,
								perf_event_exit_cpu),
	STEP(CPUHP_RANDOM_PREPARE,	"random:prepare",	random_prepare_cpu, NONE),
	STEP(CPUHP_WORKQUEUE_PREP,	"workqueue:prepare",	workqueue_prepare_cpu, NONE),
	STEP(CPUHP_HRTIMERS_PREPARE,	"hrtimers:prepare",	hrtimers_prepare_cpu, NONE),
	STEP(CPUHP_SMPCFD_PREPARE,	"smpcfd:prepare",	smpcfd_prepare_cpu,
								smpcfd_dead_cpu),
	STEP(CPUHP_RELAY_PREPARE,	"relay:prepare",	relay_prepare_cpu, NONE),
	STEP(CPUHP_RCUTREE_PREP,	"RCU/tree:prepare",	rcutree_prepare_cpu,
								rcutree_dead_cpu),
	/*
	 * Above the blk-mq step: a dead CPU's timers must have moved before a
	 * tear_down waits for what they would have started, such as a GP.
	 */
	STEP(CPUHP_TIMERS_PREPARE,	"timers:prepare",	timers_prepare_cpu,
								timers_dead_cpu),
#ifdef CONFIG_HOTPLUG_SPLIT_STARTUP
	STEP(CPUHP_BP_KICK_AP,		"cpu:kick_ap",		cpuhp_kick, cpuhp_unkick),
#endif
	STEP_GATE(CPUHP_BRINGUP_CPU,	"cpu:bringup"),
#endif
};

static struct cpuhp_step cpuhp_ap_steps[CPUHP_ONLINE - CPUHP_AP_FIRST + 1] = {
#define AP(_state)	((_state) - CPUHP_AP_FIRST)
#ifdef CONFIG_SMP
	STEP_NO_STOP(AP(CPUHP_AP_IDLE_DEAD),	"idle:dead",		NONE, NONE),
	STEP_NO_STOP(AP(CPUHP_AP_OFFLINE),	"ap:offline",		NONE, NONE),
	STEP(AP(CPUHP_AP_SCHED_STARTING),	"sched:starting",	sched_cpu_starting,
									sched_cpu_dying),
	STEP(AP(CPUHP_AP_RCUTREE_DYING),	"RCU/tree:dying",	NONE, rcutree_dying_cpu),
	STEP(AP(CPUHP_AP_SMPCFD_DYING),		"smpcfd:dying",		NONE, smpcfd_dying_cpu),
	STEP(AP(CPUHP_AP_HRTIMERS_DYING),	"hrtimers:dying",	hrtimers_cpu_starting,
									hrtimers_cpu_dying),
	STEP(AP(CPUHP_AP_TICK_DYING),		"tick:dying",		NONE, tick_cpu_dying),
	STEP_NO_STOP(AP(CPUHP_AP_ONLINE),	"ap:online",		NONE, NONE),
	STEP_GATE(AP(CPUHP_TEARDOWN_CPU),	"cpu:teardown"),

	STEP(AP(CPUHP_AP_SCHED_WAIT_EMPTY),	"sched:waitempty",	NONE,
									sched_cpu_wait_empty),
	STEP(AP(CPUHP_AP_SMPBOOT_THREADS),	"smpboot/threads:online",
								smpboot_unpark_threads,
								smpboot_park_threads),
	STEP(AP(CPUHP_AP_IRQ_AFFINITY_ONLINE),	"irq/affinity:online",
								irq_affinity_online_cpu, NONE),
	STEP(AP(CPUHP_AP_PERF_ONLINE),		"perf:online",		perf_event_init_cpu,
									perf_event_exit_cpu),
	STEP(AP(CPUHP_AP_WATCHDOG_ONLINE),	"lockup_detector:online",
								lockup_detector_online_cpu,
								lockup_detector_offline_cpu),
	STEP(AP(CPUHP_AP_WORKQUEUE_ONLINE),	"workqueue:online",	workqueue_online_cpu,
									workqueue_offline_cpu),
	STEP(AP(CPUHP_AP_RANDOM_ONLINE),	"random:online",	random_online_cpu, NONE),
	STEP(AP(CPUHP_AP_RCUTREE_ONLINE),	"RCU/tree:online",	rcutree_online_cpu,
									rcutree_offline_cpu),
	STEP(AP(CPUHP_AP_BOUND_THREADS),	"threads:bound",	bound_threads_unpark,
									bound_threads_park),
	/* Cpusets and scheduling domains follow after it, before any driver's tear_down. */
	STEP_MEET_DOWN(AP(CPUHP_AP_ACTIVE),	"sched:active",		sched_cpu_activate,
									sched_cpu_deactivate),
#endif
	STEP(AP(CPUHP_ONLINE),			"online",		NONE, NONE),
};

/**
 * struct cpuhp_section - a run of states with common attributes
 * @first:	first state of it; it ends before the next section's first
 * @kind:	who runs its steps
 * @atomic:	interrupts are off and a step may not fail
 */
struct cpuhp_section {
	int first;
	enum cpuhp_kind kind;
	bool atomic;
};

static const struct cpuhp_section cpuhp_sections[] = {
	{ CPUHP_OFFLINE,		CPUHP_PREPARE,	false },
	{ CPUHP_BRINGUP_CPU,		CPUHP_HANDOVER,	false },
	{ CPUHP_AP_IDLE_DEAD,		CPUHP_HANDOVER,	true },
	{ CPUHP_AP_ONLINE,		CPUHP_HANDOVER,	false },
	{ CPUHP_AP_ONLINE_IDLE + 1,	CPUHP_THREAD,	false },
};

static const struct cpuhp_section *cpuhp_section(int state)
{
	const struct cpuhp_section *section = &cpuhp_sections[ARRAY_SIZE(cpuhp_sections) - 1];

	while (section->first > state)
		section--;
	return section;
}

/**
 * cpuhp_step - the step of a state
 * @state:	CPUHP_OFFLINE .. CPUHP_ONLINE
 *
 * Context: any. The content of the step is stable under a walk or
 * cpuhp_state_mutex.
 * Return: the step, never NULL
 */
struct cpuhp_step *cpuhp_step(int state)
{
	return state < CPUHP_AP_FIRST ? &cpuhp_bp_steps[state] :
					&cpuhp_ap_steps[state - CPUHP_AP_FIRST];
}

/* As cpuhp_step(); "-" for a state that is free. */
const char *cpuhp_step_name(int state)
{
	return cpuhp_step(state)->name ?: "-";
}

/* As cpuhp_step(); true if the step has no callback in direction @dir. */
bool cpuhp_step_empty(int state, enum cpuhp_dir dir)
{
	return !cpuhp_step(state)->cb[dir].ptr;
}

enum cpuhp_kind cpuhp_state_kind(int state)
{
	return cpuhp_section(state)->kind;
}

/* STARTING and DYING: the step runs with interrupts off, and may not fail. */
bool cpuhp_state_atomic(int state)
{
	return cpuhp_section(state)->atomic;
}

/* Do a step's callbacks run on the CPU that they are called for? */
bool cpuhp_state_on_ap(int state)
{
	return cpuhp_state_atomic(state) || cpuhp_state_kind(state) == CPUHP_THREAD;
}

/**
 * cpuhp_state_may_rest - may a user stop a CPU at this state?
 * @state:	CPUHP_OFFLINE .. CPUHP_ONLINE
 *
 * Not at a free state. And not in a handover, which is crossed as a whole: the
 * AP runs its steps with interrupts off and cannot rest there.
 *
 * Context: caller holds cpuhp_state_mutex.
 * Return: true if so
 */
bool cpuhp_state_may_rest(int state)
{
	const struct cpuhp_step *step = cpuhp_step(state);

	lockdep_assert_held(&cpuhp_state_mutex);
	return step->name && !step->no_stop && cpuhp_may_rest(&cpuhp_line, state);
}

/**
 * cpuhp_state_may_fail - may a failure be injected at a step?
 * @state:	CPUHP_OFFLINE .. CPUHP_ONLINE
 *
 * Context: caller holds cpuhp_state_mutex.
 * Return: true if the step has something to run that is allowed to fail
 */
bool cpuhp_state_may_fail(int state)
{
	const struct cpuhp_step *step = cpuhp_step(state);

	lockdep_assert_held(&cpuhp_state_mutex);
	return !cpuhp_state_atomic(state) &&
	       (step->gate || step->cb[CPUHP_UP].ptr || step->cb[CPUHP_DOWN].ptr);
}

/**
 * struct cpuhp_audit - a state whose callbacks may run side by side
 * @state:	the state
 * @up:		its bring_up may
 * @down:	its tear_down may
 */
struct cpuhp_audit {
	int state;
	bool up;
	bool down;
};

/*
 * A state is listed because its callbacks have been read: they touch only data
 * of the CPU they are called for, or take the lock that is named. A state that
 * is not listed goes one by one.
 *
 * Being safe is not enough. A step that does nearly all of its work under one
 * mutex (workqueue, cacheinfo, going down also perf) would have all CPUs spin
 * for the mutex, and gain nothing. And a step that does not wait, but lies
 * between two of those, would split their segment, which costs every CPU a
 * wake-up.
 */
static const struct cpuhp_audit cpuhp_audited[] = {
	/*
	 * own runqueue; sched_domains_mutex; the GPs of members under way coincide.
	 *
	 * Each member waits for its own GP. To let one member at a time wait for
	 * all was tried, and saved the others callbacks and ticks. But once a GP
	 * stayed open for many seconds: one member waited for it, the others for
	 * that member, all CPUs were idle, and the next timer of the boot CPU
	 * ended it. Why nothing else ended it before is not understood.
	 */
	{ CPUHP_AP_ACTIVE,			true,	true },
	/* this CPU's register of threads; the waits overlap */
	{ CPUHP_AP_BOUND_THREADS,		true,	true },
	/* this CPU's clock only */
	{ CPUHP_AP_X86_KVM_CLK_ONLINE,		true,	true },
	/* own timer and event; the buddy's mask is atomic */
	{ CPUHP_AP_WATCHDOG_ONLINE,		true,	false },
	/* tmc->lock; group state is exchanged atomically */
	{ CPUHP_AP_TMIGR_ONLINE,		true,	false },
	/* own CPU, interrupts off */
	{ CPUHP_AP_PERF_S390_SF_ONLINE,		true,	false },
	/* cfset_ctrset_mutex */
	{ CPUHP_AP_PERF_S390_CF_ONLINE,		true,	false },
	/* frees own memory */
	{ CPUHP_AP_PERF_X86_ONLINE,		true,	false },
	/* pmus_lock, for a moment */
	{ CPUHP_AP_PERF_ONLINE,			true,	false },
	/* own MSR, own device */
	{ CPUHP_AP_X86_INTEL_EPB_ONLINE,	true,	true },
	/* atomic bits; the waits for requests overlap */
	{ CPUHP_AP_BLK_MQ_ONLINE,		true,	true },
	/* sparse irq lock, desc->lock */
	{ CPUHP_AP_IRQ_AFFINITY_ONLINE,		true,	false },
	/* smpboot's lock is shared by park and unpark; the waits overlap */
	{ CPUHP_AP_SMPBOOT_THREADS,		true,	true },
	/* own runqueue; the waits overlap */
	{ CPUHP_AP_SCHED_WAIT_EMPTY,		false,	true },
	/* own CPU; going up, kvm adjusts clocks of all guests unlocked */
	{ CPUHP_AP_KVM_ONLINE,			false,	true },
};

/**
 * cpuhp_state_mode - how a batch shares a step
 * @state:	CPUHP_OFFLINE .. CPUHP_ONLINE
 * @dir:	which half
 *
 * Context: any.
 * Return: CPUHP_CONCURRENT where it is known to be safe
 */
enum cpuhp_mode cpuhp_state_mode(int state, enum cpuhp_dir dir)
{
	const struct cpuhp_audit *audit;

	if (cpuhp_step(state)->concurrent)
		return CPUHP_CONCURRENT;
	for (audit = cpuhp_audited; audit < cpuhp_audited + ARRAY_SIZE(cpuhp_audited); audit++) {
		if (audit->state == state && (dir == CPUHP_UP ? audit->up : audit->down))
			return CPUHP_CONCURRENT;
	}
	return CPUHP_ONE_BY_ONE;
}

/**
 * cpuhp_state_meets - do the members of a batch meet behind a step?
 * @state:	CPUHP_OFFLINE .. CPUHP_ONLINE
 * @dir:	direction they walk in
 *
 * In PREPARE, going down, all members meet behind each step. A tear_down may wait
 * for something that another CPU is to release; if that CPU is dead, too, one of
 * its steps above has to release it first.
 *
 * Context: any.
 * Return: true if no member goes on before all have crossed the step
 */
bool cpuhp_state_meets(int state, enum cpuhp_dir dir)
{
	return dir == CPUHP_DOWN &&
	       (cpuhp_step(state)->meet_down || cpuhp_state_kind(state) == CPUHP_PREPARE);
}

static enum cpuhp_kind line_kind(const struct cpuhp_line *line, int state)
{
	return cpuhp_state_kind(state);
}

static enum cpuhp_mode line_mode(const struct cpuhp_line *line, int state,
				 enum cpuhp_dir dir)
{
	return cpuhp_state_mode(state, dir);
}

static bool line_has(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return !cpuhp_step_empty(state, dir);
}

static bool line_meets(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return cpuhp_state_meets(state, dir);
}

/* The line as planner and walker see it. */
const struct cpuhp_line cpuhp_line = {
	.top	= CPUHP_ONLINE,
	.kind	= line_kind,
	.mode	= line_mode,
	.has	= line_has,
	.meets	= line_meets,
};
