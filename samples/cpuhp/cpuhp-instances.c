// SPDX-License-Identifier: GPL-2.0
/*
 * One state, several devices: each is an instance with a node in the state's
 * list, and a CPU that moves calls back once per device.
 */
#include <linux/container_of.h>
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>

static unsigned int devices = 2;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "number of devices to pretend");

struct sample_device {
	struct hlist_node node;
	unsigned int __percpu *used;
};

static int sample_online(unsigned int cpu, struct hlist_node *node)
{
	struct sample_device *dev = hlist_entry(node, struct sample_device, node);

	(*this_cpu_ptr(dev->used))++;
	return 0;
}

static int sample_offline(unsigned int cpu, struct hlist_node *node)
{
	struct sample_device *dev = hlist_entry(node, struct sample_device, node);

	(*this_cpu_ptr(dev->used))--;
	return 0;
}

static enum cpuhp_state sample_state;
static struct sample_device *sample_devices;

static int sample_add(struct sample_device *dev)
{
	int ret;

	dev->used = alloc_percpu(unsigned int);
	if (!dev->used)
		return -ENOMEM;
	ret = cpuhp_state_add_instance(sample_state, &dev->node);
	if (ret)
		free_percpu(dev->used);
	return ret;
}

static void sample_remove(struct sample_device *dev)
{
	cpuhp_state_remove_instance(sample_state, &dev->node);
	free_percpu(dev->used);
}

static void sample_remove_first(unsigned int nr)
{
	while (nr)
		sample_remove(&sample_devices[--nr]);
	kfree(sample_devices);
	cpuhp_remove_multi_state(sample_state);
}

static int __init sample_init(void)
{
	unsigned int i;
	int ret;

	ret = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "samples/cpuhp:devices",
				      sample_online, sample_offline);
	if (ret < 0)
		return ret;
	sample_state = ret;

	ret = -ENOMEM;
	sample_devices = kcalloc(devices, sizeof(*sample_devices), GFP_KERNEL);
	for (i = 0; sample_devices && i < devices; i++) {
		ret = sample_add(&sample_devices[i]);
		if (ret)
			break;
	}
	if (ret)
		sample_remove_first(i);
	return ret;
}

static void __exit sample_exit(void)
{
	sample_remove_first(devices);
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("CPU hotplug sample: instances");
MODULE_LICENSE("GPL");
