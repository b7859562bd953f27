// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: starts and stops something on each CPU. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/cpuhotplug.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(unsigned int, counter_starts);
static DEFINE_PER_CPU(bool, counter_on);

static void counter_start(unsigned int cpu)
{
	per_cpu(counter_starts, cpu)++;
	per_cpu(counter_on, cpu) = true;
}

static void counter_stop(unsigned int cpu)
{
	per_cpu(counter_on, cpu) = false;
}

static int counter_notify_online(unsigned int cpu)
{
	counter_start(cpu);
	return 0;
}

static int counter_notify_offline(unsigned int cpu)
{
	counter_stop(cpu);
	return 0;
}

static int counter_notify_online_state;

static int __init counter_init(void)
{
	counter_notify_online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN,
								KBUILD_MODNAME,
								counter_notify_online,
								counter_notify_offline);
	if (counter_notify_online_state < 0)
		return counter_notify_online_state;
	return 0;
}

static void __exit counter_exit(void)
{
	cpuhp_remove_state_nocalls(counter_notify_online_state);
}

module_init(counter_init);
module_exit(counter_exit);
MODULE_DESCRIPTION("sample: start and stop");
MODULE_LICENSE("GPL");
