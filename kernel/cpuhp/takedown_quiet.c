// SPDX-License-Identifier: GPL-2.0
/*
 * The quiet takedown: members leave while all other CPUs go on. Owns the BP's
 * half; limbo.c has the members', takedown.c the contract.
 *
 * "Online" means two things, and here they are told apart. CPUs in
 * cpu_online_mask may be chosen: for work, for a timer, for an interrupt. CPUs in
 * cpu_reach_mask run functions that others call. A member is taken out of the first
 * mask, and leaves only when nobody acts any more on having seen it there. It stays
 * in the second mask until it has nothing left to do, so it misses no flush of
 * translations and no change of the kernel's text.
 *
 * BP						members
 *
 * 1 send them to limbo				each shuts its stopper behind that
 *   wait for all
 * 2 clear the online bits of all
 *   kick all					a tick that was stopped starts
 * 3 one GP: nobody acts any more on having
 *   seen one of them online			RCU is told at each interrupt
 * 4 move their interrupts			each handles what is still under way
 *   turns, for interrupts that only
 *   their CPU can move
 * 5 wait for what is under way
 * 6 turns					__cpu_disable(), DYING steps; passes on;
 *						idle task: closes its queue of calls
 *						in cpuhp_report_idle_dead()
 *
 * All members stay if the architecture says so in 2, or if an interrupt has no other
 * place in 4; and a member may refuse at the beginning of its turn in 6. They have been
 * reachable all the time, so no flush has to be made up for; arch_cpuhp_stays() takes
 * back what the move of their interrupts has left.
 *
 * What the architecture promises by HAVE_QUIET_TAKEDOWN: arch_stop_machine_halt()
 * halts without missing an interrupt; __cpu_disable() and the DYING steps of
 * quiet_steps.c bear that others go on; whatever stops or counts the CPUs that run,
 * in a crash, at a reboot or for a machine check, asks for reachable ones.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/irq.h>
#include <linux/rcupdate.h>

#include "takedown.h"

static void last_turn_is_over(void *limbo)
{
	complete(&((struct cpuhp_limbo *)limbo)->stage);
}

/* Each wait uses up its completion, so that all stages can share it. */
static struct cpuhp_limbo limbo = {			/* W */
	.stage = COMPLETION_INITIALIZER(limbo.stage),
	.last = CSD_INIT(last_turn_is_over, &limbo),
};

static struct cpumask movers;				/* W */

static void gather(const struct cpumask *members)			/* 1 */
{
	unsigned int cpu;

	atomic_set(&limbo.missing, cpumask_weight(members));
	for_each_cpu(cpu, members) {
		per_cpu(cpuhp_rec.turn, cpu) = CPUHP_TURN_WAIT;
		cpuhp_limbo_enter(cpu, &limbo);
	}
	wait_for_completion(&limbo.stage);
	cpuhp_stretch(CPUHP_STRETCH_GATHER);
}

static void send_back(const struct cpumask *members)
{
	unsigned int cpu;

	atomic_set(&limbo.missing, cpumask_weight(members));
	for_each_cpu(cpu, members)
		cpuhp_give_turn(cpu, CPUHP_TURN_STAY);
	wait_for_completion(&limbo.stage);
}

static void fence(const struct cpumask *members)			/* 3 */
{
	unsigned int cpu;

	for_each_cpu(cpu, members)
		cpuhp_limbo_kick(cpu);
	cpuhp_stretch(CPUHP_STRETCH_GRACE);
	synchronize_rcu();
}

/* One after the other; @cpus may be empty. */
static void take_turns(const struct cpumask *cpus, enum cpuhp_turn turn)
{
	if (cpumask_empty(cpus))
		return;
	limbo.turns = cpus;
	limbo.turn = turn;
	cpuhp_give_turn(cpumask_first(cpus), turn);
	wait_for_completion(&limbo.stage);
}

/* Return -ENOSPC or -EBUSY if an interrupt would be lost, with all others moved. */
static int move_interrupts(void)
{
	unsigned int cpu;
	int err;

	err = irq_migrate_all_off_dying_cpus(&movers);
	take_turns(&movers, CPUHP_TURN_MOVE);
	for_each_cpu(cpu, &movers)
		err = err ? : per_cpu(cpuhp_rec.m.result, cpu);
	/* A suspend has its devices silent, and when it ends their CPUs come back. */
	return cpuhp_tasks_frozen ? 0 : err;
}

/**
 * cpuhp_leave_quietly - make members leave while all others go on
 * @members:	the CPUs
 *
 * Sets m->result of each: 0; -ENOSPC or -EBUSY if an interrupt of theirs has no room
 * on other CPUs; the error of __cpu_disable().
 *
 * Context: as cpuhp_leave().
 */
void cpuhp_leave_quietly(const struct cpumask *members)
{
	int err;

	cpuhp_count(CPUHP_COUNT_QUIET, 1);
	gather(members);
	err = arch_cpuhp_withdraw(members);				/* 2 */
	if (!err) {
		fence(members);
		err = move_interrupts();				/* 4 */
		/* Even if they stay: what has moved may be under way to where it was. */
		usleep_range(USEC_PER_MSEC, 2 * USEC_PER_MSEC);		/* 5 */
		cpuhp_stretch(CPUHP_STRETCH_SETTLE);
	}
	cpuhp_set_results(members, err);
	if (err) {
		send_back(members);
		return;
	}
	take_turns(members, CPUHP_TURN_LEAVE);				/* 6 */
}
