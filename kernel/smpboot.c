// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads that belong to a CPU: its idle task, and the kernel threads that
 * subsystems register as struct smp_hotplug_thread.
 *
 * Owns the idle tasks, the list of registered kinds, and the loop that every
 * thread of a kind runs. A thread is created once per CPU, the first time the
 * CPU is brought up; from then on it is parked while the CPU is away and
 * unparked when it is back, and ends only when its kind is unregistered.
 *
 * Knows nothing of the line of states. The hotplug core calls
 *   smpboot_create_threads()	in CPUHP_CREATE_THREADS, up, on the control CPU
 *   smpboot_unpark_threads()	in CPUHP_AP_SMPBOOT_THREADS, up, on the AP
 *   smpboot_park_threads()	in CPUHP_AP_SMPBOOT_THREADS, down, on the AP
 */
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/smpboot.h>
#include <linux/topology.h>

#include "smpboot.h"

#if defined(CONFIG_SMP) && defined(CONFIG_GENERIC_SMP_IDLE_THREAD)
/*
 * Filled at boot, before any other CPU runs, and constant afterwards: a CPU
 * that goes away leaves its idle task here and gets the same one back.
 */
static DEFINE_PER_CPU(struct task_struct *, idle_threads);

/**
 * idle_thread_get - the idle task of a CPU
 * @cpu:	a possible CPU
 *
 * Context: any.
 * Return: the task, or ERR_PTR(-ENOMEM) if booting could not create one.
 */
struct task_struct *idle_thread_get(unsigned int cpu)
{
	return per_cpu(idle_threads, cpu) ?: ERR_PTR(-ENOMEM);
}

/**
 * idle_thread_set_boot_cpu - make the booting task this CPU's idle task
 *
 * Context: once, early on the boot CPU, while current is init_task.
 */
void __init idle_thread_set_boot_cpu(void)
{
	per_cpu(idle_threads, smp_processor_id()) = current;
}

/**
 * idle_threads_init - create the idle tasks of all other possible CPUs
 *
 * A CPU without one cannot be brought up; see idle_thread_get().
 *
 * Context: once, on the boot CPU, before others are started. Sleeps.
 */
void __init idle_threads_init(void)
{
	struct task_struct *idle;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(idle_threads, cpu))
			continue;
		idle = fork_idle(cpu);
		if (IS_ERR(idle))
			pr_err("SMP: fork_idle() failed for CPU %u\n", cpu);
		else
			per_cpu(idle_threads, cpu) = idle;
	}
}
#endif

/*
 * Registered kinds, the newest first.
 *
 * The threads of a CPU are unparked from the newest kind to the oldest, and
 * asked to park from the oldest to the newest. All are asked before the first
 * is waited for, so a kind must not rely on another one being parked already.
 */
static LIST_HEAD(thread_kinds);

/*
 * Held for writing to change the list and to create or stop threads on behalf
 * of a registration; for reading while a CPU's threads are created, parked or
 * unparked, each CPU touching only its own slot of ->store. So the CPUs of one
 * operation do not wait for each other here.
 *
 * Nests inside cpu_hotplug_lock, which a writer here holds for reading. CPUs
 * move only under its write side, so no writer can queue up between readers.
 */
static DECLARE_RWSEM(thread_kinds_rwsem);

/*
 * Where a thread stands between its callbacks. Written by the thread alone.
 *
 *	HP_NEW     -> HP_ACTIVE	->setup() was called
 *	HP_ACTIVE  -> HP_PARKED	->park() was called
 *	HP_PARKED  -> HP_ACTIVE	->unpark() was called
 */
enum hp_thread_status {
	HP_NEW,
	HP_ACTIVE,
	HP_PARKED,
};

/**
 * struct smpboot_thread_data - one thread
 * @cpu:	the CPU it belongs to
 * @status:	see above
 * @asked:	smpboot_park_threads() waits for it; private to that function
 * @kind:	what it does
 *
 * Handed to the thread as its argument, and freed by it when it ends.
 */
struct smpboot_thread_data {
	unsigned int cpu;
	enum hp_thread_status status;
	bool asked;
	struct smp_hotplug_thread *kind;
};

/* What a thread does next */
enum hp_thread_turn {
	HP_DO_STOP,
	HP_DO_PARK,
	HP_DO_SETUP,
	HP_DO_UNPARK,
	HP_DO_WORK,
	HP_DO_SLEEP,
};

/*
 * Called with preemption disabled and the sleeping state already set: a wakeup
 * between this decision and schedule() is not lost.
 *
 * A thread that finds itself on a foreign CPU was not parked in time. It must
 * not touch per-CPU data from there, so it does nothing until it is woken at
 * home, or parked, or stopped.
 */
static enum hp_thread_turn thread_next_turn(const struct smpboot_thread_data *td)
{
	if (kthread_should_stop())
		return HP_DO_STOP;
	if (kthread_should_park())
		return HP_DO_PARK;
	if (WARN_ON_ONCE(td->cpu != smp_processor_id()))
		return HP_DO_SLEEP;
	if (td->status == HP_NEW)
		return HP_DO_SETUP;
	if (td->status == HP_PARKED)
		return HP_DO_UNPARK;
	return td->kind->thread_should_run(td->cpu) ? HP_DO_WORK : HP_DO_SLEEP;
}

static void thread_setup(struct smpboot_thread_data *td)
{
	if (td->kind->setup)
		td->kind->setup(td->cpu);
	td->status = HP_ACTIVE;
}

/* ->unpark() runs only after ->park() has. */
static void thread_park(struct smpboot_thread_data *td)
{
	if (td->kind->park && td->status == HP_ACTIVE &&
	    !WARN_ON_ONCE(td->cpu != raw_smp_processor_id())) {
		td->kind->park(td->cpu);
		td->status = HP_PARKED;
	}
	kthread_parkme();
}

static void thread_unpark(struct smpboot_thread_data *td)
{
	if (td->kind->unpark)
		td->kind->unpark(td->cpu);
	td->status = HP_ACTIVE;
}

static void thread_stop(struct smpboot_thread_data *td)
{
	if (td->kind->cleanup && td->status != HP_NEW)
		td->kind->cleanup(td->cpu, cpu_online(td->cpu));
	kfree(td);
}

static int smpboot_thread_fn(void *data)
{
	struct smpboot_thread_data *td = data;
	enum hp_thread_turn turn;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		preempt_disable();
		turn = thread_next_turn(td);
		if (turn == HP_DO_SLEEP) {
			preempt_enable_no_resched();
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		preempt_enable();

		switch (turn) {
		case HP_DO_STOP:
			thread_stop(td);
			return 0;
		case HP_DO_PARK:
			thread_park(td);
			break;
		case HP_DO_SETUP:
			thread_setup(td);
			break;
		case HP_DO_UNPARK:
			thread_unpark(td);
			break;
		default:
			td->kind->thread_fn(td->cpu);
			break;
		}
	}
}

static struct task_struct *thread_of(const struct smp_hotplug_thread *kind, unsigned int cpu)
{
	return *per_cpu_ptr(kind->store, cpu);
}

static int create_thread(struct smp_hotplug_thread *kind, unsigned int cpu)
{
	struct smpboot_thread_data *td;
	struct task_struct *tsk;

	if (thread_of(kind, cpu))
		return 0;

	td = kzalloc_node(sizeof(*td), GFP_KERNEL, cpu_to_node(cpu));
	if (!td)
		return -ENOMEM;
	td->cpu = cpu;
	td->kind = kind;

	tsk = kthread_create_on_cpu(smpboot_thread_fn, td, cpu, kind->thread_comm);
	if (IS_ERR(tsk)) {
		kfree(td);
		return PTR_ERR(tsk);
	}
	kthread_set_per_cpu(tsk, cpu);
	/* Its CPU may not be there yet. Unparking binds it again and lets it start. */
	kthread_park(tsk);
	get_task_struct(tsk);
	*per_cpu_ptr(kind->store, cpu) = tsk;

	/*
	 * ->create() may change what can only be changed off the run queue: the
	 * stopper takes another scheduling class there.
	 */
	if (kind->create && !WARN_ON(!wait_task_inactive(tsk, TASK_PARKED)))
		kind->create(cpu);
	return 0;
}

static void unpark_thread(const struct smp_hotplug_thread *kind, unsigned int cpu)
{
	if (!kind->selfparking)
		kthread_unpark(thread_of(kind, cpu));
}

static void stop_threads(struct smp_hotplug_thread *kind)
{
	struct task_struct *tsk;
	unsigned int cpu;

	/* A CPU that is offline may have a parked thread, too. */
	for_each_possible_cpu(cpu) {
		tsk = thread_of(kind, cpu);
		if (!tsk)
			continue;
		kthread_stop_put(tsk);
		*per_cpu_ptr(kind->store, cpu) = NULL;
	}
}

/**
 * smpboot_create_threads - make sure a CPU has a thread of every kind
 * @cpu:	the CPU, not online
 *
 * New threads are left parked. On failure, those created so far are kept for the
 * next attempt.
 *
 * Context: sleeps; cpu_hotplug_lock held for writing.
 * Return: 0, -ENOMEM, or the error of kthread_create_on_cpu().
 */
int smpboot_create_threads(unsigned int cpu)
{
	struct smp_hotplug_thread *kind;
	int ret = 0;

	down_read(&thread_kinds_rwsem);
	list_for_each_entry(kind, &thread_kinds, list) {
		ret = create_thread(kind, cpu);
		if (ret)
			break;
	}
	up_read(&thread_kinds_rwsem);
	return ret;
}

/**
 * smpboot_unpark_threads - let the threads of a CPU run, newest kind first
 * @cpu:	the CPU, online; its threads exist
 *
 * Does not wait for them to run. May go on for several CPUs at the same time.
 *
 * Context: sleeps; cpu_hotplug_lock held for writing on behalf of the caller.
 * Return: always 0.
 */
int smpboot_unpark_threads(unsigned int cpu)
{
	struct smp_hotplug_thread *kind;

	down_read(&thread_kinds_rwsem);
	list_for_each_entry(kind, &thread_kinds, list)
		unpark_thread(kind, cpu);
	up_read(&thread_kinds_rwsem);
	return 0;
}

static void ask_to_park(const struct smp_hotplug_thread *kind, unsigned int cpu)
{
	struct task_struct *tsk = thread_of(kind, cpu);
	struct smpboot_thread_data *td;

	if (!tsk || kind->selfparking)
		return;
	td = kthread_data(tsk);
	td->asked = !kthread_park_ask(tsk);
}

static void wait_until_parked(const struct smp_hotplug_thread *kind, unsigned int cpu)
{
	struct task_struct *tsk = thread_of(kind, cpu);
	struct smpboot_thread_data *td;

	if (!tsk || kind->selfparking)
		return;
	td = kthread_data(tsk);
	if (td->asked)
		kthread_park_wait(tsk);
	td->asked = false;
}

/**
 * smpboot_park_threads - park the threads of a CPU, oldest kind first
 * @cpu:	the CPU, still online
 *
 * All are asked before the first is waited for, so that they get ready side by
 * side. May go on for several CPUs at the same time.
 *
 * Context: sleeps; cpu_hotplug_lock held for writing on behalf of the caller.
 * Return: always 0, with every thread off the CPU.
 */
int smpboot_park_threads(unsigned int cpu)
{
	struct smp_hotplug_thread *kind;

	down_read(&thread_kinds_rwsem);
	list_for_each_entry_reverse(kind, &thread_kinds, list)
		ask_to_park(kind, cpu);
	list_for_each_entry_reverse(kind, &thread_kinds, list)
		wait_until_parked(kind, cpu);
	up_read(&thread_kinds_rwsem);
	return 0;
}

/**
 * smpboot_register_percpu_thread - give every CPU a thread of a new kind
 * @plug_thread:	the kind; must stay until it is unregistered
 *
 * Threads of online CPUs are created and, unless ->selfparking, set running
 * before this returns; the others follow when their CPU is brought up.
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: 0; -ENOMEM or the error of kthread_create_on_cpu(), with nothing
 * left behind.
 */
int smpboot_register_percpu_thread(struct smp_hotplug_thread *plug_thread)
{
	unsigned int cpu;
	int ret = 0;

	cpus_read_lock();
	down_write(&thread_kinds_rwsem);
	for_each_online_cpu(cpu) {
		ret = create_thread(plug_thread, cpu);
		if (ret)
			break;
		unpark_thread(plug_thread, cpu);
	}
	if (ret)
		stop_threads(plug_thread);
	else
		list_add(&plug_thread->list, &thread_kinds);
	up_write(&thread_kinds_rwsem);
	cpus_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(smpboot_register_percpu_thread);

/**
 * smpboot_unregister_percpu_thread - stop the threads of a kind on all CPUs
 * @plug_thread:	the kind
 *
 * Context: sleeps, takes cpus_read_lock(); waits until every thread has ended.
 */
void smpboot_unregister_percpu_thread(struct smp_hotplug_thread *plug_thread)
{
	cpus_read_lock();
	down_write(&thread_kinds_rwsem);
	list_del(&plug_thread->list);
	stop_threads(plug_thread);
	up_write(&thread_kinds_rwsem);
	cpus_read_unlock();
}
EXPORT_SYMBOL_GPL(smpboot_unregister_percpu_thread);
