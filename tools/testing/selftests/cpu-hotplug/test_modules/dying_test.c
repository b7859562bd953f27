// SPDX-License-Identifier: GPL-2.0
/*
 * A module with a step that runs on a dying CPU, with interrupts off, and calls a CPU
 * that stays without waiting for it. The steps below must not need the call data that
 * are in use then: while the machine is stopped, the CPU that stays has interrupts off,
 * too, and it answers when all dying CPUs have gone.
 *
 * The state is of an architecture whose caches are not of this kind, and stands above
 * all states of the timers.
 *
 * Parameters: "sent" counts the calls, "answered" those that have been answered.
 */
#include <linux/atomic.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/smp.h>

#include "count.h"

#define STATE	CPUHP_AP_ARM_CACHE_B15_RAC_DYING

static atomic_t sent = ATOMIC_INIT(0);
static atomic_t answered = ATOMIC_INIT(0);

module_param_cb(sent, &count_ops, &sent, 0444);
MODULE_PARM_DESC(sent, "calls of dying CPUs");
module_param_cb(answered, &count_ops, &answered, 0444);
MODULE_PARM_DESC(answered, "calls that were answered");

static void answer(void *unused)
{
	atomic_inc(&answered);
}

static int dying(unsigned int cpu)
{
	if (!smp_call_function_single(cpumask_any(cpu_active_mask), answer, NULL, false))
		atomic_inc(&sent);
	return 0;
}

static int __init dying_test_init(void)
{
	return cpuhp_setup_state_nocalls(STATE, "dying_test:dying", NULL, dying);
}
module_init(dying_test_init);

static void __exit dying_test_exit(void)
{
	cpuhp_remove_state_nocalls(STATE);
}
module_exit(dying_test_exit);

MODULE_DESCRIPTION("A step of a dying CPU that calls another one");
MODULE_LICENSE("GPL");
