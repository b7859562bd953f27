// SPDX-License-Identifier: GPL-2.0
/*
 * A state of the PREPARE section: memory that must be there before a CPU runs,
 * and that nobody uses any more once the CPU is dead.
 */
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/topology.h>

#define SAMPLE_BYTES	4096

static DEFINE_PER_CPU(void *, sample_buffer);

static int sample_prepare(unsigned int cpu)
{
	/* On some other CPU: @cpu does not run yet. */
	void *buffer = kmalloc_node(SAMPLE_BYTES, GFP_KERNEL, cpu_to_node(cpu));

	per_cpu(sample_buffer, cpu) = buffer;
	return buffer ? 0 : -ENOMEM;
}

static int sample_dead(unsigned int cpu)
{
	/* On some other CPU: @cpu runs no more. Must not fail. */
	kfree(per_cpu(sample_buffer, cpu));
	per_cpu(sample_buffer, cpu) = NULL;
	return 0;
}

static enum cpuhp_state sample_state;

static int __init sample_init(void)
{
	int ret;

	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "samples/cpuhp:prepare",
				sample_prepare, sample_dead);
	if (ret < 0)
		return ret;
	sample_state = ret;
	return 0;
}

static void __exit sample_exit(void)
{
	cpuhp_remove_state(sample_state);
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("CPU hotplug sample: a state of the PREPARE section");
MODULE_LICENSE("GPL");
