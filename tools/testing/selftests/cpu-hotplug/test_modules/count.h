/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of a module that user space may read: parameters whose data is an atomic_t.
 *
 *	module_param_cb(name, &count_ops, &name, 0444);
 */
#ifndef CPUHP_TEST_COUNT_H
#define CPUHP_TEST_COUNT_H

#include <linux/atomic.h>
#include <linux/moduleparam.h>
#include <linux/sysfs.h>

static int count_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%d\n", atomic_read((atomic_t *)param->arg));
}

static const struct kernel_param_ops count_ops = { .get = count_get };

#endif /* CPUHP_TEST_COUNT_H */
