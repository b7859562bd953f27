// SPDX-License-Identifier: GPL-2.0
/*
 * Which DYING steps may run while other CPUs go on.
 *
 * They were written for a machine that stands still. Those in the list have been
 * read with this in mind: the dying CPU is offline, has interrupts off, runs its
 * steps alone among those that die, and can still be called. If a step with a
 * tear_down is not in the list, the takedown stops the machine. debugfs cpuhp/steps
 * tells which step it is.
 */
#include <linux/array_size.h>

#include "cpuhp.h"

static const struct {
	int state;
	const char *why;
} quiet_steps[] = {
	{ CPUHP_AP_SCHED_STARTING,	"own runqueue, under its lock" },
	{ CPUHP_AP_RCUTREE_DYING,	"only traces" },
	{ CPUHP_AP_SMPCFD_DYING,	"own queue of calls" },
	{ CPUHP_AP_HRTIMERS_DYING,	"holds both bases; their users look again with the lock" },
	{ CPUHP_AP_TICK_DYING,		"own tick; leaves timekeeping to the next CPU that ticks" },
	{ CPUHP_AP_PERF_X86_STARTING,	"own register" },
	{ CPUHP_AP_PERF_X86_AMD_IBS_STARTING, "own register" },
	{ CPUHP_AP_ARM_ARCH_TIMER_STARTING, "own timer and its interrupt" },
	{ CPUHP_AP_ARM_ARCH_TIMER_EVTSTRM_STARTING, "own bit, read by this CPU alone" },
	{ CPUHP_AP_PERF_ARM_STARTING,	"own counters and their interrupt" },
	{ CPUHP_AP_IRQ_BCM2836_STARTING, "own register" },
	{ CPUHP_AP_ARM_CORESIGHT_CTI_STARTING, "a lock under which no other CPU is called" },
};

/*
 * Not in the list, although the architecture is right:
 *
 *   coresight etm	spins on a lock under which another CPU calls this one and
 *			waits for it
 *   tegra, exynos	interrupts of a CPU's own timer move to another CPU, which
 *			then runs its own timers, a while before the timer is shut down
 *   cpu_pm		the power domain of a cluster may count this CPU as the last
 *   tboot		the last CPU waits for the death of all others
 *   hyperv, xen	the hypervisor's side has not been read, nor are their guests quiet
 */

static bool is_quiet(int state)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(quiet_steps); i++) {
		if (quiet_steps[i].state == state)
			return true;
	}
	return false;
}

/**
 * cpuhp_step_stops - does a step make takedowns stop the machine?
 * @state:	CPUHP_OFFLINE .. CPUHP_ONLINE
 *
 * Context: steps cannot be registered or removed.
 * Return: true if it has a tear_down that runs in DYING, and is not in the list
 */
bool cpuhp_step_stops(int state)
{
	return state > CPUHP_AP_OFFLINE && state < CPUHP_AP_ONLINE &&
	       !cpuhp_step_empty(state, CPUHP_DOWN) && !is_quiet(state);
}

/**
 * cpuhp_steps_may_be_quiet - may all DYING steps run while other CPUs go on?
 *
 * Context: BP, hotplug write lock, which keeps steps from being registered.
 * Return: false if one that has a tear_down is not in the list
 */
bool cpuhp_steps_may_be_quiet(void)
{
	int state;

	for (state = CPUHP_AP_OFFLINE + 1; state < CPUHP_AP_ONLINE; state++) {
		if (cpuhp_step_stops(state))
			return false;
	}
	return true;
}
