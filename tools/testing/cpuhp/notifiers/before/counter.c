// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: starts and stops something on each CPU. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(unsigned int, counter_starts);
static DEFINE_PER_CPU(bool, counter_on);

static void counter_start(unsigned int cpu)
{
	per_cpu(counter_starts, cpu)++;
	per_cpu(counter_on, cpu) = true;
}

static void counter_stop(unsigned int cpu)
{
	per_cpu(counter_on, cpu) = false;
}

static int counter_notify(struct notifier_block *self, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
	case CPU_DOWN_FAILED:
		counter_start(cpu);
		break;
	case CPU_DOWN_PREPARE:
		counter_stop(cpu);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block counter_nb = {
	.notifier_call = counter_notify,
};

static int __init counter_init(void)
{
	register_hotcpu_notifier(&counter_nb);
	return 0;
}

static void __exit counter_exit(void)
{
	unregister_hotcpu_notifier(&counter_nb);
}

module_init(counter_init);
module_exit(counter_exit);
MODULE_DESCRIPTION("sample: start and stop");
MODULE_LICENSE("GPL");
