// SPDX-License-Identifier: GPL-2.0
/*
 * The start of the handshake: an AP reports that it runs. See sync.c.
 */
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/processor.h>

#include "cpuhp.h"

/*
 * A CPU that was given up may have reported so late that the BP has taken that for the
 * report of the next kick. Then it has been released before the kick has reset it.
 */
static void report_alive(atomic_t *sync)
{
	int seen = atomic_read(sync);

	while (seen != CPUHP_SYNC_SHOULD_ONLINE &&
	       !atomic_try_cmpxchg(sync, &seen, CPUHP_SYNC_ALIVE))	/* (3) */
		;
}

/**
 * cpuhp_ap_sync_alive - report that this CPU runs, and wait for its release
 *
 * Spins until the BP releases it. What the BP did before the release is visible
 * then, see (4).
 *
 * Context: on the upcoming CPU, from low level bring-up code, interrupts off.
 */
void cpuhp_ap_sync_alive(void)
{
	atomic_t *sync = this_cpu_ptr(&cpuhp_rec.sync);

	cpuhp_stay_mute(CPUHP_SYNC_ALIVE);
	report_alive(sync);
	/* (4) pairs with the cmpxchg in cpuhp_sync_wait() */
	while (atomic_read_acquire(sync) != CPUHP_SYNC_SHOULD_ONLINE)
		cpu_relax();
}

/**
 * cpuhp_sync_may_kick - is it safe to start a CPU?
 * @cpu:	the CPU
 *
 * Safe when it is dead, when it never answered an earlier kick, and when it
 * still waits in cpuhp_ap_sync_alive(): a kick resets it there.
 *
 * Context: BP.
 * Return: true, with the state set to KICKED; false if it is not known what the
 * CPU is doing
 */
bool cpuhp_sync_may_kick(unsigned int cpu)
{
	atomic_t *sync = per_cpu_ptr(&cpuhp_rec.sync, cpu);
	int seen = atomic_read(sync);

	do {
		if (seen != CPUHP_SYNC_DEAD && seen != CPUHP_SYNC_KICKED &&
		    seen != CPUHP_SYNC_ALIVE)
			return false;
	} while (!atomic_try_cmpxchg(sync, &seen, CPUHP_SYNC_KICKED));
	return true;
}

static int wait_alive(unsigned int cpu, enum cpuhp_sync_state answer)
{
	if (cpuhp_sync_wait(cpu, CPUHP_SYNC_ALIVE, answer))
		return 0;
	pr_err("CPU%u failed to report alive state\n", cpu);
	return -EIO;
}

/**
 * cpuhp_sync_alive - wait until a kicked CPU runs, and release it
 * @cpu:	the CPU
 *
 * Context: BP; sleeps.
 * Return: 0, or -EIO if it did not answer in time
 */
int cpuhp_sync_alive(unsigned int cpu)
{
	return wait_alive(cpu, CPUHP_SYNC_SHOULD_ONLINE);
}

/**
 * cpuhp_sync_settle - wait until a kicked CPU runs, and leave it where it is
 * @cpu:	the CPU
 *
 * A CPU that does not answer in time is reported, and is left for the next kick.
 *
 * Context: BP; sleeps.
 */
void cpuhp_sync_settle(unsigned int cpu)
{
	wait_alive(cpu, CPUHP_SYNC_ALIVE);
}
