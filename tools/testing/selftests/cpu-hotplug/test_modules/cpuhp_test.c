// SPDX-License-Identifier: GPL-2.0
/*
 * A module that registers hotplug states and keeps books: each up call must find
 * its CPU down, each down call must find it up, and in the end there were as many
 * down calls as up calls.
 *
 * Three states: one in the PREPARE section, one in the ONLINE section, and one
 * in the ONLINE section with several instances.
 *
 * Each up call allocates, and its down call frees that.
 *
 * Parameters to read: "live" has the CPUs that are up in each state, "wrong" counts
 * calls at the wrong time or on the wrong CPU. Parameters to write: fail_up,
 * fail_down, fail_instance, fail_prepare, fail_dead, slow and wake.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>

#include "count.h"

#define NR_INSTANCES	3

/* A parameter that names a CPU, or an instance; -1 names none. */
#define NUMBER_PARAM(name, text)		\
	static int name = -1;			\
	module_param(name, int, 0644);		\
	MODULE_PARM_DESC(name, text ", -1 for none")

NUMBER_PARAM(fail_up, "CPU whose up calls fail in the ONLINE section");
NUMBER_PARAM(fail_down, "CPU whose down calls fail in the ONLINE section");
NUMBER_PARAM(fail_instance, "instance that fail_up and fail_down mean instead of the single state");
NUMBER_PARAM(fail_prepare, "CPU whose up calls fail in the PREPARE section");
NUMBER_PARAM(fail_dead, "CPU whose down calls fail in the PREPARE section");
NUMBER_PARAM(slow, "CPU whose calls in the ONLINE section do not end while it is named here");
NUMBER_PARAM(wake, "CPU whose down calls in the ONLINE section are a wakeup event");

/**
 * struct book - what has been called
 * @name:	for the report
 * @live:	CPUs whose up call succeeded and whose down call is due
 * @ups:	up calls that succeeded
 * @downs:	down calls that succeeded
 * @refused:	calls that failed on request, or without memory
 * @memory:	what the up call of each CPU has allocated
 */
struct book {
	const char *name;
	struct cpumask live;
	atomic_t ups;
	atomic_t downs;
	atomic_t refused;
	void *memory[NR_CPUS];
};

static struct book prepare_book = { .name = "prepare" };
static struct book online_book = { .name = "online" };

/**
 * struct instance - one of several users of the same state
 * @node:	links it to the state
 * @book:	its own
 */
struct instance {
	struct hlist_node node;
	struct book book;
};

static struct instance instances[NR_INSTANCES] = {
	{ .book.name = "instance 0" },
	{ .book.name = "instance 1" },
	{ .book.name = "instance 2" },
};

static enum cpuhp_state prepare_state = CPUHP_INVALID;
static enum cpuhp_state online_state = CPUHP_INVALID;
static enum cpuhp_state multi_state = CPUHP_INVALID;
static int nr_instances;
static atomic_t wrong = ATOMIC_INIT(0);

/* Set before the states go: from here on nothing may be refused. */
static bool leaving;

static void call_is_wrong(struct book *book, unsigned int cpu, const char *why)
{
	atomic_inc(&wrong);
	pr_err("%s: CPU %u: %s\n", book->name, cpu, why);
}

static int book_up(struct book *book, unsigned int cpu, bool refuse)
{
	if (cpumask_test_cpu(cpu, &book->live))
		call_is_wrong(book, cpu, "up twice");
	if (refuse) {
		atomic_inc(&book->refused);
		return -EIO;
	}
	book->memory[cpu] = kmalloc(SZ_1K, GFP_KERNEL);
	if (!book->memory[cpu]) {
		atomic_inc(&book->refused);
		return -ENOMEM;
	}
	cpumask_set_cpu(cpu, &book->live);
	atomic_inc(&book->ups);
	return 0;
}

static int book_down(struct book *book, unsigned int cpu, bool refuse)
{
	if (!cpumask_test_cpu(cpu, &book->live))
		call_is_wrong(book, cpu, "down without up");
	if (refuse && !leaving) {
		atomic_inc(&book->refused);
		return -EIO;
	}
	kfree(book->memory[cpu]);
	cpumask_clear_cpu(cpu, &book->live);
	atomic_inc(&book->downs);
	return 0;
}

/* The ONLINE section runs on the CPU that moves. */
static void check_cpu(struct book *book, unsigned int cpu)
{
	if (raw_smp_processor_id() != cpu)
		call_is_wrong(book, cpu, "called elsewhere");
}

static bool asked(int param, unsigned int cpu, int instance)
{
	return param == (int)cpu && fail_instance == instance;
}

static void linger(unsigned int cpu)
{
	while (READ_ONCE(slow) == (int)cpu)
		msleep(20);
}

static int prepare_up(unsigned int cpu)
{
	return book_up(&prepare_book, cpu, fail_prepare == (int)cpu);
}

static int prepare_down(unsigned int cpu)
{
	return book_down(&prepare_book, cpu, fail_dead == (int)cpu);
}

static int online_up(unsigned int cpu)
{
	check_cpu(&online_book, cpu);
	linger(cpu);
	return book_up(&online_book, cpu, asked(fail_up, cpu, -1));
}

static int online_down(unsigned int cpu)
{
	check_cpu(&online_book, cpu);
	linger(cpu);
	if (wake == (int)cpu)
		pm_system_wakeup();
	return book_down(&online_book, cpu, asked(fail_down, cpu, -1));
}

static int multi_up(unsigned int cpu, struct hlist_node *node)
{
	struct instance *inst = container_of(node, struct instance, node);

	check_cpu(&inst->book, cpu);
	return book_up(&inst->book, cpu, asked(fail_up, cpu, inst - instances));
}

static int multi_down(unsigned int cpu, struct hlist_node *node)
{
	struct instance *inst = container_of(node, struct instance, node);

	check_cpu(&inst->book, cpu);
	return book_down(&inst->book, cpu, asked(fail_down, cpu, inst - instances));
}

static int live_get(char *text, const struct kernel_param *param)
{
	int used, i;

	used = sysfs_emit(text, "prepare %*pbl\nonline %*pbl\n",
			  cpumask_pr_args(&prepare_book.live),
			  cpumask_pr_args(&online_book.live));
	for (i = 0; i < nr_instances; i++)
		used += sysfs_emit_at(text, used, "instance%d %*pbl\n", i,
				      cpumask_pr_args(&instances[i].book.live));
	return used;
}

static const struct kernel_param_ops live_ops = { .get = live_get };
module_param_cb(live, &live_ops, NULL, 0444);
MODULE_PARM_DESC(live, "per state the CPUs that are up");

module_param_cb(wrong, &count_ops, &wrong, 0444);
MODULE_PARM_DESC(wrong, "calls at the wrong time or on the wrong CPU");

static int states_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%d %d %d\n", prepare_state, online_state,
			  multi_state);
}

static const struct kernel_param_ops states_ops = { .get = states_get };
module_param_cb(states, &states_ops, NULL, 0444);
MODULE_PARM_DESC(states, "numbers of the three states");

static bool book_close(struct book *book)
{
	bool even = cpumask_empty(&book->live) &&
		    atomic_read(&book->ups) == atomic_read(&book->downs);

	pr_info("%s: %d up, %d down, %d refused%s\n", book->name,
		atomic_read(&book->ups), atomic_read(&book->downs),
		atomic_read(&book->refused), even ? "" : ", UNEVEN");
	return even;
}

static void leave(void)
{
	bool even;
	int i;

	leaving = true;
	while (nr_instances) {
		cpuhp_state_remove_instance(multi_state,
					    &instances[--nr_instances].node);
	}
	if (multi_state > 0)
		cpuhp_remove_multi_state(multi_state);
	if (online_state > 0)
		cpuhp_remove_state(online_state);
	if (prepare_state > 0)
		cpuhp_remove_state(prepare_state);

	even = book_close(&prepare_book);
	even &= book_close(&online_book);
	for (i = 0; i < NR_INSTANCES; i++)
		even &= book_close(&instances[i].book);
	pr_info("books %s, %d wrong calls\n", even ? "balanced" : "UNBALANCED",
		atomic_read(&wrong));
}

static int __init cpuhp_test_init(void)
{
	int ret;

	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "cpuhp_test:prepare",
				prepare_up, prepare_down);
	if (ret < 0)
		goto fail;
	prepare_state = ret;

	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "cpuhp_test:online",
				online_up, online_down);
	if (ret < 0)
		goto fail;
	online_state = ret;

	ret = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "cpuhp_test:multi",
				      multi_up, multi_down);
	if (ret < 0)
		goto fail;
	multi_state = ret;

	for (; nr_instances < NR_INSTANCES; nr_instances++) {
		ret = cpuhp_state_add_instance(multi_state,
					       &instances[nr_instances].node);
		if (ret)
			goto fail;
	}
	return 0;

fail:
	leave();
	return ret;
}
module_init(cpuhp_test_init);

static void __exit cpuhp_test_exit(void)
{
	leave();
}
module_exit(cpuhp_test_exit);

MODULE_DESCRIPTION("Counts the calls of CPU hotplug states");
MODULE_LICENSE("GPL");
