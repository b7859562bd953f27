// SPDX-License-Identifier: GPL-2.0
/*
 * The handshake between the BP and a CPU that cannot sleep yet, or no longer.
 *
 * Owns rec->sync. One word, two actors:
 *
 *   by the AP					by the BP
 *   not SHOULD_ONLINE -> ALIVE	it runs		DEAD, KICKED, ALIVE -> KICKED	kick
 *   SHOULD_ONLINE -> ONLINE	it is online	ALIVE -> SHOULD_ONLINE		release
 *   any -> DEAD		it is gone	ONLINE -> SHOULD_DIE		see (2)
 *
 * (1) The AP stores, the BP compares and exchanges: so the BP never overwrites a
 *     report of the AP that it has not seen.
 * (2) A CPU may be DEAD before the BP can store SHOULD_DIE; then DEAD stays.
 * (3) Each store of the AP is an xchg or a cmpxchg and implies a full barrier: what
 *     the AP did before its report is visible to a BP that has read the report.
 * (4) The BP's SHOULD_ONLINE is a successful cmpxchg, hence a release as well;
 *     the AP reads it with acquire. What the BP did before is visible to the AP.
 */
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/ktime.h>

#include "cpuhp.h"

/* A CPU that takes longer to answer is given up. */
#define CPUHP_SYNC_TIMEOUT_NS	(10ULL * NSEC_PER_SEC)
/* Poll busily for this long, then sleep between two reads. */
#define CPUHP_SYNC_POLL_NS	NSEC_PER_MSEC
/* Short: the members of a batch start, and die, one after the other. */
#define CPUHP_SYNC_SLEEP_US	50

/* On the AP, preemption off: report its new state. */
void cpuhp_sync_report(enum cpuhp_sync_state state)
{
	atomic_xchg(this_cpu_ptr(&cpuhp_rec.sync), state);	/* (3) */
}

/**
 * cpuhp_sync_wait - wait until an AP has reported a state, and answer
 * @cpu:	the AP
 * @state:	what it should report
 * @next:	what to answer
 *
 * Context: BP; sleeps.
 * Return: true when it reported in time; false leaves rec->sync as it is
 */
bool cpuhp_sync_wait(unsigned int cpu, enum cpuhp_sync_state state,
		     enum cpuhp_sync_state next)
{
	atomic_t *sync = per_cpu_ptr(&cpuhp_rec.sync, cpu);
	ktime_t begin = ktime_get();

	for (;;) {
		ktime_t waited = ktime_sub(ktime_get(), begin);

		/*
		 * (1) pairs with the xchg in cpuhp_sync_report(), (4) with the
		 * acquire in cpuhp_ap_sync_alive()
		 */
		if (atomic_cmpxchg(sync, state, next) == state)
			return true;
		if (waited > CPUHP_SYNC_TIMEOUT_NS)
			return false;
		if (waited < CPUHP_SYNC_POLL_NS)
			arch_cpuhp_sync_state_poll();
		else
			usleep_range(CPUHP_SYNC_SLEEP_US, 2 * CPUHP_SYNC_SLEEP_US);
	}
}
