// SPDX-License-Identifier: GPL-2.0
/*
 * A module that uses padata and watches what CPU hotplug does to it.
 *
 * It has an instance of padata with one shell, and a state of its own in the ONLINE
 * section. Whenever a CPU passes that state, and when the parameter "replaced" is read,
 * the module looks whether padata has replaced the shell's parallel data, and counts.
 * As long as CPUs take turns, it misses no replacement but one that the next follows
 * at once.
 *
 * Parameters: "replaced", how often the data were replaced; "cpus", the CPUs of the
 * data, of those that work in parallel.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/padata.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

static struct padata_instance *instance;
static struct padata_shell *shell;
static int state;

static DEFINE_SPINLOCK(lock);
static const void *seen;	/* under lock: the data, never followed */
static unsigned int replaced;	/* under lock */

static unsigned int look(void)
{
	const void *data = rcu_access_pointer(shell->pd);

	guard(spinlock)(&lock);
	replaced += data != seen;
	seen = data;
	return replaced;
}

static int look_for_cpu(unsigned int cpu)
{
	look();
	return 0;
}

static int replaced_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%u\n", look());
}

static const struct kernel_param_ops replaced_ops = { .get = replaced_get };
module_param_cb(replaced, &replaced_ops, NULL, 0444);
MODULE_PARM_DESC(replaced, "how often the parallel data were replaced");

/* Readers of the data need bottom halves disabled. */
static int cpus_get(char *text, const struct kernel_param *param)
{
	struct parallel_data *data;
	int len;

	rcu_read_lock_bh();
	data = rcu_dereference_bh(shell->pd);
	len = sysfs_emit(text, "%*pbl\n", cpumask_pr_args(data->cpumask.pcpu));
	rcu_read_unlock_bh();
	return len;
}

static const struct kernel_param_ops cpus_ops = { .get = cpus_get };
module_param_cb(cpus, &cpus_ops, NULL, 0444);
MODULE_PARM_DESC(cpus, "CPUs that work in parallel");

static int __init padata_test_init(void)
{
	int ret = -ENOMEM;

	instance = padata_alloc("padata_test");
	if (!instance)
		return ret;
	shell = padata_alloc_shell(instance);
	if (!shell)
		goto free_instance;
	seen = rcu_access_pointer(shell->pd);

	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "padata_test:online",
					look_for_cpu, look_for_cpu);
	if (ret < 0)
		goto free_shell;
	state = ret;
	return 0;

free_shell:
	padata_free_shell(shell);
free_instance:
	padata_free(instance);
	return ret;
}
module_init(padata_test_init);

static void __exit padata_test_exit(void)
{
	cpuhp_remove_state_nocalls(state);
	padata_free_shell(shell);
	padata_free(instance);
}
module_exit(padata_test_exit);

MODULE_DESCRIPTION("Counts what CPU hotplug does to padata");
MODULE_LICENSE("GPL");
