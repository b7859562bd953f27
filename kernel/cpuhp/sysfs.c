// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/devices/system/cpu/hotplug/ and cpuN/hotplug/: what users read and
 * write. Parses the input, picks the errno, and passes requests to request.c.
 *
 * Bad input is refused before anything moves, with one log line where the errno
 * alone would not say what is wrong.
 */
#define pr_fmt(fmt) "cpuhp: " fmt

#include <linux/cleanup.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cpuhp.h"

/* cpuN/hotplug/ */

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", cpuhp_pos(dev->id));
}
static DEVICE_ATTR_RO(state);

static bool target_valid(int target)
{
	if (target == CPUHP_OFFLINE || target == CPUHP_ONLINE)
		return true;
	return IS_ENABLED(CONFIG_CPU_HOTPLUG_STATE_CONTROL) &&
	       target > CPUHP_OFFLINE && target < CPUHP_ONLINE;
}

static int move_to(unsigned int cpu, int target)
{
	enum cpuhp_dir dir = cpuhp_pos(cpu) < target ? CPUHP_UP : CPUHP_DOWN;

	if (cpuhp_pos(cpu) == target)
		return 0;
	return cpuhp_request(CPUHP_BY_TARGET, cpumask_of(cpu), dir, target);
}

static ssize_t target_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	int target, err;
	bool may_rest;

	err = kstrtoint(buf, 10, &target);
	if (err)
		return err;
	if (!target_valid(target))
		return -EINVAL;

	err = lock_device_hotplug_sysfs();
	if (err)
		return err;
	scoped_guard(mutex, &cpuhp_state_mutex)
		may_rest = cpuhp_state_may_rest(target);
	err = may_rest ? move_to(dev->id, target) : -EINVAL;
	unlock_device_hotplug();

	if (!may_rest)
		pr_notice_ratelimited("CPU%u: no CPU can rest at state %d\n", dev->id, target);
	return err ?: count;
}

static ssize_t target_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(per_cpu(cpuhp_rec.m.target, dev->id)));
}
static DEVICE_ATTR_RW(target);

/*
 * A failure makes sense only at a step that may fail. Of an online CPU, the steps
 * below the handover run when it is dead, and may not fail then.
 */
static int fail_valid(unsigned int cpu, int state)
{
	if (state < CPUHP_OFFLINE || state > CPUHP_ONLINE)
		return -EINVAL;
	if (state <= CPUHP_BRINGUP_CPU && cpuhp_pos(cpu) > CPUHP_BRINGUP_CPU)
		return -EINVAL;

	guard(mutex)(&cpuhp_state_mutex);
	return cpuhp_state_may_fail(state) ? 0 : -EINVAL;
}

static ssize_t fail_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	int state, err;

	err = kstrtoint(buf, 10, &state);
	if (err)
		return err;
	if (state != CPUHP_INVALID) {
		err = fail_valid(dev->id, state);
		if (err)
			return err;
	}
	WRITE_ONCE(per_cpu(cpuhp_rec.fail, dev->id), state);
	return count;
}

static ssize_t fail_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(per_cpu(cpuhp_rec.fail, dev->id)));
}
static DEVICE_ATTR_RW(fail);

static struct attribute *cpuhp_cpu_attrs[] = {
	&dev_attr_fail.attr,
	&dev_attr_state.attr,
	&dev_attr_target.attr,
	NULL
};

/* drivers/base/cpu.c gives it to the device of each CPU. */
const struct attribute_group cpuhp_cpu_group = {
	.name	= "hotplug",
	.attrs	= cpuhp_cpu_attrs,
};

/* hotplug/ */

static ssize_t states_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t len = 0;
	int state;

	guard(mutex)(&cpuhp_state_mutex);
	for (state = CPUHP_OFFLINE; state <= CPUHP_ONLINE; state++) {
		if (cpuhp_step(state)->name)
			len += sysfs_emit_at(buf, len, "%3d: %s\n", state,
					     cpuhp_step(state)->name);
	}
	return len;
}

static struct kobj_attribute states_attr = __ATTR_RO(states);

/*
 * Lists of CPUs. They are binary attributes, as other lists in sysfs are: a list
 * may be longer than a page, and a write comes with its offset in the file.
 */

/*
 * sysfs hands over a page at most and lets the writer come back with the rest,
 * which would be parsed as a list of its own, perhaps from the middle of a
 * number. So a write that fills a page counts as cut off, and a write at an
 * offset is refused. A write that was cut off moves the offset, too, because some
 * writers go on after an error.
 */
static int check_whole(struct file *file, loff_t off, size_t count)
{
	if (off) {
		pr_notice_ratelimited("a CPU list must be one write at the beginning of the file\n");
		return -EINVAL;
	}
	if (count >= PAGE_SIZE) {
		file->f_pos = count;
		pr_notice_ratelimited("CPU list of %lu bytes or more; strides such as 1-2047:1/2 make it shorter\n",
				      PAGE_SIZE);
		return -E2BIG;
	}
	return 0;
}

/* Parse a list into @cpus. The log says what is wrong with it. */
static int parse_list(const char *buf, size_t count, struct cpumask *cpus)
{
	int err = cpulist_parse(buf, cpus);

	if (err == -ERANGE || err == -EOVERFLOW) {
		pr_notice_ratelimited("CPU list names a CPU that cannot exist\n");
		return -ENODEV;
	}
	/* A NUL would hide the text behind it; only one at the very end is allowed. */
	if (err || cpumask_empty(cpus) || strlen(buf) + 1 < count) {
		pr_notice_ratelimited("malformed or empty CPU list\n");
		return -EINVAL;
	}
	return 0;
}

/* Under device_hotplug_lock, which is held to attach or detach a CPU, too. */
static int check_present(struct cpumask *cpus)
{
	if (cpumask_subset(cpus, cpu_present_mask))
		return 0;
	cpumask_andnot(cpus, cpus, cpu_present_mask);
	pr_notice_ratelimited("CPUs not present: %*pbl\n", cpumask_pr_args(cpus));
	return -ENODEV;
}

static int move_list(struct cpumask *cpus, enum cpuhp_dir dir, int target)
{
	int err;

	err = lock_device_hotplug_sysfs();
	if (err)
		return err;
	err = check_present(cpus) ?: cpuhp_request(CPUHP_BY_LIST, cpus, dir, target);
	unlock_device_hotplug();
	return err;
}

static ssize_t write_list(struct file *file, const char *buf, loff_t off, size_t count,
			  enum cpuhp_dir dir, int target)
{
	struct cpumask *cpus __free(kfree) = kzalloc(cpumask_size(), GFP_KERNEL);
	int err;

	if (!cpus)
		return -ENOMEM;
	err = check_whole(file, off, count) ?:
	      parse_list(buf, count, cpus) ?:
	      move_list(cpus, dir, target);
	return err ?: count;
}

static ssize_t online_write(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			    char *buf, loff_t off, size_t count)
{
	return write_list(file, buf, off, count, CPUHP_UP, CPUHP_ONLINE);
}

static ssize_t offline_write(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			     char *buf, loff_t off, size_t count)
{
	return write_list(file, buf, off, count, CPUHP_DOWN, CPUHP_OFFLINE);
}

/* Show the CPUs of @set that are not in @out, from a copy: both may change meanwhile. */
static ssize_t read_list(const struct cpumask *set, const struct cpumask *out,
			 char *buf, loff_t off, size_t count)
{
	struct cpumask *cpus __free(kfree) = kzalloc(cpumask_size(), GFP_KERNEL);
	char *text __free(kfree) = NULL;

	if (!cpus)
		return -ENOMEM;
	cpumask_andnot(cpus, set, out);
	text = kasprintf(GFP_KERNEL, "%*pbl\n", cpumask_pr_args(cpus));
	if (!text)
		return -ENOMEM;
	return memory_read_from_buffer(buf, count, &off, text, strlen(text));
}

static ssize_t online_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			   char *buf, loff_t off, size_t count)
{
	return read_list(cpu_online_mask, cpu_none_mask, buf, off, count);
}
static BIN_ATTR_RW(online, 0);

static ssize_t offline_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			    char *buf, loff_t off, size_t count)
{
	return read_list(cpu_present_mask, cpu_online_mask, buf, off, count);
}
static BIN_ATTR_RW(offline, 0);

static struct bin_attribute *cpuhp_root_lists[] = {
	&bin_attr_online,
	&bin_attr_offline,
	NULL
};

static ssize_t quiesce_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	return cpuhp_quiesce_store(buf) ?: count;
}

static ssize_t quiesce_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return cpuhp_quiesce_show(buf);
}

static struct kobj_attribute quiesce_attr = __ATTR_RW(quiesce);

static struct attribute *cpuhp_root_attrs[] = {
	&states_attr.attr,
	&quiesce_attr.attr,
	NULL
};

static const struct attribute_group cpuhp_root_group = {
	.attrs	= cpuhp_root_attrs,
	.bin_attrs = cpuhp_root_lists,
};

static const struct attribute_group *cpuhp_root_groups[] = {
	&cpuhp_root_group,
	&cpuhp_last_failure_group,
	&cpuhp_progress_group,
	NULL
};

/* hotplug/ has subdirectories, which a group cannot have: so it is a kobject. */
static int __init create_root(struct device *dev)
{
	struct kobject *root = kobject_create_and_add("hotplug", &dev->kobj);
	int err;

	if (!root)
		return -ENOMEM;
	err = sysfs_create_groups(root, cpuhp_root_groups);
	if (err)
		kobject_put(root);
	return err;
}

static int __init cpuhp_sysfs_init(void)
{
	struct device *dev = bus_get_dev_root(&cpu_subsys);
	int err;

	if (!dev)
		return -ENODEV;
	err = sysfs_create_group(&dev->kobj, &cpuhp_smt_group) ?: create_root(dev);
	put_device(dev);
	return err;
}
device_initcall(cpuhp_sysfs_init);
