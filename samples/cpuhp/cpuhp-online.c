// SPDX-License-Identifier: GPL-2.0
/*
 * A state of the ONLINE section: something that each CPU sets up for itself
 * when it comes and takes down when it goes.
 */
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/printk.h>

static DEFINE_PER_CPU(u64, sample_since);

static int sample_online(unsigned int cpu)
{
	/* On the CPU itself, in its hotplug thread: may sleep, may fail. */
	__this_cpu_write(sample_since, get_jiffies_64());
	return 0;
}

static int sample_offline(unsigned int cpu)
{
	pr_info("CPU%u was here for %llu jiffies\n", cpu,
		get_jiffies_64() - __this_cpu_read(sample_since));
	return 0;
}

static enum cpuhp_state sample_state;

static int __init sample_init(void)
{
	int ret;

	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "samples/cpuhp:online",
				sample_online, sample_offline);
	if (ret < 0)
		return ret;
	sample_state = ret;
	return 0;
}

static void __exit sample_exit(void)
{
	cpuhp_remove_state(sample_state);
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("CPU hotplug sample: a state of the ONLINE section");
MODULE_LICENSE("GPL");
