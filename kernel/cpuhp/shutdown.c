// SPDX-License-Identifier: GPL-2.0
/*
 * kexec and reboot: all CPUs but one go, and none comes up again.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/panic.h>

#include "cpuhp.h"

/**
 * smp_shutdown_nonboot_cpus - take down all but one CPU, for good
 * @primary_cpu: the one that stays; another if it is not online
 *
 * A CPU that refuses stays online, the others go. No CPU comes up again after
 * this.
 *
 * Context: task context; sleeps.
 */
void smp_shutdown_nonboot_cpus(unsigned int primary_cpu)
{
	static struct cpumask others;	/* M */
	struct cpuhp_request req;
	int err;

	/* For this reason nobody is made to stand still, so it cannot fail. */
	WARN_ON(cpuhp_request_begin(&req, CPUHP_BY_SHUTDOWN));
	if (!cpu_online(primary_cpu))
		primary_cpu = cpumask_first(cpu_online_mask);

	cpumask_copy(&others, cpu_online_mask);
	cpumask_clear_cpu(primary_cpu, &others);
	err = cpuhp_request_move(&req, &others, CPUHP_DOWN, CPUHP_OFFLINE);
	if (err)
		pr_err("Failed to offline all but CPU%u - error=%d\n", primary_cpu, err);

	/*
	 * A new kernel is about to be started on this CPU. Another one that
	 * still runs would execute what is being overwritten.
	 */
	if (num_online_cpus() > 1)
		panic("CPUs %*pbl do not go offline\n", cpumask_pr_args(cpu_online_mask));

	cpuhp_disable_locked();
	cpuhp_request_end(&req);
}
