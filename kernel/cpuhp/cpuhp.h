/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU hotplug: the map of this folder.
 *
 * Dependencies point down this list only, and to the right in a line:
 *
 *   sysfs.c sysfs_smt.c progress.c	attributes of the cpu subsystem
 *   api.c				what other subsystems call
 *   smt_switch.c suspend.c shutdown.c boot.c parallel.c
 *					users that choose their CPUs themselves
 *   request.c				the door: every wish to move CPUs
 *   online.c offline.c			may these CPUs come, may they go?
 *   batch.c				one operation on a set of CPUs
 *   up.c down.c			handover between BP and AP
 *   takedown.c takedown_stop.c takedown_quiet.c limbo.c
 *					how members leave, while others stand still or
 *					go on
 *   inject.c				what tests can do to that
 *   down_absent.c			down.c without HOTPLUG_CPU
 *   own.c				the part of an operation spent on one CPU
 *   expedite.c			grace periods that an operation waits for
 *   registry.c				states and instances come and go
 *   thread.c				the AP's hotplug thread
 *   invoke.c				one step on one CPU
 *   watch.c report.c last_failure.c debugfs.c
 *					what is shown of steps and failures
 *   quiet_steps.c			which steps bear that other CPUs go on
 *   steps.c				the steps
 *   kick.c				how a CPU is started
 *   sync_alive.c sync_dead.c sync.c	handshake with a CPU that cannot sleep
 *   mute.c				what tests can do to that
 *   ../smpboot.c			threads that belong to a CPU
 *   ../kthread_bound.c ../kthread_bound_cpu.c
 *					threads that run there or not at all
 *   quiesce.c				keeping other tasks away
 *   smt.c				SMT policy
 *   devices.c				telling devices and user space
 *   lock.c maps.c			the locks, and what forbids hotplug
 *   stats.c trace.c lockdep.c arch.c
 *   ../cpu.c				CPU masks, and the record of each CPU
 *   walk.c plan.c			pure, see walk.h
 *
 * Terms: BP control CPU; AP hotplugged CPU; step: an entry of the line, a pair of
 * callbacks; state: its number; position: what a CPU has completed (see walk.h);
 * batch: the set of CPUs that one operation moves.
 *
 * Locking legend, used on the fields below
 *
 *   M  cpu_add_remove_lock: taken by every operation for its whole length, so
 *      there is one operation at a time and its data can be static. Asserted by
 *      cpuhp_assert_operation()
 *   W  cpu_hotplug_lock, write side: held while CPUs move. Asserted by
 *      cpuhp_assert_moving()
 *   R  cpu_hotplug_lock, either side: CPUs do not move under a reader
 *   S  cpuhp_state_mutex: the steps and their instance lists. Nests inside R.
 *      A walk reads steps under W without it; registry writers hold R, which
 *      excludes a walk
 *   O  owner: written by the CPU or thread that moves the CPU just now. BP in
 *      PREPARE, the AP with interrupts off in STARTING and DYING, the AP's thread
 *      above; ownership passes through sync.c, the idle completion or thread.c
 *   L  lockless word, barriers named where it is used
 *
 * Order: device_hotplug_lock > cpu_add_remove_lock > cpu_hotplug_lock >
 * cpuhp_state_mutex > sparse_irq_lock.
 */
#ifndef _KERNEL_CPUHP_H
#define _KERNEL_CPUHP_H

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/topology.h>
#include <linux/types.h>

#include "quiesce.h"
#include "types.h"
#include "walk.h"

struct attribute_group;

/* steps: steps.c */

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

/* which steps bear that other CPUs go on: quiet_steps.c */
#ifdef CONFIG_QUIET_TAKEDOWN
bool cpuhp_step_stops(int state);
bool cpuhp_steps_may_be_quiet(void);
#else
static inline bool cpuhp_step_stops(int state) { return false; }
static inline bool cpuhp_steps_may_be_quiet(void) { return false; }
#endif

/* failures: report.c */
static inline const char *cpuhp_dir_name(enum cpuhp_dir dir)
{
	return dir == CPUHP_UP ? "up" : "down";
}

void cpuhp_report(const struct cpuhp_failure *failure);
void cpuhp_record_veto(const struct cpumask *cpus, void *callback, int err);
void cpuhp_report_veto(const struct cpumask *cpus, void *callback, int err);

/* the record that user space reads: last_failure.c */
#if defined(CONFIG_SYSFS) && defined(CONFIG_HOTPLUG_CPU)
void cpuhp_record_failure(const struct cpuhp_failure *failure);
void cpuhp_forget_failure(void);
#else
static inline void cpuhp_record_failure(const struct cpuhp_failure *failure) { }
static inline void cpuhp_forget_failure(void) { }
#endif

/* the record of each CPU: kernel/cpu.c */
DECLARE_PER_CPU(struct cpuhp_rec, cpuhp_rec);

static inline struct cpuhp_rec *cpuhp_rec_of(struct cpuhp_member *m)
{
	return container_of(m, struct cpuhp_rec, m);
}

/* Position of @cpu; exact under R, else a snapshot. */
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
void cpuhp_report_undo(struct cpuhp_rec *rec);
int cpuhp_invoke(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
		 struct hlist_node *node);
int cpuhp_run_steps(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to);

#ifdef CONFIG_SMP
void cpuhp_run_steps_nofail(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to);

/* lockdep classes of the line: lockdep.c. Held by the side that runs a step. */
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
#ifdef CONFIG_HOTPLUG_CORE_SYNC
void cpuhp_sync_report(enum cpuhp_sync_state state);
bool cpuhp_sync_wait(unsigned int cpu, enum cpuhp_sync_state state,
		     enum cpuhp_sync_state next);
#else
static inline void cpuhp_sync_report(enum cpuhp_sync_state state) { }
#endif

/* mute.c */
#if defined(CONFIG_CPUHP_INJECT) && defined(CONFIG_HOTPLUG_CORE_SYNC)
void cpuhp_stay_mute(enum cpuhp_sync_state state);
#else
static inline void cpuhp_stay_mute(enum cpuhp_sync_state state) { }
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

/* how a CPU is started: kick.c */
int cpuhp_kick(unsigned int cpu);
int cpuhp_unkick(unsigned int cpu);
int cpuhp_start(unsigned int cpu);

/* handover: up.c, down.c, takedown.c */
int cpuhp_handover_up(struct cpuhp_rec *rec);

void cpuhp_takedown(struct cpuhp_member *first, int to);
unsigned int cpuhp_leave_max(void);
void cpuhp_leave(const struct cpumask *members);

/* the part of an operation that is spent on one CPU: own.c */
int _cpu_down(unsigned int cpu, int (*work)(void *data), void *data);
int _cpu_up(unsigned int cpu, int (*work)(void *data), void *data);

/* grace periods that an operation waits for: expedite.c */
bool cpuhp_expedite(const struct cpumask *cpus);
void cpuhp_unexpedite(void);

/* an operation: batch.c */

int cpuhp_batch(const struct cpumask *cpus, const struct cpuhp_op *op);

bool cpuhp_batch_progress(struct cpuhp_progress *progress);

/* counts and latencies: stats.c */
extern struct cpuhp_step_stats cpuhp_step_stats[][2];
extern atomic64_t cpuhp_counters[];
void cpuhp_stats_step(int state, enum cpuhp_dir dir, u64 ns);

void cpuhp_count(enum cpuhp_counter counter, unsigned int n);
void cpuhp_count_max(enum cpuhp_counter counter, u64 value);

/* steps that take too long: watch.c */
void cpuhp_watch_begin(const struct cpumask *cpus);
void cpuhp_watch_end(void);

/* cpu_add_remove_lock: maps.c */
void cpuhp_operation_borrow(void);
void cpuhp_operation_return(void);
void cpuhp_assert_operation(void);

/* the door: request.c */
int cpuhp_request_begin(struct cpuhp_request *req, enum cpuhp_reason why);
int cpuhp_request_move(struct cpuhp_request *req, const struct cpumask *cpus,
		       enum cpuhp_dir dir, int target);
void cpuhp_request_end(struct cpuhp_request *req);
int cpuhp_request(enum cpuhp_reason why, const struct cpumask *cpus, enum cpuhp_dir dir,
		  int target);

/* may these CPUs come? online.c */
int cpuhp_prepare_nodes(const struct cpumask *cpus);
int cpuhp_cpu_may_online(unsigned int cpu);
int cpuhp_may_online(const struct cpumask *cpus, const struct cpuhp_request_def *def);

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
/* cpu_hotplug_lock, and what forbids hotplug: lock.c */
void cpuhp_assert_moving(void);
void cpuhp_lockdep_borrow(void);
void cpuhp_lockdep_return(void);
bool cpuhp_offline_unsupported(void);
bool cpuhp_disabled(void);
void cpuhp_disable_locked(void);
void cpuhp_enable_locked(void);

/* may these CPUs go? offline.c */
int cpuhp_may_offline(const struct cpumask *cpus, const struct cpuhp_request_def *def,
		      unsigned int *control);
int cpuhp_check_removable(const struct cpumask *cpus);
#else
static inline void cpuhp_assert_moving(void) { }
static inline void cpuhp_lockdep_borrow(void) { }
static inline void cpuhp_lockdep_return(void) { }
static inline bool cpuhp_disabled(void) { return false; }

/* Only a boot takes CPUs down here: those that failed to come up. */
static inline int cpuhp_may_offline(const struct cpumask *cpus,
				    const struct cpuhp_request_def *def, unsigned int *control)
{
	*control = cpumask_first(cpu_online_mask);
	return 0;
}

static inline int cpuhp_check_removable(const struct cpumask *cpus) { return 0; }
#endif

/* sysfs_smt.c, progress.c, last_failure.c */
extern const struct attribute_group cpuhp_smt_group;
extern const struct attribute_group cpuhp_progress_group;
extern const struct attribute_group cpuhp_last_failure_group;

/* telling devices and user space: devices.c */
#if defined(CONFIG_SYSFS) && defined(CONFIG_HOTPLUG_CPU)
void cpuhp_tell_devices(const struct cpumask *cpus);
#else
static inline void cpuhp_tell_devices(const struct cpumask *cpus) { }
#endif

#ifdef CONFIG_HOTPLUG_SMT
/* smt.c, smt_switch.c */
#ifdef CONFIG_SMT_NUM_THREADS_DYNAMIC
#define cpuhp_smt_thread_allowed(_cpu)	topology_smt_thread_allowed(_cpu)
#else
#define cpuhp_smt_thread_allowed(_cpu)	((void)(_cpu), true)
#endif

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

/* parallel.c */
#ifdef CONFIG_HOTPLUG_PARALLEL
bool cpuhp_boots_parallel(void);
#else
static inline bool cpuhp_boots_parallel(void) { return false; }
#endif

#endif /* _KERNEL_CPUHP_H */
