// SPDX-License-Identifier: GPL-2.0
/*
 * A module with an interrupt whose chip can be told not to direct it elsewhere.
 *
 * Parameters of insmod: "cpu", where the interrupt is wanted; "own", whether only this
 * CPU can move it, on architectures where that makes a difference.
 *
 * Others: "irq", its number; "answer", what the chip says to other targets: 0, and it
 * takes one of them, or an errno; "handled", how often it has been handled. A write to
 * "raise" raises it, on the CPU it is directed to, and fails if that does not run.
 */
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/smp.h>

#include "count.h"

#define NAME	"immovable_test"

static unsigned int cpu;
module_param(cpu, uint, 0444);
MODULE_PARM_DESC(cpu, "CPU that has the interrupt, if it may");

static bool own;
module_param(own, bool, 0444);
MODULE_PARM_DESC(own, "only the CPU that has the interrupt can move it");

static int answer;
module_param(answer, int, 0644);
MODULE_PARM_DESC(answer, "what the chip says to a new target");

static int irq;
module_param(irq, int, 0444);
MODULE_PARM_DESC(irq, "number of the interrupt");

static atomic_t handled;
module_param_cb(handled, &count_ops, &handled, 0444);
MODULE_PARM_DESC(handled, "how often the interrupt has been handled");

static int set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	unsigned int target = cpumask_test_cpu(cpu, mask) ? cpu : cpumask_first(mask);

	if (answer)
		return answer;
	irq_data_update_effective_affinity(data, cpumask_of(target));
	return IRQ_SET_MASK_OK;
}

static void do_nothing(struct irq_data *data)
{
}

static struct irq_chip chip = {
	.name			= NAME,
	.irq_mask		= do_nothing,
	.irq_unmask		= do_nothing,
	.irq_set_affinity	= set_affinity,
};

static irqreturn_t handle(int nr, void *unused)
{
	atomic_inc(&handled);
	return IRQ_HANDLED;
}

static void arrive(void *unused)
{
	generic_handle_irq(irq);
}

static int raise_set(const char *text, const struct kernel_param *param)
{
	struct irq_data *data = irq_get_irq_data(irq);
	const struct cpumask *target;

	if (!data)
		return -ENODEV;
	target = irq_data_get_effective_affinity_mask(data);
	return smp_call_function_single(cpumask_first(target), arrive, NULL, 1);
}

static const struct kernel_param_ops raise_ops = { .set = raise_set };
module_param_cb(raise, &raise_ops, NULL, 0200);
MODULE_PARM_DESC(raise, "raises the interrupt");

static int __init immovable_test_init(void)
{
	int err;

	/* No owner: whoever requests it, this module, would have to stay loaded. */
	irq = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);
	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &chip, handle_simple_irq);
	irq_clear_status_flags(irq, IRQ_NOREQUEST);
	if (!own)
		irq_set_status_flags(irq, IRQ_MOVE_PCNTXT);
	err = request_irq(irq, handle, 0, NAME, &handled);
	if (err)
		irq_free_desc(irq);
	return err;
}
module_init(immovable_test_init);

static void __exit immovable_test_exit(void)
{
	free_irq(irq, &handled);
	irq_free_desc(irq);
}
module_exit(immovable_test_exit);

MODULE_DESCRIPTION("has an interrupt that may be hard to move");
MODULE_LICENSE("GPL");
