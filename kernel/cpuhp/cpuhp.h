/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU hotplug: the map of this folder.
 *
 * Dependencies point down this list only:
 *
 *   sysfs.c sysfs_smt.c		attributes of the cpu subsystem
 *   smt.c suspend.c boot.c parallel.c	users of a batch
 *   online.c offline.c			what anybody may ask for: checks, vetoes
 *   batch.c				one operation on a set of CPUs
 *   up.c down.c takedown.c		handover between BP and AP
 *   down_absent.c			the same without HOTPLUG_CPU
 *   thread.c				the AP's hotplug thread
 *   sync.c sync_alive.c sync_dead.c	handshake with a CPU that cannot sleep
 *   registry.c				states and instances come and go
 *   bound.c quiesce.c			bound threads; keeping others away
 *   invoke.c				one step on one CPU
 *   steps.c				the steps
 *   own.c				what one CPU has to itself of an operation
 *   report.c trace.c stats.c watch.c lock.c lockdep.c arch.c	leaves
 *   plan.c walk.c			pure, see walk.h
 *
 * Terms: BP control CPU; AP hotplugged CPU; step: an entry of the line, a pair of
 * callbacks; state: its number; position: what a CPU has completed (see walk.h);
 * batch: the set of CPUs that one operation moves.
 *
 * Locking legend, used on the fields below
 *
 *   M  cpu_add_remove_lock: taken by every operation for its whole length, so
 *      there is one operation at a time and its data can be static
 *   W  cpu_hotplug_lock, write side: held while CPUs move
 *   R  cpu_hotplug_lock, either side: CPUs do not move under a reader
 *   S  cpuhp_state_mutex: the steps and their instance lists. Nests inside R.
 *      A walk reads steps under W without it; registry writers hold R, which
 *      excludes a walk
 *   O  owner: written by whoever moves the CPU just now. BP in PREPARE, the AP
 *      with interrupts off in STARTING and DYING, the AP's thread above; the
 *      ownership passes through sync.c, the idle completion or thread.c
 *   L  lockless word, barriers named where it is used
 *
 * Order: device_hotplug_lock > cpu_add_remove_lock > cpu_hotplug_lock >
 * cpuhp_state_mutex > sparse_irq_lock.
 */
#ifndef _KERNEL_CPUHP_H
#define _KERNEL_CPUHP_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/topology.h>
#include <linux/types.h>

#include "quiesce.h"
#include "walk.h"

struct attribute_group;
struct task_struct;

/* steps: steps.c */

/**
 * union cpuhp_callback - one half of a step
 * @single:	for steps that run once per CPU
 * @multi:	for steps that run once per CPU and instance
 * @ptr:	for comparing with NULL and for naming the symbol
 */
union cpuhp_callback {
	int (*single)(unsigned int cpu);
	int (*multi)(unsigned int cpu, struct hlist_node *node);
	void *ptr;
};

/**
 * struct cpuhp_step - a step of the line
 * @name:	what sysfs shows; NULL marks a free step (S)
 * @cb:		bring_up and tear_down, indexed by enum cpuhp_dir (S)
 * @instances:	of a multi-instance step (S)
 * @multi:	callbacks take an instance (S)
 * @concurrent:	whoever registered it says they may run side by side (S)
 * @no_stop:	a CPU cannot rest right after this step
 * @gate:	no callback: the core itself hands over at this step
 * @meet_down:	going down, no member goes on before all have crossed this step
 */
struct cpuhp_step {
	const char *name;
	union cpuhp_callback cb[2];
	struct hlist_head instances;
	bool multi;
	bool concurrent;
	bool no_stop;
	bool gate;
	bool meet_down;
};

extern struct mutex cpuhp_state_mutex;
extern const struct cpuhp_line cpuhp_line;

struct cpuhp_step *cpuhp_step(int state);
const char *cpuhp_step_name(int state);
bool cpuhp_step_empty(int state, enum cpuhp_dir dir);
enum cpuhp_kind cpuhp_state_kind(int state);
bool cpuhp_state_atomic(int state);
bool cpuhp_state_on_ap(int state);
bool cpuhp_state_may_rest(int state);
bool cpuhp_state_may_fail(int state);
enum cpuhp_mode cpuhp_state_mode(int state, enum cpuhp_dir dir);
bool cpuhp_state_meets(int state, enum cpuhp_dir dir);

/* failures: report.c */

/**
 * struct cpuhp_failure - what went wrong, typed
 * @cpu:	whose walk it was
 * @state:	the step that failed
 * @dir:	direction in which the step ran
 * @callback:	its callback, NULL where the core itself refused
 * @err:	negative errno
 * @left_at:	position the CPU was left at
 * @undo:	the step failed while undoing; the CPU is not where it was
 */
struct cpuhp_failure {
	unsigned int cpu;
	int state;
	enum cpuhp_dir dir;
	void *callback;
	int err;
	int left_at;
	bool undo;
};

void cpuhp_report(const struct cpuhp_failure *failure);
void cpuhp_note_veto(const struct cpumask *cpus, void *callback, int err);
void cpuhp_report_veto(const struct cpumask *cpus, void *callback, int err);
void cpuhp_forget_failure(void);
int cpuhp_last_failure(char *buf, size_t size);

/* per-CPU record: kernel/cpu.c */

/**
 * enum cpuhp_request - what the AP's thread is asked to do
 * @CPUHP_REQ_NONE:	nothing
 * @CPUHP_REQ_WALK:	walk to rec->to
 * @CPUHP_REQ_CALL:	run the one step rec->call_state, for registry.c
 */
enum cpuhp_request {
	CPUHP_REQ_NONE,
	CPUHP_REQ_WALK,
	CPUHP_REQ_CALL,
};

/**
 * struct cpuhp_rec - what the core knows of one CPU
 * @m:		its part in an operation; m.pos is the CPU's state and m.target
 *		what sysfs shows as target (O; the rest M)
 * @fail:	step whose next run is to fail, CPUHP_INVALID for none (L: set by
 *		sysfs, cleared by the owner)
 * @failed:	the latest failure of a step (O)
 * @first:	the failure that ended the member's way out (M)
 * @was_dying:	cpu_dying() when the operation began (M)
 * @running:	step being run just now, 0 between steps (O, read by watch.c)
 * @running_dir: its direction
 * @running_cb:	its callback
 * @since:	jiffies when it began
 * @runner:	task that runs it
 * @slow:	it has been reported as slow (watch.c)
 * @thread:	the AP's hotplug thread
 * @req:	the mailbox is full (L: release by the BP, acquire by the AP)
 * @dir:	of the request
 * @to:		CPUHP_REQ_WALK: where to
 * @call_state:	CPUHP_REQ_CALL: which step
 * @call_node:	CPUHP_REQ_CALL: which instance, or NULL
 * @result:	the thread's answer, published by @done
 * @done:	the thread has answered
 * @idle:	the AP's idle task is up, or is dead
 * @dead_call:	the dead CPU's word to @idle
 * @sync:	enum cpuhp_sync_state (L: sync.c)
 * @kicked:	the architecture has something to clean up after a kick (M)
 */
struct cpuhp_rec {
	struct cpuhp_member m;
	int fail;
	struct cpuhp_failure failed;
	struct cpuhp_failure first;
	bool was_dying;
#ifdef CONFIG_SMP
	int running;
	enum cpuhp_dir running_dir;
	void *running_cb;
	unsigned long since;
	struct task_struct *runner;
	bool slow;

	struct task_struct *thread;
	enum cpuhp_request req;
	enum cpuhp_dir dir;
	int to;
	int call_state;
	struct hlist_node *call_node;
	int result;
	struct completion done;
	struct completion idle;
	call_single_data_t dead_call;
	atomic_t sync;
	bool kicked;
#endif
};

DECLARE_PER_CPU(struct cpuhp_rec, cpuhp_rec);

static inline struct cpuhp_rec *cpuhp_rec_of(struct cpuhp_member *m)
{
	return container_of(m, struct cpuhp_rec, m);
}

/* Position of @cpu; exact under R, a glimpse without. */
static inline int cpuhp_pos(unsigned int cpu)
{
	return READ_ONCE(per_cpu(cpuhp_rec.m.pos, cpu));
}

static inline void cpuhp_set_pos(struct cpuhp_rec *rec, int pos)
{
	WRITE_ONCE(rec->m.pos, pos);
}

/* one step on one CPU: invoke.c */
bool cpuhp_fail_injected(struct cpuhp_rec *rec, int state);
void cpuhp_note_failure(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
			void *callback, int err);
int cpuhp_invoke(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
		 struct hlist_node *node);
int cpuhp_run_steps(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to);

#ifdef CONFIG_SMP
void cpuhp_run_steps_nofail(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to);

/* lockdep classes of the line: lockdep.c. Held by whichever side runs a step. */
#ifdef CONFIG_LOCKDEP
void cpuhp_lockdep_acquire(enum cpuhp_dir dir);
void cpuhp_lockdep_release(enum cpuhp_dir dir);
#else
static inline void cpuhp_lockdep_acquire(enum cpuhp_dir dir) { }
static inline void cpuhp_lockdep_release(enum cpuhp_dir dir) { }
#endif
static inline void cpuhp_lockdep_may_wait(void)
{
	cpuhp_lockdep_acquire(CPUHP_DOWN);
	cpuhp_lockdep_release(CPUHP_DOWN);
	cpuhp_lockdep_acquire(CPUHP_UP);
	cpuhp_lockdep_release(CPUHP_UP);
}

/* the hotplug thread of an AP: thread.c */
void cpuhp_thread_walk(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to);
int cpuhp_thread_wait(struct cpuhp_rec *rec);
int cpuhp_thread_call(unsigned int cpu, int state, enum cpuhp_dir dir,
		      struct hlist_node *node);

/* the handshake with a CPU that cannot sleep: sync.c, sync_alive.c, sync_dead.c */
enum cpuhp_sync_state {
	CPUHP_SYNC_DEAD,
	CPUHP_SYNC_KICKED,
	CPUHP_SYNC_SHOULD_DIE,
	CPUHP_SYNC_ALIVE,
	CPUHP_SYNC_SHOULD_ONLINE,
	CPUHP_SYNC_ONLINE,
};

#ifdef CONFIG_HOTPLUG_CORE_SYNC
void cpuhp_sync_report(enum cpuhp_sync_state state);
bool cpuhp_sync_wait(unsigned int cpu, enum cpuhp_sync_state state,
		     enum cpuhp_sync_state next);
#else
static inline void cpuhp_sync_report(enum cpuhp_sync_state state) { }
#endif

#ifdef CONFIG_HOTPLUG_CORE_SYNC_FULL
bool cpuhp_sync_may_kick(unsigned int cpu);
int cpuhp_sync_alive(unsigned int cpu);
void cpuhp_sync_settle(unsigned int cpu);
#else
static inline bool cpuhp_sync_may_kick(unsigned int cpu) { return true; }
static inline int cpuhp_sync_alive(unsigned int cpu) { return 0; }
#endif

#ifdef CONFIG_HOTPLUG_CORE_SYNC_DEAD
void cpuhp_sync_should_die(unsigned int cpu);
void cpuhp_sync_dead(unsigned int cpu);
#else
static inline void cpuhp_sync_should_die(unsigned int cpu) { }
static inline void cpuhp_sync_dead(unsigned int cpu) { }
#endif

/* handover: up.c, down.c, takedown.c */
int cpuhp_kick(unsigned int cpu);
int cpuhp_unkick(unsigned int cpu);
int cpuhp_handover_up(struct cpuhp_rec *rec);

void cpuhp_takedown(struct cpuhp_member *first, int to);
unsigned int cpuhp_leave_max(void);
void cpuhp_stop_members(const struct cpumask *members);

/* what one CPU has to itself of an operation: own.c */
int _cpu_down(unsigned int cpu, int (*work)(void *data), void *data);
int _cpu_up(unsigned int cpu, int (*work)(void *data), void *data);

/* an operation: batch.c */

/**
 * struct cpuhp_op - what a batch is asked to do
 * @dir:	which way
 * @target:	position to reach
 * @policy:	what a failure means for the others
 * @tasks_frozen: for cpuhp_tasks_frozen
 * @give_up:	an errno takes the batch back; asked until the takedown begins.
 *		NULL where nothing may interrupt it
 * @data:	for @give_up
 */
struct cpuhp_op {
	enum cpuhp_dir dir;
	int target;
	enum cpuhp_policy policy;
	bool tasks_frozen;
	int (*give_up)(void *data);
	void *data;
};

int cpuhp_batch(const struct cpumask *cpus, const struct cpuhp_op *op);
int cpuhp_batch_progress(char *buf, size_t size);

/* counts and latencies: stats.c */
void cpuhp_stats_step(int state, enum cpuhp_dir dir, u64 ns);

/**
 * enum cpuhp_counter - events of the core worth counting
 * @CPUHP_COUNT_BATCHES:	operations that moved at least one CPU
 * @CPUHP_COUNT_CPUS:		members of those
 * @CPUHP_COUNT_WRITE_LOCKS:	write-side acquisitions of the hotplug lock
 * @CPUHP_COUNT_STOPS:		stop_machine calls
 * @CPUHP_COUNT_WAKEUPS:	requests put to hotplug threads
 * @CPUHP_COUNT_NR:		how many there are
 */
enum cpuhp_counter {
	CPUHP_COUNT_BATCHES,
	CPUHP_COUNT_CPUS,
	CPUHP_COUNT_WRITE_LOCKS,
	CPUHP_COUNT_STOPS,
	CPUHP_COUNT_WAKEUPS,
	CPUHP_COUNT_NR,
};

void cpuhp_count(enum cpuhp_counter counter, unsigned int n);

/* steps that take too long: watch.c */
void cpuhp_watch_begin(const struct cpumask *cpus);
void cpuhp_watch_end(void);

/* may anybody move CPUs? online.c */
extern int cpuhp_disabled_depth;
int cpuhp_operation_begin(enum cpuhp_quiesce *quiesce);
void cpuhp_operation_end(enum cpuhp_quiesce quiesce);
int cpuhp_may_online(unsigned int cpu);
int cpuhp_owner_killed(void *owner);
int cpuhp_online(const struct cpumask *cpus, int target, struct task_struct *owner);

#else /* !CONFIG_SMP */

static inline int cpuhp_thread_call(unsigned int cpu, int state, enum cpuhp_dir dir,
				    struct hlist_node *node)
{
	return cpuhp_invoke(per_cpu_ptr(&cpuhp_rec, cpu), state, dir, node);
}

static inline void cpuhp_stats_step(int state, enum cpuhp_dir dir, u64 ns) { }
static inline void cpuhp_watch_begin(const struct cpumask *cpus) { }
static inline void cpuhp_watch_end(void) { }

#endif /* CONFIG_SMP */

#ifdef CONFIG_HOTPLUG_CPU
/* lock.c */
void cpuhp_lockdep_borrow(void);
void cpuhp_lockdep_return(void);
bool cpuhp_offline_unsupported(void);
void cpuhp_disable_undo(void);

/* offline.c; callers hold M */
int cpuhp_offline_from(unsigned int control, const struct cpumask *cpus,
		       const struct cpuhp_op *op);
int cpuhp_offline_locked(const struct cpumask *cpus, const struct cpuhp_op *op);
int cpuhp_check_removable(const struct cpumask *cpus);
int cpuhp_offline(const struct cpumask *cpus, int target, struct task_struct *owner);
#else
static inline void cpuhp_lockdep_borrow(void) { }
static inline void cpuhp_lockdep_return(void) { }
#endif

/* sysfs.c, sysfs_smt.c */
extern const struct attribute_group cpuhp_smt_group;
#if defined(CONFIG_SYSFS) && defined(CONFIG_HOTPLUG_CPU)
void cpuhp_sync_devices(const struct cpumask *cpus);
#else
static inline void cpuhp_sync_devices(const struct cpumask *cpus) { }
#endif

#ifdef CONFIG_HOTPLUG_SMT
/* smt.c */
extern unsigned int cpuhp_smt_max_threads;
bool cpuhp_bootable(unsigned int cpu);
bool cpuhp_smt_threads_valid(unsigned int threads);
int cpuhp_smt_switch(enum cpuhp_smt_control control, unsigned int threads);

static inline bool cpuhp_is_primary(unsigned int cpu)
{
	return topology_is_primary_thread(cpu);
}
#else
#define cpuhp_smt_max_threads	1U
static inline bool cpuhp_bootable(unsigned int cpu) { return true; }
static inline bool cpuhp_smt_threads_valid(unsigned int threads) { return false; }
static inline int cpuhp_smt_switch(enum cpuhp_smt_control control, unsigned int threads)
{
	return -ENODEV;
}

static inline bool cpuhp_is_primary(unsigned int cpu) { return true; }
#endif

/* boot.c, parallel.c */
void cpuhp_boot_cpus(const struct cpumask *mask, unsigned int ncpus, int target);
#ifdef CONFIG_HOTPLUG_PARALLEL
bool cpuhp_boot_parallel(unsigned int ncpus);
#else
static inline bool cpuhp_boot_parallel(unsigned int ncpus) { return false; }
#endif

#endif /* _KERNEL_CPUHP_H */
