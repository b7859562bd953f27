// SPDX-License-Identifier: GPL-2.0
/*
 * A module that makes CPUs need the broadcast of clock events: its idle state stops a
 * CPU's own timer, as deep idle states of some processors do.
 *
 * A timer on each CPU beats for as long as the CPU runs. With the parameter "trap", some
 * beats on a CPU that is offline put the CPU where it would be if it came from the idle
 * state, in which its next event has expired: its own timer is not set, for the
 * broadcast is about to serve it.
 *
 * Parameters to read: "beats", those of each CPU; "slept", how often a CPU was idle;
 * "trapped", how often one was put there; "escaped", how often such a CPU had its
 * next beat before it left.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpuhotplug.h>
#include <linux/cpuidle.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sysfs.h>
#include <linux/tick.h>

#include "count.h"

#define PERIOD_NS	(5 * NSEC_PER_MSEC)

/*
 * A trap lasts for two beats, in an interrupt. The beats between two of them leave the
 * CPU time for what it is there for: to look whether its turn to leave has come.
 */
#define BEATS_PER_TRAP	8

static atomic_t slept, trapped, escaped;

static bool trap;
module_param(trap, bool, 0644);
MODULE_PARM_DESC(trap, "CPUs that wait to leave depend on the broadcast");

module_param_cb(slept, &count_ops, &slept, 0444);
module_param_cb(trapped, &count_ops, &trapped, 0444);
module_param_cb(escaped, &count_ops, &escaped, 0444);

/**
 * struct heart - what beats on one CPU
 * @timer:	runs on this CPU as long as the CPU runs
 * @home:	this CPU
 * @beats:	how often it has run
 * @work:	runs behind the handler of the timer, which sets the next event last
 * @trapped:	since the latest beat
 */
struct heart {
	struct hrtimer timer;
	unsigned int home;
	unsigned long beats;
	struct irq_work work;
	bool trapped;
};

static DEFINE_PER_CPU(struct heart, hearts);

static int beats_get(char *text, const struct kernel_param *param)
{
	unsigned int cpu;
	int len = 0;

	for_each_online_cpu(cpu)
		len += sysfs_emit_at(text, len, "%u %lu\n", cpu,
				     READ_ONCE(per_cpu(hearts.beats, cpu)));
	return len;
}

static const struct kernel_param_ops beats_ops = { .get = beats_get };
module_param_cb(beats, &beats_ops, NULL, 0444);

/* The broadcast's interrupt comes to another CPU, which sends this one its event. */
static void enter_trap(struct irq_work *work)
{
	u64 end = ktime_get_ns() + 2 * PERIOD_NS;

	if (tick_broadcast_enter())
		return;
	atomic_inc(&trapped);
	container_of(work, struct heart, work)->trapped = true;
	while (ktime_get_ns() < end)
		cpu_relax();
	tick_broadcast_exit();
}

static void beat_offline(struct heart *heart)
{
	if (heart->trapped)
		atomic_inc(&escaped);
	heart->trapped = false;
	if (READ_ONCE(trap) && heart->beats % BEATS_PER_TRAP == 0)
		irq_work_queue(&heart->work);
}

static enum hrtimer_restart beat(struct hrtimer *timer)
{
	struct heart *heart = container_of(timer, struct heart, timer);

	/* The CPU is gone, and the timer is with another one. */
	if (raw_smp_processor_id() != heart->home)
		return HRTIMER_NORESTART;
	WRITE_ONCE(heart->beats, heart->beats + 1);
	if (!cpu_online(heart->home))
		beat_offline(heart);
	hrtimer_forward_now(timer, PERIOD_NS);
	return HRTIMER_RESTART;
}

static int begin(unsigned int cpu)
{
	struct heart *heart = per_cpu_ptr(&hearts, cpu);

	hrtimer_cancel(&heart->timer);
	heart->trapped = false;
	hrtimer_start(&heart->timer, PERIOD_NS, HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

static void init_hearts(void)
{
	struct heart *heart;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		heart = per_cpu_ptr(&hearts, cpu);
		heart->home = cpu;
		heart->work = IRQ_WORK_INIT_HARD(enter_trap);
		hrtimer_init(&heart->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
		heart->timer.function = beat;
	}
}

static __cpuidle int idle(struct cpuidle_device *dev, struct cpuidle_driver *drv, int index)
{
	raw_atomic_inc(&slept);
	raw_safe_halt();
	raw_local_irq_disable();
	return index;
}

static struct cpuidle_driver driver = {
	.name = KBUILD_MODNAME,
	.owner = THIS_MODULE,
	.states = {
		{
			.name = "stop",
			.desc = "stops the timer",
			.flags = CPUIDLE_FLAG_TIMER_STOP,
			.exit_latency = 1,
			.target_residency = 1,
			.enter = idle,
		},
	},
	.state_count = 1,
};

static int state;

static int __init broadcast_test_init(void)
{
	int err;

	init_hearts();
	err = cpuidle_register(&driver, NULL);
	if (err)
		return err;
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "broadcast_test:online", begin, NULL);
	if (state < 0)
		cpuidle_unregister(&driver);
	return min(state, 0);
}

static void __exit broadcast_test_exit(void)
{
	unsigned int cpu;

	cpuhp_remove_state_nocalls(state);
	for_each_possible_cpu(cpu) {
		hrtimer_cancel(per_cpu_ptr(&hearts.timer, cpu));
		irq_work_sync(per_cpu_ptr(&hearts.work, cpu));
	}
	cpuidle_unregister(&driver);
}

module_init(broadcast_test_init);
module_exit(broadcast_test_exit);
MODULE_DESCRIPTION("An idle state in which a CPU's own timer stops");
MODULE_LICENSE("GPL");
