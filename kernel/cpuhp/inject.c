// SPDX-License-Identifier: GPL-2.0
/*
 * What tests can do to a takedown.
 *
 *	cpuhp.stretch=grace:500		a stage lasts so many milliseconds longer.
 *					The BP sleeps; members spin with interrupts off
 *	cpuhp.refuse=3			CPU 3 refuses in its turn; -1 for none
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "takedown.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

static const char *const stage_names[] = {
	[CPUHP_STRETCH_NONE]	= "none",
	[CPUHP_STRETCH_GATHER]	= "gather",
	[CPUHP_STRETCH_GRACE]	= "grace",
	[CPUHP_STRETCH_SETTLE]	= "settle",
	[CPUHP_STRETCH_TURN]	= "turn",
	[CPUHP_STRETCH_CLOSE]	= "close",
};

static int stretched;
static unsigned int stretch_ms;

static int stretch_set(const char *val, const struct kernel_param *kp)
{
	char buf[32], *ms_text = buf, *name;
	unsigned int ms;
	int stage, err;

	if (strscpy(buf, val) < 0)
		return -EINVAL;
	name = strsep(&ms_text, ":");
	err = kstrtouint(ms_text ? : "", 0, &ms);
	if (err)
		return err;
	stage = match_string(stage_names, ARRAY_SIZE(stage_names), name);
	if (stage < 0)
		return stage;
	WRITE_ONCE(stretch_ms, ms);
	WRITE_ONCE(stretched, stage);
	return 0;
}

static int stretch_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s:%u\n", stage_names[READ_ONCE(stretched)],
			  READ_ONCE(stretch_ms));
}

static const struct kernel_param_ops stretch_ops = {
	.set = stretch_set,
	.get = stretch_get,
};

module_param_cb(stretch, &stretch_ops, NULL, 0644);
MODULE_PARM_DESC(stretch, "stage of a quiet takedown that lasts longer, and how many ms");

static int refuse = -1;
module_param_named(refuse, refuse, int, 0644);
MODULE_PARM_DESC(refuse, "CPU that refuses to leave in its turn, -1 for none");

/**
 * cpuhp_stretch - stay in a stage for as long as the parameter says
 * @stage:	the stage
 *
 * Context: that of the stage.
 */
void cpuhp_stretch(enum cpuhp_stretch stage)
{
	if (stage != READ_ONCE(stretched))
		return;
	if (irqs_disabled())
		mdelay(READ_ONCE(stretch_ms));
	else
		msleep(READ_ONCE(stretch_ms));
}

/**
 * cpuhp_refusal - does this CPU refuse to leave?
 * @cpu:	this CPU, whose turn it is
 *
 * Context: interrupts off.
 * Return: 0, or -EPERM if the parameter names it
 */
int cpuhp_refusal(unsigned int cpu)
{
	return (int)cpu == READ_ONCE(refuse) ? -EPERM : 0;
}
