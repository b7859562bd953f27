// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: keeps memory of the dead, frees that of CPUs never up; for a person. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/slab.h>

static DEFINE_PER_CPU(void *, around_page);
static DEFINE_PER_CPU(bool, around_leaving);

static int around_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_UP_PREPARE:
		if (!per_cpu(around_page, cpu))
			per_cpu(around_page, cpu) = kmalloc(64, GFP_KERNEL);
		break;
	case CPU_UP_CANCELED:
		kfree(per_cpu(around_page, cpu));
		per_cpu(around_page, cpu) = NULL;
		break;
	case CPU_DOWN_PREPARE:
		per_cpu(around_leaving, cpu) = true;
		break;
	case CPU_DOWN_FAILED:
		per_cpu(around_leaving, cpu) = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block around_nb = {
	.notifier_call = around_callback,
};

static int __init around_init(void)
{
	register_cpu_notifier(&around_nb);
	return 0;
}

static void __exit around_exit(void)
{
	unregister_cpu_notifier(&around_nb);
}

module_init(around_init);
module_exit(around_exit);
MODULE_DESCRIPTION("sample: only the way back");
MODULE_LICENSE("GPL");
