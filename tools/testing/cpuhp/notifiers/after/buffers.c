// SPDX-License-Identifier: GPL-2.0
/* Sample driver of old: memory before a CPU runs, freed when it is dead, or never came. */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/cpuhotplug.h>
#include <linux/percpu.h>
#include <linux/slab.h>

static DEFINE_PER_CPU(void *, buffer);

static int buffer_alloc(unsigned int cpu)
{
	per_cpu(buffer, cpu) = kmalloc(64, GFP_KERNEL);
	return per_cpu(buffer, cpu) ? 0 : -ENOMEM;
}

static int buffer_callback_prepare(unsigned int cpu)
{
	int err;

	err = buffer_alloc(cpu);
	if (err)
		return err;
	return 0;
}

static int buffer_callback_dead(unsigned int cpu)
{
	kfree(per_cpu(buffer, cpu));
	per_cpu(buffer, cpu) = NULL;
	return 0;
}

static int buffer_callback_prepare_state;

static int __init buffer_init(void)
{
	buffer_callback_prepare_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
								  KBUILD_MODNAME,
								  buffer_callback_prepare,
								  buffer_callback_dead);
	if (buffer_callback_prepare_state < 0)
		return buffer_callback_prepare_state;
	return 0;
}

static void __exit buffer_exit(void)
{
	cpuhp_remove_state_nocalls(buffer_callback_prepare_state);
}

module_init(buffer_init);
module_exit(buffer_exit);
MODULE_DESCRIPTION("sample: memory");
MODULE_LICENSE("GPL");
