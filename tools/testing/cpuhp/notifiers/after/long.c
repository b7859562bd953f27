// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: arms with blocks, loops, locals and many statements. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/cpuhotplug.h>
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

static int long_callback_online(unsigned int cpu)
{
	struct long_data *data = per_cpu_ptr(&long_data, cpu);
	int i;

	for (i = 0; i < LONG_SLOTS; i++)
		data->slot[i] = cpu;
	data->starts++;
	data->on = true;
	return 0;
}

static int long_callback_offline(unsigned int cpu)
{
	pr_info("CPU%u leaves\n", cpu);
	if (!per_cpu(long_data, cpu).on)
		return 0;
	if (per_cpu(long_data, cpu).starts > 1) {
		pr_info("CPU%u was here before\n", cpu);
		long_total++;
	} else {
		long_total = 0;
	}
	per_cpu(long_data, cpu).on = false;
	per_cpu(long_data, cpu).slot[0] = 0;
	long_total++;
	return 0;
}

static int long_callback_online_state;

static int __init long_init(void)
{
	long_callback_online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN,
							       KBUILD_MODNAME,
							       long_callback_online,
							       long_callback_offline);
	if (long_callback_online_state < 0)
		return long_callback_online_state;
	return 0;
}

static void __exit long_exit(void)
{
	cpuhp_remove_state_nocalls(long_callback_online_state);
}

module_init(long_init);
module_exit(long_exit);
MODULE_DESCRIPTION("sample: long arms");
MODULE_LICENSE("GPL");
