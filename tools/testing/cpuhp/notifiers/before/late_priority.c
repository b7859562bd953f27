// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: takes its place among others at run time; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(bool, later_on);

static int later_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
		per_cpu(later_on, cpu) = true;
		break;
	case CPU_DOWN_PREPARE:
		per_cpu(later_on, cpu) = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block later_nb = {
	.notifier_call = later_callback,
};

static int __init later_init(void)
{
	later_nb.priority = -5;
	register_cpu_notifier(&later_nb);
	return 0;
}

static void __exit later_exit(void)
{
	unregister_cpu_notifier(&later_nb);
}

module_init(later_init);
module_exit(later_exit);
MODULE_DESCRIPTION("sample: a priority given late");
MODULE_LICENSE("GPL");
