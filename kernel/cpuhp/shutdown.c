// SPDX-License-Identifier: GPL-2.0
/*
 * kexec and reboot: all CPUs but one go offline, for good.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/panic.h>

#include "cpuhp.h"

/**
 * smp_shutdown_nonboot_cpus - take down all but one CPU, for good
 * @primary_cpu: the CPU that stays; if it is offline, the first one online
 *
 * If a CPU fails to go offline, the others go all the same, and this panics.
 *
 * Context: task context; sleeps.
 */
void smp_shutdown_nonboot_cpus(unsigned int primary_cpu)
{
	static struct cpumask others;	/* M */
	struct cpuhp_request req;
	int err;

	/* A shutdown freezes no tasks, so it cannot fail. */
	WARN_ON(cpuhp_request_begin(&req, CPUHP_BY_SHUTDOWN));
	if (!cpu_online(primary_cpu))
		primary_cpu = cpumask_first(cpu_online_mask);

	cpumask_copy(&others, cpu_online_mask);
	cpumask_clear_cpu(primary_cpu, &others);
	err = cpuhp_request_move(&req, &others, CPUHP_DOWN, CPUHP_OFFLINE);
	if (err)
		pr_err("Failed to offline all but CPU%u - error=%d\n", primary_cpu, err);

	/*
	 * A new kernel is about to be started on this CPU. Another CPU that still
	 * runs would execute memory that is being overwritten.
	 */
	if (num_online_cpus() > 1)
		panic("CPUs %*pbl do not go offline\n", cpumask_pr_args(cpu_online_mask));

	cpuhp_disable_locked();
	cpuhp_request_end(&req);
}
