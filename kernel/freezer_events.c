// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freezing everybody, for an event.
 *
 * Owns the event in effect, the queue of tasks that wait for theirs, the choice
 * of tasks to freeze, and the sequence of every event but suspend. How a single
 * task comes to stand still is in kernel/freezer.c; suspend claims its event
 * here and has its sequence in kernel/power/process.c.
 *
 * One event is in effect at a time. A second one waits in a sleep that the first
 * may freeze, so neither blocks the other, and is next when the first is over,
 * even if the first task claims another event at once. While a suspend is in
 * effect, which can last, a claim fails with -EBUSY instead. A cgroup's freeze
 * is not an event and does not depend on them: thawing skips tasks that have
 * another reason to stay frozen.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/umh.h>
#include <linux/wait.h>

/* Written by kernel/power/process.c under system_transition_mutex. */
bool pm_freezing;
bool pm_nosig_freezing;

/**
 * struct claimant - a task that waits until its event can be in effect
 * @node:	in claimants
 * @event:	the event
 * @task:	the task
 * @granted:	the event is in effect now, and @node is out of the list
 */
struct claimant {
	struct list_head node;
	enum freeze_event event;
	struct task_struct *task;
	bool granted;
};

/* Protects the claim, the queue, and each claimant. */
static DEFINE_SPINLOCK(claim_lock);
/* The claim: the event in effect, FREEZE_EVENTS for none, and the task that claimed it. */
static enum freeze_event claimed_event = FREEZE_EVENTS;
static struct task_struct *claimed_by;
/* The queue: tasks that wait, the oldest first, and their wait queue. */
static LIST_HEAD(claimants);
static DECLARE_WAIT_QUEUE_HEAD(claim_wait);

/*
 * Events other than FREEZE_SUSPEND for which user tasks, and kernel threads, are
 * to freeze. Masks of BIT(event), written by the task that holds the claim.
 */
static unsigned int freezing_users;
static unsigned int freezing_kthreads;

/* Exemptions of the task that holds the claim, restored when the event ends. */
static unsigned int exempt_before;

static const char * const event_names[FREEZE_EVENTS] = {
	[FREEZE_SUSPEND]	= "suspend",
	[FREEZE_KPROBES]	= "kprobes",
	[FREEZE_HOTPLUG]	= "hotplug",
};

/**
 * freezer_events_for - which events in effect are to freeze this task?
 * @p:	the task
 *
 * Exemptions of the task are not considered.
 *
 * Context: any.
 * Return: mask of BIT(enum freeze_event).
 */
unsigned int freezer_events_for(const struct task_struct *p)
{
	bool kthread = p->flags & PF_KTHREAD;
	unsigned int events = READ_ONCE(freezing_kthreads);

	if (!kthread)
		events |= READ_ONCE(freezing_users);
	if (pm_nosig_freezing || (pm_freezing && !kthread))
		events |= BIT(FREEZE_SUSPEND);
	return events;
}

static void set_claim(enum freeze_event event, struct task_struct *task)
{
	claimed_event = event;
	WRITE_ONCE(claimed_by, task);
}

/* 0: the event is ours. -EAGAIN: wait for another one to end. -EBUSY: do not wait. */
static int try_claim(enum freeze_event event)
{
	lockdep_assert_held(&claim_lock);

	if (claimed_event == FREEZE_EVENTS) {
		set_claim(event, current);
		return 0;
	}
	/* Suspends are serialised by system_transition_mutex; its holder may claim twice. */
	if (event == FREEZE_SUSPEND && claimed_event == FREEZE_SUSPEND)
		return 0;
	if (claimed_event == FREEZE_SUSPEND || claimed_by == current)
		return -EBUSY;
	return -EAGAIN;
}

static int claim_or_queue(struct claimant *me)
{
	int ret;

	guard(spinlock)(&claim_lock);
	ret = try_claim(me->event);
	if (ret == -EAGAIN)
		list_add_tail(&me->node, &claimants);
	return ret;
}

/* Retry the claim after a wakeup. */
static int look_again(struct claimant *me)
{
	int ret;

	guard(spinlock)(&claim_lock);
	if (me->granted)
		return 0;
	ret = try_claim(me->event);
	if (ret != -EAGAIN)
		list_del(&me->node);
	return ret;
}

/*
 * Called by task_call_func(). @p must not freeze between this and its wakeup, or
 * a frozen task would hold the claim.
 */
static int hand_over(struct task_struct *p, void *claimant)
{
	unsigned int state = READ_ONCE(p->__state);

	if (state & TASK_FROZEN)
		return 0;
	if (state & TASK_FREEZABLE)
		WRITE_ONCE(p->__state, TASK_UNINTERRUPTIBLE);
	((struct claimant *)claimant)->granted = true;
	return 1;
}

/* Skip waiters that a cgroup has frozen; they retry when they are thawed. */
static void let_the_next_one_have_it(void)
{
	struct claimant *next;

	lockdep_assert_held(&claim_lock);
	list_for_each_entry(next, &claimants, node) {
		if (!task_call_func(next->task, hand_over, next))
			continue;
		list_del(&next->node);
		set_claim(next->event, next->task);
		return;
	}
}

/**
 * freezer_claim - make an event the one in effect
 * @event:	the event that is about to begin
 *
 * Waits for another event to end, in a sleep that the other event can freeze
 * even if the caller holds locks: the event in effect does not need them.
 *
 * Context: sleeps.
 * Return: 0; -EBUSY if a suspend is in effect, or if current itself has
 * begun another event.
 */
int freezer_claim(enum freeze_event event)
{
	struct claimant me = { .event = event, .task = current };
	int ret = claim_or_queue(&me);

	if (ret == -EAGAIN)
		wait_event_state(claim_wait, (ret = look_again(&me)) != -EAGAIN,
				 (TASK_UNINTERRUPTIBLE | TASK_FREEZABLE_UNSAFE));
	return ret;
}

/**
 * freezer_engaged - have others been frozen on behalf of current?
 *
 * Context: any.
 * Return: true if a suspend has begun to freeze, or if current itself has
 * an event in effect.
 */
bool freezer_engaged(void)
{
	return READ_ONCE(pm_freezing) || READ_ONCE(claimed_by) == current;
}

/**
 * freezer_release - end an event
 * @event:	what freezer_claim() was called for
 *
 * Context: any.
 */
void freezer_release(enum freeze_event event)
{
	scoped_guard(spinlock, &claim_lock) {
		if (claimed_event != event)
			return;
		set_claim(FREEZE_EVENTS, NULL);
		let_the_next_one_have_it();
	}
	wake_up_all(&claim_wait);
}

/* Ask all tasks to freeze. Return how many do not stand still yet. */
static unsigned int ask_everybody(void)
{
	struct task_struct *group, *p;
	unsigned int todo = 0;

	read_lock(&tasklist_lock);
	for_each_process_thread(group, p) {
		/* A cgroup may want current frozen; that has to wait. */
		if (p != current && freeze_task(p))
			todo++;
	}
	read_unlock(&tasklist_lock);
	return todo;
}

static void blame_the_rest(enum freeze_event event)
{
	struct task_struct *group, *p;

	read_lock(&tasklist_lock);
	for_each_process_thread(group, p) {
		if (p == current || !freezing(p) || frozen(p))
			continue;
		pr_err("freezer: %s: %s (pid %d) did not freeze within %u ms\n",
		       event_names[event], p->comm, task_pid_nr(p), freeze_timeout_msecs);
		sched_show_task(p);
	}
	read_unlock(&tasklist_lock);
}

static int wait_for_everybody(enum freeze_event event)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(freeze_timeout_msecs);
	unsigned int pause_us = USEC_PER_MSEC;

	while (ask_everybody()) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (time_after(jiffies, deadline)) {
			blame_the_rest(event);
			return -EBUSY;
		}
		/* Most tasks freeze at once; poll less and less for the others. */
		fsleep(pause_us);
		pause_us = min(2 * pause_us, 8 * USEC_PER_MSEC);
	}
	return 0;
}

static void thaw_everybody(void)
{
	struct task_struct *group, *p;

	read_lock(&tasklist_lock);
	for_each_process_thread(group, p)
		__thaw_task(p);
	read_unlock(&tasklist_lock);
}

/**
 * freeze_for - freeze every task that is not exempt
 * @event:	the reason; not FREEZE_SUSPEND, which freeze_processes() is for
 *
 * The caller is exempt until it calls thaw_for(), which the same task must do.
 * User mode helpers are refused meanwhile. Workqueues go on: a work item runs to
 * its end in a kworker, which is not freezable.
 *
 * Context: sleeps; no lock held that a task could want on its way to freeze,
 * above all not cpus_read_lock().
 * Return: 0 with all those tasks frozen. Else none is: -EBUSY if a task did not
 * freeze in time (it is named in the log) or a suspend is in effect; -EAGAIN if
 * a user mode helper did not end; -EINTR if the caller was killed; -EINVAL for
 * FREEZE_SUSPEND.
 */
int freeze_for(enum freeze_event event)
{
	int ret;

	if (WARN_ON_ONCE(event == FREEZE_SUSPEND || event >= FREEZE_EVENTS))
		return -EINVAL;

	ret = freezer_claim(event);
	if (ret)
		return ret;
	ret = __usermodehelper_disable(UMH_FREEZING);
	if (ret) {
		freezer_release(event);
		return ret;
	}

	exempt_before = freezer_exempt(current->freezer_exempt | BIT(event));
	static_branch_inc(&freezer_active);

	WRITE_ONCE(freezing_users, BIT(event));
	ret = wait_for_everybody(event);
	if (!ret) {
		__usermodehelper_set_disable_depth(UMH_DISABLED);
		WRITE_ONCE(freezing_kthreads, BIT(event));
		ret = wait_for_everybody(event);
	}
	if (ret)
		thaw_for(event);
	return ret;
}
EXPORT_SYMBOL_GPL(freeze_for);

/**
 * thaw_for - let tasks go on after freeze_for()
 * @event:	what freeze_for() was called for, by the same task
 *
 * Tasks that are frozen for another reason stay frozen.
 *
 * Context: sleeps; takes cpus_read_lock().
 */
void thaw_for(enum freeze_event event)
{
	WRITE_ONCE(freezing_kthreads, 0);
	WRITE_ONCE(freezing_users, 0);
	thaw_everybody();
	static_branch_dec(&freezer_active);
	usermodehelper_enable();
	freezer_exempt(exempt_before);
	freezer_release(event);
}
EXPORT_SYMBOL_GPL(thaw_for);
