// SPDX-License-Identifier: GPL-2.0
/*
 * What tests can do to the handshake with a CPU: let it not answer.
 *
 *	cpuhp.mute_alive=3		CPU 3 does not report that it runs; -1 for none
 *	cpuhp.mute_dead=3		CPU 3 does not report that it is dead
 *
 * The CPU waits in place of its report, with interrupts off, and reports once it is
 * not named any more.
 */
#include <linux/moduleparam.h>
#include <linux/processor.h>
#include <linux/smp.h>

#include "cpuhp.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

static int mute[] = {
	[CPUHP_SYNC_ALIVE]	= -1,
	[CPUHP_SYNC_DEAD]	= -1,
};

#ifdef CONFIG_HOTPLUG_CORE_SYNC_FULL
module_param_named(mute_alive, mute[CPUHP_SYNC_ALIVE], int, 0644);
MODULE_PARM_DESC(mute_alive, "CPU that does not report that it runs, -1 for none");
#endif

module_param_named(mute_dead, mute[CPUHP_SYNC_DEAD], int, 0644);
MODULE_PARM_DESC(mute_dead, "CPU that does not report that it is dead, -1 for none");

/**
 * cpuhp_stay_mute - wait while this CPU must not report
 * @state:	what it is about to report: CPUHP_SYNC_ALIVE or CPUHP_SYNC_DEAD
 *
 * Context: that of the report. Takes no lock, and RCU may not watch.
 */
void cpuhp_stay_mute(enum cpuhp_sync_state state)
{
	while (READ_ONCE(mute[state]) == raw_smp_processor_id())
		cpu_relax();
}
