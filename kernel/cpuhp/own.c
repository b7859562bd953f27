// SPDX-License-Identifier: GPL-2.0
/*
 * The part of an operation that belongs to one CPU alone.
 *
 * Most of what a batch takes, it takes for all members: nobody can say which of
 * them it was spent on. But a CPU that is moved alone has the whole operation to
 * itself, and of a batch each member has one stretch in which all others wait
 * for it: coming alive (batch.c), and dying (down.c). The two functions here
 * last exactly as long as that. Whoever wants to see, CPU by CPU, what a suspend
 * or a boot took, looks when they begin and end. Their names and their first
 * argument are known to tools that put probes on them, and so are the words and
 * events of a suspend.
 *
 * They are in a file without a caller, so that no compiler makes a copy of them
 * which the probe would miss.
 */
#include <linux/cpu.h>
#include <linux/printk.h>
#include <trace/events/power.h>

#include "cpuhp.h"

/**
 * _cpu_down - what a CPU has to itself of its way down
 * @cpu:	the CPU
 * @work:	that
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
 * _cpu_up - what a CPU has to itself of its way up
 * @cpu:	the CPU
 * @work:	that
 * @data:	for @work
 *
 * A suspend is told of each CPU when it is up, and not when all are: the time
 * since the line before is what the CPU took. Should a later step send it down
 * again, thaw_secondary_cpus() says so.
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
