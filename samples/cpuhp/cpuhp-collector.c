// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU serves all: a duty that has to be handed on when its CPU goes, also
 * when many CPUs go at the same time.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

static DEFINE_MUTEX(sample_lock);
static unsigned int sample_collector = -1U;	/* sample_lock; -1U: nobody */

static int sample_online(unsigned int cpu)
{
	guard(mutex)(&sample_lock);
	if (sample_collector == -1U)
		sample_collector = cpu;
	return 0;
}

static int sample_offline(unsigned int cpu)
{
	unsigned int next;

	guard(mutex)(&sample_lock);
	if (sample_collector != cpu)
		return 0;
	/* Not just any online CPU: it may be on its way out as well. */
	next = cpumask_any_surviving(cpu_online_mask, cpu);
	sample_collector = next < nr_cpu_ids ? next : -1U;
	return 0;
}

static enum cpuhp_state sample_state;

static int __init sample_init(void)
{
	int ret;

	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "samples/cpuhp:collector",
				sample_online, sample_offline);
	if (ret < 0)
		return ret;
	sample_state = ret;
	/* Safe side by side: there is a lock, and the choice is among survivors. */
	ret = cpuhp_state_allow_concurrent(sample_state);
	if (ret)
		cpuhp_remove_state(sample_state);
	return ret;
}

static void __exit sample_exit(void)
{
	cpuhp_remove_state(sample_state);
}

static int sample_show(char *buf, const struct kernel_param *kp)
{
	int len;

	/* As long as this is held, no CPU comes or goes. */
	cpus_read_lock();
	len = sysfs_emit(buf, "CPU %d of %u\n", (int)READ_ONCE(sample_collector),
			 num_online_cpus());
	cpus_read_unlock();
	return len;
}

static const struct kernel_param_ops sample_ops = { .get = sample_show };
module_param_cb(collector, &sample_ops, NULL, 0444);

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("CPU hotplug sample: a duty that one CPU has");
MODULE_LICENSE("GPL");
