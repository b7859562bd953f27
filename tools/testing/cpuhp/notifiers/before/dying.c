// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: works with interrupts off on the dying CPU; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>

static int dying_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_STARTING:
		enable_percpu_irq(cpu, 0);
		break;
	case CPU_DYING:
		disable_percpu_irq(cpu);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block dying_nb = {
	.notifier_call = dying_callback,
};

static int __init dying_init(void)
{
	register_cpu_notifier(&dying_nb);
	return 0;
}

module_init(dying_init);
MODULE_DESCRIPTION("sample: STARTING and DYING");
MODULE_LICENSE("GPL");
