// SPDX-License-Identifier: GPL-2.0
/*
 * hotplug/progress/: how far the operation in progress has got, one value per file.
 *
 * Takes no lock: the operation goes on between the reads of two files, so their
 * values may belong to different moments.
 */
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "cpuhp.h"

static ssize_t operation_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct cpuhp_progress progress;

	if (!cpuhp_batch_progress(&progress))
		return sysfs_emit(buf, "idle\n");
	return sysfs_emit(buf, "%s\n", progress.dir == CPUHP_UP ? "online" : "offline");
}

static struct kobj_attribute operation_attr = __ATTR_RO(operation);

/* A file with one number of the operation in progress, 0 if there is none. */
#define PROGRESS_ATTR(_name, _value)							\
static ssize_t _name##_show(struct kobject *kobj, struct kobj_attribute *attr,		\
			    char *buf)							\
{											\
	struct cpuhp_progress progress;							\
											\
	return sysfs_emit(buf, "%u\n",							\
			  cpuhp_batch_progress(&progress) ? (_value) : 0);		\
}											\
static struct kobj_attribute _name##_attr = __ATTR_RO(_name)

PROGRESS_ATTR(segment, progress.segment);
PROGRESS_ATTR(segments, progress.segments);
PROGRESS_ATTR(crossed, progress.crossed);
PROGRESS_ATTR(cpus, progress.cpus);

static struct attribute *progress_attrs[] = {
	&operation_attr.attr,
	&segment_attr.attr,
	&segments_attr.attr,
	&crossed_attr.attr,
	&cpus_attr.attr,
	NULL
};

const struct attribute_group cpuhp_progress_group = {
	.name	= "progress",
	.attrs	= progress_attrs,
};
