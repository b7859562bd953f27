// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: starts on all CPUs and registers in one region; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(bool, region_on);

static int region_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
	case CPU_DOWN_FAILED:
		per_cpu(region_on, cpu) = true;
		break;
	case CPU_DOWN_PREPARE:
		per_cpu(region_on, cpu) = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block region_nb = {
	.notifier_call = region_callback,
};

static int __init region_init(void)
{
	unsigned int cpu;

	cpu_notifier_register_begin();
	for_each_online_cpu(cpu)
		per_cpu(region_on, cpu) = true;
	__register_hotcpu_notifier(&region_nb);
	cpu_notifier_register_done();
	return 0;
}

static void __exit region_exit(void)
{
	unsigned int cpu;

	cpu_notifier_register_begin();
	__unregister_hotcpu_notifier(&region_nb);
	for_each_online_cpu(cpu)
		per_cpu(region_on, cpu) = false;
	cpu_notifier_register_done();
}

module_init(region_init);
module_exit(region_exit);
MODULE_DESCRIPTION("sample: more in the region");
MODULE_LICENSE("GPL");
