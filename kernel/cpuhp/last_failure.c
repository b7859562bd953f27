// SPDX-License-Identifier: GPL-2.0
/*
 * hotplug/last_failure/: why the latest operation failed, one value per file.
 *
 * Owns the record. Names are looked up when the failure happens, because the
 * step and its callback may go away with their module before the files are read.
 * To get values that belong together, read `seq` before and after them: it
 * changes with every change of the record.
 */
#include <linux/cleanup.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cpuhp.h"

/* Raw, because a DYING step fails with interrupts off. */
static DEFINE_RAW_SPINLOCK(last_lock);

/**
 * struct last_failure - the record; all of it is protected by last_lock
 * @seq:	number of changes of the record
 * @recorded:	there is a failure, and the other fields describe it
 * @failure:	its numbers
 * @step_name:	name of the step
 * @callback:	name of the function that failed
 * @left_at_name: name of the state that the CPU was left at
 */
static struct last_failure {
	unsigned int seq;
	bool recorded;
	struct cpuhp_failure failure;
	char step_name[64];
	char callback[KSYM_SYMBOL_LEN];
	char left_at_name[64];
} last;

/* All users may read the record, so a callback without a name shows no address. */
static void name_callback(char *name, size_t size, void *callback)
{
	if (IS_ENABLED(CONFIG_KALLSYMS) && callback)
		scnprintf(name, size, "%ps", callback);
	else
		strscpy(name, "?", size);
}

/**
 * cpuhp_record_failure - show a failure in hotplug/last_failure/
 * @failure:	what went wrong
 *
 * Context: any but hard interrupts; does not sleep.
 */
void cpuhp_record_failure(const struct cpuhp_failure *failure)
{
	guard(raw_spinlock)(&last_lock);

	last.seq++;
	last.recorded = true;
	last.failure = *failure;
	strscpy(last.step_name, cpuhp_step_name(failure->state));
	strscpy(last.left_at_name, cpuhp_step_name(failure->left_at));
	name_callback(last.callback, sizeof(last.callback), failure->callback);
}

/**
 * cpuhp_forget_failure - empty hotplug/last_failure/, because an operation begins
 *
 * So a failure on record after the operation is from that operation.
 *
 * Context: any but hard interrupts; does not sleep.
 */
void cpuhp_forget_failure(void)
{
	guard(raw_spinlock)(&last_lock);

	last.seq += last.recorded;
	last.recorded = false;
}

static ssize_t seq_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	guard(raw_spinlock)(&last_lock);
	return sysfs_emit(buf, "%u\n", last.seq);
}

static struct kobj_attribute seq_attr = __ATTR_RO(seq);

/* A file with one value of the record; an empty line if there is no failure. */
#define LAST_FAILURE_ATTR(_name, _format, _value)					\
static ssize_t _name##_show(struct kobject *kobj, struct kobj_attribute *attr,		\
			    char *buf)							\
{											\
	guard(raw_spinlock)(&last_lock);						\
	return last.recorded ? sysfs_emit(buf, _format "\n", _value) :			\
			       sysfs_emit(buf, "\n");					\
}											\
static struct kobj_attribute _name##_attr = __ATTR_RO(_name)

LAST_FAILURE_ATTR(cpu, "%u", last.failure.cpu);
LAST_FAILURE_ATTR(step, "%d", last.failure.state);
LAST_FAILURE_ATTR(step_name, "%s", last.step_name);
LAST_FAILURE_ATTR(direction, "%s", cpuhp_dir_name(last.failure.dir));
LAST_FAILURE_ATTR(undo, "%d", last.failure.undo);
LAST_FAILURE_ATTR(callback, "%s", last.callback);
LAST_FAILURE_ATTR(error, "%d", last.failure.err);
LAST_FAILURE_ATTR(left_at, "%d", last.failure.left_at);
LAST_FAILURE_ATTR(left_at_name, "%s", last.left_at_name);

static struct attribute *last_failure_attrs[] = {
	&seq_attr.attr,
	&cpu_attr.attr,
	&step_attr.attr,
	&step_name_attr.attr,
	&direction_attr.attr,
	&undo_attr.attr,
	&callback_attr.attr,
	&error_attr.attr,
	&left_at_attr.attr,
	&left_at_name_attr.attr,
	NULL
};

const struct attribute_group cpuhp_last_failure_group = {
	.name	= "last_failure",
	.attrs	= last_failure_attrs,
};
