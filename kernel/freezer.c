// SPDX-License-Identifier: GPL-2.0-only
/*
 * The freezer: makes tasks stand still at points where that is safe.
 *
 * Owns the test whether a task should be frozen, and the refrigerator where
 * frozen tasks wait. The events that everybody can be frozen for are in
 * kernel/freezer_events.c, suspend's own sequence in kernel/power/process.c, the
 * groups of the cgroup freezer in kernel/cgroup/legacy_freezer.c; all build on
 * what is here.
 *
 * Which tasks are frozen
 *
 *   A task, unless it has PF_NOFREEZE (kernel threads by default, until they
 *   call set_freezable()), has PF_SUSPEND_TASK, or is being killed for want of
 *   memory. An event first takes user space, then also freezable kernel
 *   threads, which user space may need to come to rest. A task is exempt from
 *   the events in task->freezer_exempt. An exemption belongs to what the task
 *   is doing, so it is not inherited by its children.
 *
 * How a task gets there, all under freezer_lock
 *
 *   runs			is made to check freezing() soon: by a fake
 *				signal, a kernel thread by a wakeup; enters
 *				__refrigerator() and is TASK_FROZEN. Most do so
 *				on their way to user space; a wait that must
 *				not return for that calls freeze_in_wait()
 *   sleeps in TASK_FREEZABLE,	becomes TASK_FROZEN where it is. Its state goes
 *   is stopped or traced,	to ->saved_state, where an awaited wakeup turns
 *   or is parked		it into TASK_RUNNING without waking it
 *   sleeps otherwise		is waited for
 *
 *   TASK_FROZEN, thawed	wakes up if ->saved_state is TASK_RUNNING, else
 *				sleeps on in that state; stays frozen while
 *				there is another reason for it
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

DEFINE_STATIC_KEY_FALSE(freezer_active);
EXPORT_SYMBOL(freezer_active);

/* Orders "is to freeze" against "is frozen", for every task. */
static DEFINE_SPINLOCK(freezer_lock);

/**
 * freezing_slow_path - the part of freezing() behind the static key
 * @p:	the task
 *
 * Context: any. Code that starts a freeze makes @p check again.
 * Return: true if it should freeze soon, or stay frozen.
 */
bool freezing_slow_path(struct task_struct *p)
{
	if (p->flags & (PF_NOFREEZE | PF_SUSPEND_TASK))
		return false;
	/* If frozen, it would keep the memory that others wait for. */
	if (test_tsk_thread_flag(p, TIF_MEMDIE))
		return false;

	return cgroup_freezing(p) || (freezer_events_for(p) & ~READ_ONCE(p->freezer_exempt));
}
EXPORT_SYMBOL(freezing_slow_path);

/**
 * frozen - does this task stand still?
 * @p:	the task
 *
 * Context: any.
 * Return: true if it does.
 */
bool frozen(struct task_struct *p)
{
	return READ_ONCE(p->__state) & TASK_FROZEN;
}

/*
 * Become TASK_FROZEN without a saved state: one left over from an earlier sleep
 * would make __thaw_task() restore that sleep instead of waking us.
 */
static void enter_frozen_state(void)
{
	guard(raw_spinlock_irq)(&current->pi_lock);
	WRITE_ONCE(current->__state, TASK_FROZEN);
	current->saved_state = TASK_RUNNING;
}

static bool stay_frozen(bool (*leave)(void))
{
	guard(spinlock_irq)(&freezer_lock);
	return freezing(current) && !leave();
}

/**
 * refrigerator_until - stand still until thawed, or until @leave returns true
 * @leave:	must the task go on before the freeze ends? Code that changes the
 *		answer wakes the task from TASK_FROZEN. Called under a spinlock
 *
 * Context: sleeps; in TASK_RUNNING or an ordinary sleeping state. Returns in
 * TASK_RUNNING.
 * Return: true if the task was frozen at all.
 */
bool refrigerator_until(bool (*leave)(void))
{
	unsigned int state = get_current_state();
	bool was_frozen = false;

	WARN_ON_ONCE(state && !(state & TASK_NORMAL));

	for (;;) {
		enter_frozen_state();
		if (!stay_frozen(leave))
			break;
		was_frozen = true;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return was_frozen;
}

static bool never(void)
{
	return false;
}

/**
 * __refrigerator - stand still until thawed
 * @check_kthr_stop:	leave also when kthread_stop() was called for current
 *
 * Context: as refrigerator_until(); the body of try_to_freeze().
 * Return: true if the task was frozen at all.
 */
bool __refrigerator(bool check_kthr_stop)
{
	return refrigerator_until(check_kthr_stop ? kthread_should_stop : never);
}
EXPORT_SYMBOL(__refrigerator);

/* A signal is pending now only if one was really sent. */
static void forget_fake_signal(void)
{
	unsigned long flags;

	if (lock_task_sighand(current, &flags)) {
		recalc_sigpending();
		unlock_task_sighand(current, &flags);
	}
}

/**
 * freeze_in_wait_slow_path - the part of freeze_in_wait() for interrupted tasks
 *
 * The freezer's fake signal outlives a freeze that was given up before the task
 * ran: without a real signal, it was the freezer as well.
 *
 * Context: as freeze_in_wait().
 * Return: true if the task was frozen, or if no signal has been sent.
 */
bool freeze_in_wait_slow_path(void)
{
	bool was_frozen = false;

	__set_current_state(TASK_RUNNING);
	while (try_to_freeze())
		was_frozen = true;
	forget_fake_signal();
	return was_frozen || !test_thread_flag(TIF_SIGPENDING);
}

/* Sleeps that may turn into TASK_FROZEN where they are. */
#define SLEEPS_FROZEN	(TASK_FREEZABLE | __TASK_STOPPED | __TASK_TRACED | TASK_PARKED)

/* Called by task_call_func(): @p neither runs nor changes its state meanwhile. */
static int freeze_sleeper(struct task_struct *p, void *unused)
{
	unsigned int state = READ_ONCE(p->__state);

	/*
	 * A task whose dequeue the scheduler has delayed is on the queue but not
	 * runnable: it gets no CPU before a wakeup, which sees the new state.
	 */
	if (task_is_runnable(p) || (p != current && task_curr(p)))
		return 0;
	if (!(state & SLEEPS_FROZEN))
		return 0;

	/* TASK_FREEZABLE promises that a spurious wakeup is harmless. */
	WARN_ON_ONCE((state & TASK_FREEZABLE) && !(state & TASK_NORMAL));
#ifdef CONFIG_LOCKDEP
	/* A task that waits for a lock of a frozen task would never freeze. */
	WARN_ON_ONCE(!(state & __TASK_FREEZABLE_UNSAFE) && debug_locks && p->lockdep_depth);
#endif

	p->saved_state = state;
	WRITE_ONCE(p->__state, TASK_FROZEN);
	return 1;
}

/* Make a task that runs, or sleeps interruptibly, check freezing(). */
static void nudge(struct task_struct *p)
{
	unsigned long flags;

	if (p->flags & PF_KTHREAD) {
		wake_up_state(p, TASK_NORMAL);
	} else if (lock_task_sighand(p, &flags)) {
		/* A fake signal: it ends the sleep, and no signal is delivered. */
		signal_wake_up(p, 0);
		unlock_task_sighand(p, &flags);
	}
}

/**
 * freeze_task - ask a task to freeze, if it should
 * @p:	the task
 *
 * Context: any; the task cannot go away.
 * Return: true if it should stand still and does not yet.
 */
bool freeze_task(struct task_struct *p)
{
	guard(spinlock_irqsave)(&freezer_lock);

	if (!freezing(p) || frozen(p) || task_call_func(p, freeze_sleeper, NULL))
		return false;
	nudge(p);
	return true;
}

/* Called by task_call_func(). Return whether @p sleeps on. */
static int resume_sleep(struct task_struct *p, void *unused)
{
	unsigned int state = p->saved_state;

	if (state == TASK_RUNNING)
		return 0;
	p->saved_state = TASK_RUNNING;
	WRITE_ONCE(p->__state, state);
	return 1;
}

/**
 * __thaw_task - let a task go on
 * @p:	the task; nothing happens to one that is not frozen
 *
 * A task that has another reason to be frozen stays so. Its sleep may have been
 * frozen in place: nothing there checks freezing() again, so if woken it could
 * go on to user space.
 *
 * Context: any; the task cannot go away. The reason that is over no longer makes
 * freezing() true.
 */
void __thaw_task(struct task_struct *p)
{
	guard(spinlock_irqsave)(&freezer_lock);

	if (frozen(p) && !freezing(p) && !task_call_func(p, resume_sleep, NULL))
		wake_up_state(p, TASK_FROZEN);
}

/**
 * set_freezable - let the freezer freeze the current kernel thread
 *
 * The thread then has to call try_to_freeze() in its loop.
 *
 * Context: sleeps; may freeze at once.
 * Return: true if it did.
 */
bool set_freezable(void)
{
	might_sleep();

	/* Under the lock: a freeze in progress sees the flag, or we see the freeze. */
	scoped_guard(spinlock_irq, &freezer_lock)
		current->flags &= ~PF_NOFREEZE;

	return try_to_freeze();
}
EXPORT_SYMBOL(set_freezable);

/**
 * freezer_exempt - choose the events that current is not frozen for
 * @events:	mask of BIT(enum freeze_event)
 *
 * Replaces the choice made before; to change it for a while, put back what this
 * returns. A task that gives up an exemption while the event is in effect is
 * frozen at its next try_to_freeze(). Children start without exemptions.
 *
 * Context: any, for the task itself.
 * Return: the mask that was in effect before.
 */
unsigned int freezer_exempt(unsigned int events)
{
	unsigned int before = current->freezer_exempt;

	WARN_ON_ONCE(events & ~(BIT(FREEZE_EVENTS) - 1));
	scoped_guard(spinlock_irqsave, &freezer_lock)
		WRITE_ONCE(current->freezer_exempt, events);
	return before;
}
EXPORT_SYMBOL_GPL(freezer_exempt);
