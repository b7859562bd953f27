// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: prepares, starts, stops and frees, and may refuse a CPU. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/cpuhotplug.h>
#include <linux/percpu.h>
#include <linux/printk.h>

static DEFINE_PER_CPU(bool, both_ready);
static unsigned int both_busy = -1U;
module_param(both_busy, uint, 0644);

static int both_event_prepare(unsigned int cpu)
{
	if (!cpu_possible(cpu))
		return -EPERM;
	per_cpu(both_ready, cpu) = true;
	return 0;
}

static int both_event_dead(unsigned int cpu)
{
	per_cpu(both_ready, cpu) = false;
	return 0;
}

static int both_event_online(unsigned int cpu)
{
	pr_info("CPU%u is here\n", cpu);
	return 0;
}

static int both_event_offline(unsigned int cpu)
{
	if (cpu == both_busy)
		return -EBUSY;
	return 0;
}

static int both_event_prepare_state;
static int both_event_online_state;

static int __init both_init(void)
{
	both_event_prepare_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
							     KBUILD_MODNAME,
							     both_event_prepare,
							     both_event_dead);
	if (both_event_prepare_state < 0)
		return both_event_prepare_state;
	both_event_online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN,
							    KBUILD_MODNAME,
							    both_event_online,
							    both_event_offline);
	if (both_event_online_state < 0)
		return both_event_online_state;
	return 0;
}

static void __exit both_exit(void)
{
	cpuhp_remove_state_nocalls(both_event_online_state);
	cpuhp_remove_state_nocalls(both_event_prepare_state);
}

module_init(both_init);
module_exit(both_exit);
MODULE_DESCRIPTION("sample: both sections, and a refusal");
MODULE_LICENSE("GPL");
