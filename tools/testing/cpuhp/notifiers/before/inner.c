// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: looks at the event in an arm, and leaves an arm early; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(bool, inner_on);

static int inner_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
		if (per_cpu(inner_on, cpu))
			break;
		per_cpu(inner_on, cpu) = true;
		break;
	case CPU_DOWN_PREPARE:
		per_cpu(inner_on, cpu) = action & CPU_TASKS_FROZEN;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block inner_nb = {
	.notifier_call = inner_callback,
};

static int __init inner_init(void)
{
	register_cpu_notifier(&inner_nb);
	return 0;
}

static void __exit inner_exit(void)
{
	unregister_cpu_notifier(&inner_nb);
}

module_init(inner_init);
module_exit(inner_exit);
MODULE_DESCRIPTION("sample: more than the CPU");
MODULE_LICENSE("GPL");
