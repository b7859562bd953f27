// SPDX-License-Identifier: GPL-2.0
/*
 * A cpufreq driver for CPUs without frequencies, so that governors come and go with CPUs
 * as they do on hardware: it only remembers which frequency was asked for.
 *
 * Each CPU has a policy of its own. As with the drivers of most machines, the governor
 * schedutil may change the frequency from within the scheduler.
 */
#include <linux/cpufreq.h>
#include <linux/module.h>
#include <linux/percpu.h>

static struct cpufreq_frequency_table table[] = {
	{ .frequency = 1000000 },
	{ .frequency = 2000000 },
	{ .frequency = CPUFREQ_TABLE_END },
};

static DEFINE_PER_CPU(unsigned int, khz) = 1000000;

static unsigned int get(unsigned int cpu)
{
	return READ_ONCE(per_cpu(khz, cpu));
}

static int target_index(struct cpufreq_policy *policy, unsigned int index)
{
	WRITE_ONCE(per_cpu(khz, policy->cpu), table[index].frequency);
	return 0;
}

static unsigned int fast_switch(struct cpufreq_policy *policy, unsigned int target)
{
	WRITE_ONCE(per_cpu(khz, policy->cpu), target);
	return target;
}

static int init(struct cpufreq_policy *policy)
{
	policy->freq_table = table;
	policy->cpuinfo.transition_latency = 1000;
	policy->fast_switch_possible = true;
	return 0;
}

static struct cpufreq_driver driver = {
	.name		= "cpufreq_test",
	.init		= init,
	.verify		= cpufreq_generic_frequency_table_verify,
	.target_index	= target_index,
	.fast_switch	= fast_switch,
	.get		= get,
};

static int __init cpufreq_test_init(void)
{
	return cpufreq_register_driver(&driver);
}
module_init(cpufreq_test_init);

static void __exit cpufreq_test_exit(void)
{
	cpufreq_unregister_driver(&driver);
}
module_exit(cpufreq_test_exit);

MODULE_DESCRIPTION("A cpufreq driver that changes no frequency");
MODULE_LICENSE("GPL");
