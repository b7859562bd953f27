// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: arms with blocks, loops, locals and many statements. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/printk.h>

#define LONG_SLOTS	4

struct long_data {
	unsigned int slot[LONG_SLOTS];
	unsigned int starts;
	bool on;
};

static DEFINE_PER_CPU(struct long_data, long_data);
static unsigned int long_total;

static int long_callback(struct notifier_block *nfb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
	case CPU_DOWN_FAILED: {
		struct long_data *data = per_cpu_ptr(&long_data, cpu);
		int i;

		for (i = 0; i < LONG_SLOTS; i++)
			data->slot[i] = cpu;
		data->starts++;
		data->on = true;
		break;
	}
	case CPU_DOWN_PREPARE:
		pr_info("CPU%u leaves\n", cpu);
		if (!per_cpu(long_data, cpu).on)
			return NOTIFY_OK;
		if (per_cpu(long_data, cpu).starts > 1) {
			pr_info("CPU%u was here before\n", cpu);
			long_total++;
		} else {
			long_total = 0;
		}
		per_cpu(long_data, cpu).on = false;
		per_cpu(long_data, cpu).slot[0] = 0;
		long_total++;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block long_nb = {
	.notifier_call = long_callback,
	.priority = 0,
};

static int __init long_init(void)
{
	register_cpu_notifier(&long_nb);
	return 0;
}

static void __exit long_exit(void)
{
	unregister_cpu_notifier(&long_nb);
}

module_init(long_init);
module_exit(long_exit);
MODULE_DESCRIPTION("sample: long arms");
MODULE_LICENSE("GPL");
