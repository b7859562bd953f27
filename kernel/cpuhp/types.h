/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The types that the files of CPU hotplug share. Letters in brackets are those of
 * the locking legend in cpuhp.h.
 */
#ifndef _KERNEL_CPUHP_TYPES_H
#define _KERNEL_CPUHP_TYPES_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/smp_types.h>
#include <linux/types.h>

#include "quiesce.h"
#include "walk.h"

struct cpumask;
struct task_struct;

/* steps.c */

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
 * @concurrent:	declared by cpuhp_state_allow_concurrent() (S)
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

/* report.c */

/**
 * struct cpuhp_failure - what went wrong, typed
 * @cpu:	the CPU that it failed for
 * @state:	the step that failed
 * @dir:	direction in which the step ran
 * @callback:	its callback, or the function of the core that failed or refused
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

/* thread.c */

/**
 * enum cpuhp_order - what the AP's thread is asked to do
 * @CPUHP_ORDER_NONE:	nothing
 * @CPUHP_ORDER_WALK:	walk to rec->to
 * @CPUHP_ORDER_CALL:	run the one step rec->call_state, for registry.c
 */
enum cpuhp_order {
	CPUHP_ORDER_NONE,
	CPUHP_ORDER_WALK,
	CPUHP_ORDER_CALL,
};

/* limbo.c */

/**
 * enum cpuhp_turn - what a member of a quiet takedown is to do
 * @CPUHP_TURN_WAIT:	wait, and serve interrupts meanwhile
 * @CPUHP_TURN_MOVE:	move the interrupts that only this CPU can move, then wait
 * @CPUHP_TURN_LEAVE:	leave
 * @CPUHP_TURN_STAY:	go on as an online CPU
 */
enum cpuhp_turn {
	CPUHP_TURN_WAIT,
	CPUHP_TURN_MOVE,
	CPUHP_TURN_LEAVE,
	CPUHP_TURN_STAY,
};

/* sync.c */
enum cpuhp_sync_state {
	CPUHP_SYNC_DEAD,
	CPUHP_SYNC_KICKED,
	CPUHP_SYNC_SHOULD_DIE,
	CPUHP_SYNC_ALIVE,
	CPUHP_SYNC_SHOULD_ONLINE,
	CPUHP_SYNC_ONLINE,
};

/* kernel/cpu.c */

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
 * @order:	the mailbox is full (L: release by the BP, acquire by the AP)
 * @dir:	direction of the order
 * @to:		CPUHP_ORDER_WALK: where to
 * @call_state:	CPUHP_ORDER_CALL: which step
 * @call_node:	CPUHP_ORDER_CALL: which instance, or NULL
 * @done:	the thread has answered, and published m.result with it
 * @turn:	what the member of a quiet takedown is to do (L: release by whoever
 *		gives the turn, acquire by the member)
 * @idle:	the AP's idle task is up, or is dead
 * @dead_call:	the call by which the dead CPU completes @idle
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
	enum cpuhp_order order;
	enum cpuhp_dir dir;
	int to;
	int call_state;
	struct hlist_node *call_node;
	struct completion done;
	enum cpuhp_turn turn;
	struct completion idle;
	call_single_data_t dead_call;
	atomic_t sync;
	bool kicked;
#endif
};

/* request.c */

/**
 * enum cpuhp_reason - why CPUs are to move
 * @CPUHP_BY_LIST:	a user wrote hotplug/online or hotplug/offline
 * @CPUHP_BY_TARGET:	a user wrote cpuN/hotplug/target
 * @CPUHP_BY_DEVICE:	the device core: cpuN/online, add_cpu(), remove_cpu(), a
 *			CPU that is attached or detached
 * @CPUHP_BY_KERNEL:	cpus_up(), cpus_down()
 * @CPUHP_BY_SMT_OFF:	siblings go
 * @CPUHP_BY_SMT_ON:	siblings come
 * @CPUHP_BY_IMAGE:	offline CPUs come up and go again, for a hibernation image
 * @CPUHP_BY_SUSPEND:	secondary CPUs go
 * @CPUHP_BY_RESUME:	secondary CPUs come back
 * @CPUHP_BY_BOOT:	secondary CPUs come up for the first time
 * @CPUHP_BY_SHUTDOWN:	secondary CPUs go for good: kexec, reboot
 */
enum cpuhp_reason {
	CPUHP_BY_LIST,
	CPUHP_BY_TARGET,
	CPUHP_BY_DEVICE,
	CPUHP_BY_KERNEL,
	CPUHP_BY_SMT_OFF,
	CPUHP_BY_SMT_ON,
	CPUHP_BY_IMAGE,
	CPUHP_BY_SUSPEND,
	CPUHP_BY_RESUME,
	CPUHP_BY_BOOT,
	CPUHP_BY_SHUTDOWN,
};

/**
 * struct cpuhp_request_def - what a reason implies
 * @policy:	what one CPU's failure means for the others
 * @quiesce:	others are kept away as hotplug/quiesce says
 * @forget:	the record of the last failure is cleared first
 * @gate:	refused while hotplug is disabled, or where nothing can go offline
 * @ask:	each condition that is known beforehand is checked for the whole set
 * @removable:	the device of each CPU must be allowed to go offline
 * @housekeeping: a housekeeping CPU has to stay
 * @frozen:	user space is frozen: for cpuhp_tasks_frozen
 * @give_up:	called with the task that made the request, until the takedown
 *		begins; an errno undoes the batch. NULL: nothing interrupts it
 * @tell:	devices and user space are told
 */
struct cpuhp_request_def {
	enum cpuhp_policy policy;
	bool quiesce;
	bool forget;
	bool gate;
	bool ask;
	bool removable;
	bool housekeeping;
	bool frozen;
	int (*give_up)(void *task);
	bool tell;
};

/**
 * struct cpuhp_request - a request in progress; private to request.c
 * @def:	what its reason implies
 * @quiesce:	what was done to keep others away
 * @moved:	the CPUs that may have moved
 */
struct cpuhp_request {
	const struct cpuhp_request_def *def;
	enum cpuhp_quiesce quiesce;
	const struct cpumask *moved;
};

/* batch.c */

/**
 * struct cpuhp_op - what a batch is asked to do
 * @dir:	which way
 * @target:	position to reach
 * @policy:	what a failure means for the others
 * @tasks_frozen: for cpuhp_tasks_frozen
 * @give_up:	called until the takedown begins; an errno undoes the batch.
 *		NULL: nothing interrupts it
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

/**
 * struct cpuhp_progress - how far an operation is
 * @dir:	which way it goes
 * @segment:	the segment being crossed, from 1
 * @segments:	number of segments
 * @crossed:	number of CPUs that have crossed @segment
 * @cpus:	number of CPUs
 */
struct cpuhp_progress {
	enum cpuhp_dir dir;
	unsigned int segment;
	unsigned int segments;
	unsigned int crossed;
	unsigned int cpus;
};

/* stats.c */

/**
 * struct cpuhp_step_stats - one half of a step
 * @count:	how often it ran
 * @total:	ns in all
 * @max:	ns of the longest run
 * @last:	ns of the latest run
 */
struct cpuhp_step_stats {
	atomic64_t count;
	atomic64_t total;
	atomic64_t max;
	atomic64_t last;
};

/**
 * enum cpuhp_counter - events of the core worth counting
 * @CPUHP_COUNT_BATCHES:	operations that moved at least one CPU
 * @CPUHP_COUNT_CPUS:		members of those
 * @CPUHP_COUNT_WRITE_LOCKS:	write-side acquisitions of the hotplug lock
 * @CPUHP_COUNT_STOPS:		stop_machine calls
 * @CPUHP_COUNT_QUIET:		takedowns that stopped nobody
 * @CPUHP_COUNT_TURN_NS:	longest time that a member of those had interrupts off
 * @CPUHP_COUNT_WAKEUPS:	requests put to hotplug threads
 * @CPUHP_COUNT_NR:		how many there are
 */
enum cpuhp_counter {
	CPUHP_COUNT_BATCHES,
	CPUHP_COUNT_CPUS,
	CPUHP_COUNT_WRITE_LOCKS,
	CPUHP_COUNT_STOPS,
	CPUHP_COUNT_QUIET,
	CPUHP_COUNT_TURN_NS,
	CPUHP_COUNT_WAKEUPS,
	CPUHP_COUNT_NR,
};

#endif /* _KERNEL_CPUHP_TYPES_H */
