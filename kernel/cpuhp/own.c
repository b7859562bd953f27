// SPDX-License-Identifier: GPL-2.0
/*
 * The part of an operation that is spent on one CPU alone.
 *
 * Most of the time of a batch is spent on all its members at once. But a CPU
 * that moves alone has the whole operation to itself, and each member of a batch
 * has one stretch in which all others wait for it: coming alive (batch.c), or
 * dying (down.c). The two functions here last exactly that long, so that tools
 * with probes on them can show, CPU by CPU, the time of a suspend or a boot.
 * Such tools know their names and first argument, and also the messages and
 * events of a suspend.
 *
 * Their callers are in other files, so that the compiler cannot make copies of
 * them, which the probes would miss.
 */
#include <linux/cpu.h>
#include <linux/printk.h>
#include <trace/events/power.h>

#include "cpuhp.h"

/**
 * _cpu_down - do the part of a way down that is spent on one CPU alone
 * @cpu:	the CPU
 * @work:	that part
 * @data:	for @work
 *
 * Context: BP, hotplug write lock; sleeps.
 * Return: what @work returns
 */
int _cpu_down(unsigned int cpu, int (*work)(void *data), void *data)
{
	bool suspend = cpuhp_tasks_frozen;
	int err;

	cpuhp_assert_moving();
	if (suspend)
		trace_suspend_resume(TPS("CPU_OFF"), cpu, true);
	err = work(data);
	if (suspend)
		trace_suspend_resume(TPS("CPU_OFF"), cpu, false);
	return err;
}

/**
 * _cpu_up - do the part of a way up that is spent on one CPU alone
 * @cpu:	the CPU
 * @work:	that part
 * @data:	for @work
 *
 * In a resume each CPU is logged when it is up, not when all are: the time since
 * the previous line is what this CPU took. If a later step fails and the CPU goes
 * down again, thaw_secondary_cpus() logs that.
 *
 * Context: BP, hotplug write lock; sleeps.
 * Return: what @work returns
 */
int _cpu_up(unsigned int cpu, int (*work)(void *data), void *data)
{
	bool suspend = cpuhp_tasks_frozen;
	int err;

	cpuhp_assert_moving();
	if (suspend)
		trace_suspend_resume(TPS("CPU_ON"), cpu, true);
	err = work(data);
	if (suspend)
		trace_suspend_resume(TPS("CPU_ON"), cpu, false);
	if (suspend && !err)
		pr_info("CPU%d is up\n", cpu);
	return err;
}
