// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that are bound to their CPUs: each runs on its CPU or not at all, and
 * needs no lock to rely on that.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>

static DEFINE_PER_CPU(struct task_struct *, sample_thread);
static DEFINE_PER_CPU(unsigned long, sample_passes);

/* The condition is checked after the state is set: no wakeup is lost. */
static void sample_wait(void)
{
	set_current_state(TASK_IDLE);
	if (!kthread_bound_pending())
		schedule_timeout(HZ);
	__set_current_state(TASK_RUNNING);
}

static int sample_fn(void *unused)
{
	/* Parks in there while the CPU is away. */
	while (!kthread_bound_should_stop()) {
		__this_cpu_inc(sample_passes);
		sample_wait();
	}
	return 0;
}

static void sample_stop_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(sample_thread, cpu))
			kthread_stop(per_cpu(sample_thread, cpu));
}

static int __init sample_init(void)
{
	struct task_struct *thread;
	unsigned int cpu;

	/* Also for CPUs that are offline: their threads begin when they come. */
	for_each_possible_cpu(cpu) {
		thread = kthread_create_bound(sample_fn, NULL, cpu, "sample/%u", cpu);
		if (IS_ERR(thread)) {
			sample_stop_all();
			return PTR_ERR(thread);
		}
		per_cpu(sample_thread, cpu) = thread;
		wake_up_process(thread);
	}
	return 0;
}

static void __exit sample_exit(void)
{
	sample_stop_all();
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("CPU hotplug sample: bound threads");
MODULE_LICENSE("GPL");
