// SPDX-License-Identifier: GPL-2.0
/*
 * A module with one thread per CPU. A thread works on the data of its CPU, so it may
 * only run on that CPU, and while that CPU is online. Each thread counts where it
 * runs.
 *
 * Parameters: "kind" is how the threads are bound: "bound" by kthread_create_bound(),
 * "bind" by kthread_bind(). "counts" has a line for each CPU: its number, the passes
 * of its thread, and how many of them were elsewhere.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/sysfs.h>

/* Passes from one sleep to the next */
#define BURST		100

static char *kind = "bound";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "how threads are tied to their CPUs: bound or bind");

/**
 * struct worker - the thread of one CPU
 * @task:	the thread, NULL where there is none
 * @cpu:	its CPU
 * @passes:	turns of its loop
 * @elsewhere:	turns on another CPU, or with its own CPU offline
 */
struct worker {
	struct task_struct *task;
	unsigned int cpu;
	unsigned long passes;
	unsigned long elsewhere;
};

static DEFINE_PER_CPU(struct worker, workers);

static bool at_home(const struct worker *w)
{
	return raw_smp_processor_id() == w->cpu && cpu_online(w->cpu);
}

/* Checked at the beginning and at the end, as the thread may be moved in between. */
static void one_pass(struct worker *w)
{
	bool home = at_home(w);

	WRITE_ONCE(w->passes, w->passes + 1);
	cpu_relax();
	if (!home || !at_home(w))
		WRITE_ONCE(w->elsewhere, w->elsewhere + 1);
}

static void pause_after(const struct worker *w)
{
	if (w->passes % BURST)
		cond_resched();
	else
		schedule_timeout_interruptible(1);
}

static int bind_fn(void *data)
{
	struct worker *w = data;

	while (!kthread_should_stop()) {
		one_pass(w);
		pause_after(w);
	}
	return 0;
}

static struct task_struct *create_bind(struct worker *w)
{
	struct task_struct *task;

	task = kthread_create_on_node(bind_fn, w, cpu_to_node(w->cpu), "bind_test/%u", w->cpu);
	if (!IS_ERR(task))
		kthread_bind(task, w->cpu);
	return task;
}

/* Set by the Makefile where the kernel has them. */
#ifdef HAVE_BOUND_THREADS
static int bound_fn(void *data)
{
	struct worker *w = data;

	while (!kthread_bound_should_stop()) {
		kthread_assert_cpu_pinned();
		one_pass(w);
		pause_after(w);
	}
	return 0;
}

static struct task_struct *create_bound(struct worker *w)
{
	return kthread_create_bound(bound_fn, w, w->cpu, "bound_test/%u", w->cpu);
}
#else
static struct task_struct *create_bound(struct worker *w)
{
	return ERR_PTR(-EOPNOTSUPP);
}
#endif

static const struct {
	const char *name;
	struct task_struct *(*create)(struct worker *w);
} kinds[] = {
	{ "bound",	create_bound },
	{ "bind",	create_bind },
};

static int counts_get(char *text, const struct kernel_param *param)
{
	unsigned int cpu;
	struct worker *w;
	int used = 0;

	for_each_possible_cpu(cpu) {
		w = per_cpu_ptr(&workers, cpu);
		if (w->task)
			used += sysfs_emit_at(text, used, "%u %lu %lu\n", cpu,
					      READ_ONCE(w->passes), READ_ONCE(w->elsewhere));
	}
	return used;
}

static const struct kernel_param_ops counts_ops = { .get = counts_get };
module_param_cb(counts, &counts_ops, NULL, 0444);
MODULE_PARM_DESC(counts, "for each CPU: number, passes, passes elsewhere");

static void stop_workers(void)
{
	unsigned int cpu;
	struct worker *w;

	for_each_possible_cpu(cpu) {
		w = per_cpu_ptr(&workers, cpu);
		if (w->task)
			kthread_stop(w->task);
	}
}

static int start_worker(unsigned int cpu, struct task_struct *(*create)(struct worker *w))
{
	struct worker *w = per_cpu_ptr(&workers, cpu);
	struct task_struct *task;

	w->cpu = cpu;
	task = create(w);
	if (IS_ERR(task))
		return PTR_ERR(task);
	w->task = task;
	wake_up_process(task);
	return 0;
}

static int start_workers(struct task_struct *(*create)(struct worker *w))
{
	unsigned int cpu;
	int ret = 0;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		ret = start_worker(cpu, create);
		if (ret)
			break;
	}
	cpus_read_unlock();
	if (ret)
		stop_workers();
	return ret;
}

static int __init bound_test_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kind, kinds[i].name))
			return start_workers(kinds[i].create);
	}
	pr_err("there is no kind %s\n", kind);
	return -EINVAL;
}
module_init(bound_test_init);

static void __exit bound_test_exit(void)
{
	stop_workers();
}
module_exit(bound_test_exit);

MODULE_DESCRIPTION("Threads that count where they run");
MODULE_LICENSE("GPL");
