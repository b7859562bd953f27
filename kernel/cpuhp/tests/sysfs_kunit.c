// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test of the files of a CPU: they belong to its device, and so are there
 * for a CPU that is attached after boot, too.
 *
 * Nothing is attached here; the device of a CPU that is offline goes and comes,
 * which is what attaching does to it.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/kernfs.h>

static bool has_file(unsigned int cpu, const char *name)
{
	struct kernfs_node *dir, *file;

	dir = kernfs_find_and_get(get_cpu_device(cpu)->kobj.sd, "hotplug");
	if (!dir)
		return false;
	file = kernfs_find_and_get(dir, name);
	kernfs_put(file);
	kernfs_put(dir);
	return file;
}

static const char * const files[] = { "state", "target", "fail" };

static void expect_files(struct kunit *test, unsigned int cpu)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		KUNIT_EXPECT_TRUE_MSG(test, has_file(cpu, files[i]),
				      "CPU%u has no hotplug/%s", cpu, files[i]);
}

static void every_cpu_has_its_files(struct kunit *test)
{
	unsigned int cpu;

	for_each_present_cpu(cpu) {
		if (get_cpu_device(cpu))
			expect_files(test, cpu);
	}
}

/* The last CPU that can go, nr_cpu_ids where there is none. */
static unsigned int removable_cpu(void)
{
	unsigned int cpu, found = nr_cpu_ids;

	for_each_online_cpu(cpu) {
		if (cpu && cpu_is_hotpluggable(cpu))
			found = cpu;
	}
	return found;
}

static int register_anew(unsigned int cpu)
{
	struct cpu *c = container_of(get_cpu_device(cpu), struct cpu, dev);
	int err;

	lock_device_hotplug();
	unregister_cpu(c);
	err = register_cpu(c, cpu);
	unlock_device_hotplug();
	return err;
}

static void new_device_has_its_files(struct kunit *test)
{
	unsigned int cpu = removable_cpu();

	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "no CPU can be taken offline");
	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, register_anew(cpu), 0);
	expect_files(test, cpu);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, cpu_online(cpu));
}

static struct kunit_case sysfs_cases[] = {
	KUNIT_CASE(every_cpu_has_its_files),
	KUNIT_CASE(new_device_has_its_files),
	{}
};

static struct kunit_suite sysfs_suite = {
	.name		= "cpuhp-sysfs",
	.test_cases	= sysfs_cases,
};

kunit_test_suite(sysfs_suite);
