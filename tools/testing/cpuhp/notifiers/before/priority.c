// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: wants to be asked before others, which no state promises; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(bool, early_on);

static int early_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
		per_cpu(early_on, cpu) = true;
		break;
	case CPU_DOWN_PREPARE:
		per_cpu(early_on, cpu) = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block early_nb = {
	.notifier_call = early_callback,
	.priority = 20,
};

static int __init early_init(void)
{
	register_cpu_notifier(&early_nb);
	return 0;
}

static void __exit early_exit(void)
{
	unregister_cpu_notifier(&early_nb);
}

module_init(early_init);
module_exit(early_exit);
MODULE_DESCRIPTION("sample: a priority");
MODULE_LICENSE("GPL");
