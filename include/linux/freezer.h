/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The freezer: makes tasks stand still at points where that is safe.
 *
 * A freeze has a reason, called an event. A task that must keep running during
 * one event is exempt from that event only. kernel/freezer.c has the rules for
 * a task, kernel/freezer_events.c those for events.
 */
#ifndef FREEZER_H_INCLUDED
#define FREEZER_H_INCLUDED

#include <linux/atomic.h>
#include <linux/debug_locks.h>
#include <linux/jump_label.h>
#include <linux/sched.h>
#include <linux/wait.h>

/**
 * enum freeze_event - reasons for which tasks are frozen
 * @FREEZE_SUSPEND:	suspend and hibernation; freeze_processes() and friends
 * @FREEZE_KPROBES:	text is being patched
 * @FREEZE_HOTPLUG:	CPUs come and go
 * @FREEZE_EVENTS:	how many there are
 */
enum freeze_event {
	FREEZE_SUSPEND,
	FREEZE_KPROBES,
	FREEZE_HOTPLUG,
	FREEZE_EVENTS,
};

#ifdef CONFIG_FREEZER

/* Counts the freezes that may be in effect; see freezing(). */
DECLARE_STATIC_KEY_FALSE(freezer_active);

/* FREEZE_SUSPEND freezes user space (the first), freezable kernel threads (the second). */
extern bool pm_freezing;
extern bool pm_nosig_freezing;

/* How long a freeze may take before it is given up, in milliseconds. */
extern unsigned int freeze_timeout_msecs;

bool freezing_slow_path(struct task_struct *p);
bool frozen(struct task_struct *p);

/**
 * freezing - should this task stand still?
 * @p:	the task
 *
 * Context: any.
 * Return: true if it should freeze soon, or stay frozen.
 */
static inline bool freezing(struct task_struct *p)
{
	return static_branch_unlikely(&freezer_active) && freezing_slow_path(p);
}

bool __refrigerator(bool check_kthr_stop);
bool refrigerator_until(bool (*leave)(void));

/**
 * try_to_freeze - freeze now if the current task should
 *
 * Context: sleeps. A freezable task holds no locks here.
 * Return: true if the task was frozen.
 */
static inline bool try_to_freeze(void)
{
	might_sleep();
	if (!freezing(current))
		return false;
	if (!(current->flags & PF_NOFREEZE))
		debug_check_no_locks_held();
	return __refrigerator(false);
}

bool freeze_in_wait_slow_path(void);

/**
 * freeze_in_wait - freeze in the middle of a wait that was interrupted
 *
 * For a wait that a signal ends with -EINTR, which user space sees. The freezer
 * interrupts it without sending a signal, so user space must not see -EINTR for
 * that, even if the freeze is over before the task has run. An interrupted wait
 * calls this; if it returns true, the wait checks for a signal once more and goes
 * on.
 *
 * Context: sleeps; no locks held. The task's state may become TASK_RUNNING.
 * Return: true if the freezer was what interrupted the task.
 */
static inline bool freeze_in_wait(void)
{
	return (freezing(current) || test_thread_flag(TIF_SIGPENDING)) &&
	       freeze_in_wait_slow_path();
}

/* One task; the cgroup freezer and the OOM killer use these. */
bool freeze_task(struct task_struct *p);
void __thaw_task(struct task_struct *t);

/* Everybody, for an event. */
unsigned int freezer_events_for(const struct task_struct *p);
int freezer_claim(enum freeze_event event);
void freezer_release(enum freeze_event event);
int freeze_for(enum freeze_event event);
void thaw_for(enum freeze_event event);
bool freezer_engaged(void);

/* For the current task itself. */
bool set_freezable(void);
unsigned int freezer_exempt(unsigned int events);

/* FREEZE_SUSPEND, kernel/power/process.c */
int freeze_processes(void);
int freeze_kernel_threads(void);
void thaw_processes(void);
void thaw_kernel_threads(void);

#ifdef CONFIG_CGROUP_FREEZER
bool cgroup_freezing(struct task_struct *task);
#else
static inline bool cgroup_freezing(struct task_struct *task) { return false; }
#endif

#else /* !CONFIG_FREEZER */

static inline bool frozen(struct task_struct *p) { return false; }
static inline bool freezing(struct task_struct *p) { return false; }
static inline bool __refrigerator(bool check_kthr_stop) { return false; }
static inline bool refrigerator_until(bool (*leave)(void)) { return false; }
static inline bool try_to_freeze(void) { return false; }
static inline bool freeze_in_wait(void) { return false; }
static inline void __thaw_task(struct task_struct *t) { }
static inline int freeze_for(enum freeze_event event) { return -EOPNOTSUPP; }
static inline void thaw_for(enum freeze_event event) { }
static inline bool freezer_engaged(void) { return false; }
static inline void set_freezable(void) { }
static inline unsigned int freezer_exempt(unsigned int events) { return 0; }
static inline int freeze_processes(void) { return -ENOSYS; }
static inline int freeze_kernel_threads(void) { return -ENOSYS; }
static inline void thaw_processes(void) { }
static inline void thaw_kernel_threads(void) { }

#endif /* CONFIG_FREEZER */

#endif /* FREEZER_H_INCLUDED */
