// SPDX-License-Identifier: GPL-2.0
/*
 * A module whose states take over from dead CPUs, and depend on each other.
 *
 * When one CPU dies, all others are alive. When several die together, a callback for
 * one of them must not wait for another one that is dead and whose timers nobody has
 * taken over yet. Two states in the PREPARE section check this, "low" below "high":
 *
 * - When "low" runs for the first CPU of a set, "high" has run for all of them.
 * - "low" takes a mutex. The holder of the mutex sleeps on a CPU of the set, and a
 *   timer of that CPU wakes it.
 *
 * Parameters: "set", the CPUs that will leave together; "sleeper", the CPU on which
 * the holder sleeps, -1 for none, and a write starts the holder; "wrong" counts
 * violations; "waited" counts how often "low" has waited for the mutex and got it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sysfs.h>

/* Long enough for the set to die meanwhile. */
#define NAP_S		3
/* A timer that has not fired by then is lost. */
#define LIMIT_S		60

static DEFINE_MUTEX(wanted);
static DECLARE_COMPLETION(is_held);
static DECLARE_COMPLETION(is_free);

static struct cpumask set;
static struct cpumask passed_high;
static enum cpuhp_state low_state = CPUHP_INVALID;
static enum cpuhp_state high_state = CPUHP_INVALID;
static int sleeper = -1;

static unsigned int wrong;
module_param(wrong, uint, 0444);
MODULE_PARM_DESC(wrong, "how often a state found what it must not find");

static unsigned int waited;
module_param(waited, uint, 0444);
MODULE_PARM_DESC(waited, "how often the lower state has waited for the mutex");

static int hold(void *unused)
{
	mutex_lock(&wanted);
	complete(&is_held);
	schedule_timeout_uninterruptible(NAP_S * HZ);
	mutex_unlock(&wanted);
	complete(&is_free);
	return 0;
}

static int sleeper_set(const char *text, const struct kernel_param *param)
{
	struct task_struct *holder;
	int cpu, err;

	err = kstrtoint(text, 10, &cpu);
	if (err)
		return err;
	if (sleeper >= 0)
		wait_for_completion(&is_free);
	sleeper = -1;
	if (cpu < 0)
		return 0;
	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -ENODEV;
	holder = kthread_create(hold, NULL, "dead_test/%d", cpu);
	if (IS_ERR(holder))
		return PTR_ERR(holder);
	kthread_bind(holder, cpu);
	wake_up_process(holder);
	wait_for_completion(&is_held);
	sleeper = cpu;
	return 0;
}

static const struct kernel_param_ops sleeper_ops = {
	.set = sleeper_set,
	.get = param_get_int,
};
module_param_cb(sleeper, &sleeper_ops, &sleeper, 0644);
MODULE_PARM_DESC(sleeper, "CPU on which the holder of the mutex sleeps");

static int set_set(const char *text, const struct kernel_param *param)
{
	return cpulist_parse(text, &set);
}

static const struct kernel_param_ops set_ops = { .set = set_set };
module_param_cb(set, &set_ops, NULL, 0200);
MODULE_PARM_DESC(set, "CPUs that leave together");

static void is_wrong(unsigned int cpu, const char *what)
{
	wrong++;
	pr_err("CPU %u: %s\n", cpu, what);
}

static int high_up(unsigned int cpu)
{
	cpumask_clear_cpu(cpu, &passed_high);
	return 0;
}

static int high_down(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &passed_high);
	return 0;
}

/* With a limit, because nothing can be read while the hotplug lock is held. */
static bool gets_the_mutex(void)
{
	unsigned int rounds;

	for (rounds = 0; rounds < LIMIT_S * 50; rounds++) {
		if (mutex_trylock(&wanted)) {
			mutex_unlock(&wanted);
			return true;
		}
		msleep(20);
	}
	return false;
}

static int low_down(unsigned int cpu)
{
	if (cpumask_test_cpu(cpu, &set) && !cpumask_subset(&set, &passed_high))
		is_wrong(cpu, "another CPU of the set has not been taken over as far");
	if (sleeper < 0 || (int)cpu == sleeper)
		return 0;
	if (!mutex_is_locked(&wanted))
		return 0;
	waited++;
	if (!gets_the_mutex())
		is_wrong(cpu, "the timer of another dead CPU stands still");
	return 0;
}

static void leave(void)
{
	if (sleeper >= 0)
		wait_for_completion(&is_free);
	if (high_state > 0)
		cpuhp_remove_state_nocalls(high_state);
	if (low_state > 0)
		cpuhp_remove_state_nocalls(low_state);
}

static int __init dead_test_init(void)
{
	int ret;

	/* The first state to register is the lower one, so "high" comes first going down. */
	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "dead_test:low",
					NULL, low_down);
	if (ret < 0)
		return ret;
	low_state = ret;
	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "dead_test:high",
					high_up, high_down);
	if (ret < 0) {
		leave();
		return ret;
	}
	high_state = ret;
	return 0;
}
module_init(dead_test_init);

static void __exit dead_test_exit(void)
{
	leave();
}
module_exit(dead_test_exit);

MODULE_DESCRIPTION("States that take over from several dead CPUs");
MODULE_LICENSE("GPL");
