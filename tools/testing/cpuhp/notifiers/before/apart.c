// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: tells a CPU that never came from one that died; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/printk.h>

static DEFINE_PER_CPU(bool, apart_ready);

static int apart_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_UP_PREPARE:
		per_cpu(apart_ready, cpu) = true;
		break;
	case CPU_UP_CANCELED:
		pr_info("CPU%u never came\n", cpu);
		break;
	case CPU_DEAD:
		per_cpu(apart_ready, cpu) = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block apart_nb = {
	.notifier_call = apart_callback,
};

static int __init apart_init(void)
{
	register_cpu_notifier(&apart_nb);
	return 0;
}

static void __exit apart_exit(void)
{
	unregister_cpu_notifier(&apart_nb);
}

module_init(apart_init);
module_exit(apart_exit);
MODULE_DESCRIPTION("sample: cancelled is not dead");
MODULE_LICENSE("GPL");
