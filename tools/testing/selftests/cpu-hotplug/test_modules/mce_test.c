// SPDX-License-Identifier: GPL-2.0
/*
 * A module that makes CPUs take a machine check while one of them waits to leave: it is
 * offline, and can be reached.
 *
 * What the handler reads from the machine check banks is made up, as mce-inject does it.
 * Only the register that tells whether the CPU can go on is written, for it is read
 * early: a CPU that may be left out ignores the machine check then.
 *
 * Parameters to write, with the number of the CPU that is to leave: "one" waits until
 * that CPU is offline, and gives it a machine check that concerns no other CPU; "all"
 * waits likewise, and gives one to all CPUs. Each write fails if the CPU does not leave
 * within ten seconds, or has left too soon.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include <asm/mce.h>
#include <asm/msr.h>

#define MAY_GO_ON	(MCG_STATUS_MCIP | MCG_STATUS_RIPV)

/* The scrubber has found an error that nobody has used yet. */
#define SCRUB_ERROR	(MCI_STATUS_VAL | MCI_STATUS_UC | MCI_STATUS_EN | MCI_STATUS_S | 0xc0)

static const struct mce nothing_found = {
	.mcgstatus = MAY_GO_ON | MCG_STATUS_LMCES,
	.finished = 1,
};

/* If no CPU has found anything, the handler panics. */
static const struct mce scrub_error = {
	.mcgstatus = MAY_GO_ON,
	.status = SCRUB_ERROR,
	.finished = 1,
};

static void take_machine_check(void *check)
{
	struct mce *made_up = this_cpu_ptr(&injectm);

	*made_up = *(const struct mce *)check;
	wrmsrl(MSR_IA32_MCG_STATUS, MAY_GO_ON);
	asm volatile("int $18");
	wrmsrl(MSR_IA32_MCG_STATUS, 0);
	made_up->finished = 0;
}

static bool waits_to_leave(unsigned int cpu)
{
	return !cpu_online(cpu) && cpu_reachable(cpu);
}

static int wait_until_it_waits(const char *val, unsigned int *cpu)
{
	unsigned long end = jiffies + 10 * HZ;
	int err = kstrtouint(val, 0, cpu);

	if (err)
		return err;
	if (!cpu_possible(*cpu))
		return -EINVAL;
	while (!waits_to_leave(*cpu)) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		usleep_range(100, 200);
	}
	return 0;
}

static int check_one(const char *val, const struct kernel_param *kp)
{
	unsigned int cpu;
	int err = wait_until_it_waits(val, &cpu);

	return err ?: smp_call_function_single(cpu, take_machine_check, (void *)&nothing_found,
					       true);
}

static int check_all(const char *val, const struct kernel_param *kp)
{
	unsigned int cpu;
	int err = wait_until_it_waits(val, &cpu);

	if (err)
		return err;
	on_each_cpu(take_machine_check, (void *)&scrub_error, true);
	return waits_to_leave(cpu) ? 0 : -ENXIO;
}

static const struct kernel_param_ops one_ops = { .set = check_one };
static const struct kernel_param_ops all_ops = { .set = check_all };

module_param_cb(one, &one_ops, NULL, 0200);
MODULE_PARM_DESC(one, "a CPU that is to take a machine check while it waits to leave");
module_param_cb(all, &all_ops, NULL, 0200);
MODULE_PARM_DESC(all, "a CPU that is to wait to leave while all CPUs take a machine check");

MODULE_DESCRIPTION("machine checks on a CPU that leaves");
MODULE_LICENSE("GPL");
