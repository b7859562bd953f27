// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: prepares, starts, stops and frees, and may refuse a CPU. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/printk.h>

static DEFINE_PER_CPU(bool, both_ready);
static unsigned int both_busy = -1U;
module_param(both_busy, uint, 0644);

static int both_event(struct notifier_block *nb, unsigned long event, void *data)
{
	unsigned int cpu = (unsigned long)data;

	switch (event & ~CPU_TASKS_FROZEN) {
	case CPU_UP_PREPARE:
		if (!cpu_possible(cpu))
			return NOTIFY_BAD;
		per_cpu(both_ready, cpu) = true;
		break;
	case CPU_ONLINE:
		pr_info("CPU%u is here\n", cpu);
		break;
	case CPU_DOWN_PREPARE:
		if (cpu == both_busy)
			return notifier_from_errno(-EBUSY);
		break;
	case CPU_DEAD:
		per_cpu(both_ready, cpu) = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block both_nb = {
	.notifier_call = both_event,
};

static int __init both_init(void)
{
	cpu_notifier_register_begin();
	__register_hotcpu_notifier(&both_nb);
	cpu_notifier_register_done();
	return 0;
}

static void __exit both_exit(void)
{
	unregister_hotcpu_notifier(&both_nb);
}

module_init(both_init);
module_exit(both_exit);
MODULE_DESCRIPTION("sample: both sections, and a refusal");
MODULE_LICENSE("GPL");
