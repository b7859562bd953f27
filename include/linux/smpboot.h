/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU kernel threads that come and go with their CPU.
 *
 * A thread is created once, parked while its CPU is away and unparked when the
 * CPU is back. kernel/smpboot.c runs the loop; the owner gives the pieces.
 */
#ifndef _LINUX_SMPBOOT_H
#define _LINUX_SMPBOOT_H

#include <linux/types.h>

struct task_struct;
/* What kernel/smpboot.c keeps for one thread */
struct smpboot_thread_data;

/**
 * struct smp_hotplug_thread - one kind of thread, with one instance per CPU
 * @thread_comm:	its name, with a %u for the CPU
 * @store:		where the task of each CPU is kept; the owner's, filled
 *			and cleared by the core
 * @selfparking:	the core creates the thread parked and leaves parking and
 *			unparking to the owner
 * @thread_should_run:	is there work? In the thread, preemption disabled
 * @thread_fn:		do the work; in the thread, may sleep. Called again as
 *			long as @thread_should_run says so
 * @create:		optional; in the task that created the thread, which is
 *			parked and off its run queue at that moment
 * @setup:		optional; in the thread, when it runs for the first time
 * @park:		optional; in the thread, still on its CPU, before it parks
 * @unpark:		optional; in the thread, back on its CPU. Undoes @park,
 *			and is not called where there is no @park
 * @cleanup:		optional; in the thread, when it ends, unless that is
 *			before @setup. Is told whether the CPU is online
 * @list:		private to the core
 *
 * Callbacks in the thread may sleep, except @thread_should_run. A CPU on its way
 * down waits for a callback that is running, so none may wait for a thread of
 * another kind, which may be parked already.
 */
struct smp_hotplug_thread {
	const char *thread_comm;
	struct task_struct * __percpu *store;
	bool selfparking;
	int (*thread_should_run)(unsigned int cpu);
	void (*thread_fn)(unsigned int cpu);
	void (*create)(unsigned int cpu);
	void (*setup)(unsigned int cpu);
	void (*park)(unsigned int cpu);
	void (*unpark)(unsigned int cpu);
	void (*cleanup)(unsigned int cpu, bool online);
	struct list_head list;
};

int smpboot_register_percpu_thread(struct smp_hotplug_thread *plug_thread);
void smpboot_unregister_percpu_thread(struct smp_hotplug_thread *plug_thread);

#endif /* _LINUX_SMPBOOT_H */
