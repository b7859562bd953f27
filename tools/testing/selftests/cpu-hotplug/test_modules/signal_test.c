// SPDX-License-Identifier: GPL-2.0
/*
 * A module that kills a task when the CPUs of an operation enter a segment.
 *
 * Parameters: "victim", the task; "segment", the segment that kills it, counted from 1
 * over all that the next operation enters. A write to it starts the count anew.
 * To read: "sent", whether the signal was sent, and "taken_down", whether the CPUs had
 * begun to leave by then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static int victim, segment, entered;
static bool sent, taken_down;

static int segment_set(const char *text, const struct kernel_param *param)
{
	sent = false;
	taken_down = false;
	entered = 0;
	return param_set_int(text, param);
}

static const struct kernel_param_ops segment_ops = {
	.set = segment_set,
	.get = param_get_int,
};

module_param(victim, int, 0644);
MODULE_PARM_DESC(victim, "task to kill");
module_param_cb(segment, &segment_ops, &segment, 0644);
MODULE_PARM_DESC(segment, "segment that kills it");
module_param(sent, bool, 0444);
MODULE_PARM_DESC(sent, "the signal was sent");
module_param(taken_down, bool, 0444);
MODULE_PARM_DESC(taken_down, "the takedown had begun by then");

static void kill_victim(void)
{
	struct pid *pid = find_get_pid(victim);

	sent = !kill_pid(pid, SIGKILL, 1);
	put_pid(pid);
}

/* The arguments are those of the event cpuhp_segment. One operation runs at a time. */
static void enter_segment(void *unused, int dir, int kind, int mode, int from, int to,
			  unsigned int nr)
{
	if (++entered > segment)
		return;
	taken_down |= from >= CPUHP_TEARDOWN_CPU && to < CPUHP_TEARDOWN_CPU;
	if (entered == segment)
		kill_victim();
}

static struct tracepoint *segments;

static void find_segments(struct tracepoint *event, void *unused)
{
	if (!strcmp(event->name, "cpuhp_segment"))
		segments = event;
}

static int __init signal_test_init(void)
{
	for_each_kernel_tracepoint(find_segments, NULL);
	if (!segments)
		return -ENOENT;
	return tracepoint_probe_register(segments, enter_segment, NULL);
}
module_init(signal_test_init);

static void __exit signal_test_exit(void)
{
	tracepoint_probe_unregister(segments, enter_segment, NULL);
	tracepoint_synchronize_unregister();
}
module_exit(signal_test_exit);

MODULE_DESCRIPTION("Kills a task when CPUs enter a segment");
MODULE_LICENSE("GPL");
