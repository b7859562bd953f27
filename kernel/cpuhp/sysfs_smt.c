// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/devices/system/cpu/smt/: parses and shows the SMT policy, which smt.c owns.
 *
 * The files exist without SMT, too, and then show that there is none.
 */
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/sched/smt.h>
#include <linux/string.h>

#include "cpuhp.h"

static const char * const smt_words[] = {
	[CPU_SMT_NOT_IMPLEMENTED]	= "notimplemented",
	[CPU_SMT_NOT_SUPPORTED]		= "notsupported",
	[CPU_SMT_FORCE_DISABLED]	= "forceoff",
	[CPU_SMT_DISABLED]		= "off",
	[CPU_SMT_ENABLED]		= "on",
};

/* What may be written: a word, or a number of threads per core. */
static int parse_control(const char *buf, enum cpuhp_smt_control *control,
			 unsigned int *threads)
{
	int word = sysfs_match_string(smt_words, buf);
	int err;

	switch (word) {
	case CPU_SMT_ENABLED:
		*threads = cpuhp_smt_max_threads;
		break;
	case CPU_SMT_DISABLED:
	case CPU_SMT_FORCE_DISABLED:
		*threads = 1;
		break;
	default:
		err = kstrtouint(buf, 10, threads);
		if (err || !cpuhp_smt_threads_valid(*threads))
			return -EINVAL;
		word = *threads == 1 ? CPU_SMT_DISABLED : CPU_SMT_ENABLED;
		break;
	}
	*control = word;
	return 0;
}

static ssize_t control_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	enum cpuhp_smt_control control;
	unsigned int threads;
	int err;

	switch (cpu_smt_control) {
	case CPU_SMT_FORCE_DISABLED:
		return -EPERM;
	case CPU_SMT_NOT_SUPPORTED:
	case CPU_SMT_NOT_IMPLEMENTED:
		return -ENODEV;
	default:
		break;
	}

	err = parse_control(buf, &control, &threads) ?: lock_device_hotplug_sysfs();
	if (err)
		return err;
	err = cpuhp_smt_switch(control, threads);
	unlock_device_hotplug();
	return err ?: count;
}

static ssize_t control_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	/* Some threads of each core, but not all: the number says more. */
	if (cpu_smt_control == CPU_SMT_ENABLED && cpu_smt_num_threads != cpuhp_smt_max_threads)
		return sysfs_emit(buf, "%u\n", cpu_smt_num_threads);
	return sysfs_emit(buf, "%s\n", smt_words[cpu_smt_control]);
}
static DEVICE_ATTR_RW(control);

static ssize_t active_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", sched_smt_active());
}
static DEVICE_ATTR_RO(active);

static struct attribute *cpuhp_smt_attrs[] = {
	&dev_attr_control.attr,
	&dev_attr_active.attr,
	NULL
};

const struct attribute_group cpuhp_smt_group = {
	.name	= "smt",
	.attrs	= cpuhp_smt_attrs,
};
