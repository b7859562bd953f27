// SPDX-License-Identifier: GPL-2.0
/*
 * A module that raises an interrupt as if it had been lost.
 *
 * Parameter "send": an interrupt, by its number; a write raises it.
 */
#include <linux/irq.h>
#include <linux/irqflags.h>
#include <linux/module.h>

static int send_set(const char *text, const struct kernel_param *param)
{
	struct irq_data *data;
	unsigned int irq;
	int err;

	err = kstrtouint(text, 10, &irq);
	if (err)
		return err;
	data = irq_get_irq_data(irq);
	if (!data || !irq_data_get_irq_chip(data)->irq_retrigger)
		return -ENODEV;
	guard(irqsave)();
	return irq_data_get_irq_chip(data)->irq_retrigger(data) ? 0 : -EIO;
}

static const struct kernel_param_ops send_ops = { .set = send_set };
module_param_cb(send, &send_ops, NULL, 0200);
MODULE_PARM_DESC(send, "raises this interrupt");

static int __init irq_test_init(void)
{
	return 0;
}
module_init(irq_test_init);

static void __exit irq_test_exit(void)
{
}
module_exit(irq_test_exit);

MODULE_DESCRIPTION("Raises interrupts");
MODULE_LICENSE("GPL");
