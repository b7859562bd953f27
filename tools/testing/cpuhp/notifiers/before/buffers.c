// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: memory before a CPU runs, freed when it is dead, or never came. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/slab.h>

static DEFINE_PER_CPU(void *, buffer);

static int buffer_alloc(unsigned int cpu)
{
	per_cpu(buffer, cpu) = kmalloc(64, GFP_KERNEL);
	return per_cpu(buffer, cpu) ? 0 : -ENOMEM;
}

static int buffer_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	long cpu = (long)hcpu;
	int err;

	switch (action) {
	case CPU_UP_PREPARE:
	case CPU_UP_PREPARE_FROZEN:
		err = buffer_alloc(cpu);
		if (err)
			return notifier_from_errno(err);
		break;
	case CPU_UP_CANCELED:
	case CPU_UP_CANCELED_FROZEN:
	case CPU_DEAD:
	case CPU_DEAD_FROZEN:
		kfree(per_cpu(buffer, cpu));
		per_cpu(buffer, cpu) = NULL;
		break;
	default:
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block buffer_nb = {
	.notifier_call = buffer_callback,
};

static int __init buffer_init(void)
{
	register_cpu_notifier(&buffer_nb);
	return 0;
}

static void __exit buffer_exit(void)
{
	unregister_cpu_notifier(&buffer_nb);
}

module_init(buffer_init);
module_exit(buffer_exit);
MODULE_DESCRIPTION("sample: memory");
MODULE_LICENSE("GPL");
