// SPDX-License-Identifier: GPL-2.0
/*
 * Limbo: where a member of a quiet takedown waits to leave. Owns the members'
 * half; takedown_quiet.c has the BP's, and the picture of both.
 *
 * A member waits in its stopper, with interrupts on and preemption off, and halts
 * between interrupts. It serves whatever comes: interrupts, softirqs, its timers,
 * and functions that others call on it. So nobody has to wait until it is gone. No
 * task runs on it, and soon it is offline. For other threads of its core it is idle.
 *
 * Turns are taken one by one, with interrupts off. The member whose turn it was
 * gives the next one, by a word in the next member's record and a call to wake it.
 *
 *   (C)  giving a turn: store rec->turn; xchg() of the kick's claim. Taking a kick:
 *        clear the claim; full barrier of rcu_momentary_eqs(); load rec->turn. So
 *        either the kick is claimed and sent, or the one before it wakes a member
 *        that sees the new turn. A claim is needed because the turn is given first
 *        and the kick is sent after it. In between the member may wake by itself,
 *        have its turn, and be given the next one by another CPU
 *   (C') the member looks at rec->turn with interrupts off, and enables them and
 *        halts in one step: a kick that it has not taken ends the halt
 *   (D)  whoever gives a turn stores it with release, and the member acquires it:
 *        it sees what earlier members have done in their turns
 *
 * These and the others of the takedown, (A) to (H), are litmus tests in
 * tools/testing/cpuhp/litmus; its turns are a model in tools/testing/cpuhp/model.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/sched/hotplug.h>
#include <linux/stop_machine.h>

#include <asm/stop_machine.h>

#include "takedown.h"

/* The call that wakes a member is being sent, or on its way. */
static DEFINE_PER_CPU(bool, kick_claimed);				/* L */

static void kicked(void *unused)
{
	/* Release: the call data has been given back before. */
	smp_store_release(this_cpu_ptr(&kick_claimed), false);		/* (C) */
}

/* Belongs to whoever has claimed it. */
static DEFINE_PER_CPU(call_single_data_t, kick_call) = CSD_INIT(kicked, NULL);

static DEFINE_PER_CPU(struct cpu_stop_work, limbo_work);

/**
 * cpuhp_limbo_kick - make a member look at its turn, and at what RCU wants of it
 * @cpu:	a CPU in limbo
 *
 * A tick that was stopped is started again on the way. A CPU that has left meanwhile
 * needs no kick any more.
 *
 * Context: BP, or a member whose turn is over.
 */
void cpuhp_limbo_kick(unsigned int cpu)
{
	bool *claimed = per_cpu_ptr(&kick_claimed, cpu);

	if (xchg(claimed, true))					/* (C) */
		return;
	if (smp_call_function_single_async(cpu, per_cpu_ptr(&kick_call, cpu)))
		WRITE_ONCE(*claimed, false);
}

/**
 * cpuhp_give_turn - tell a member what to do
 * @cpu:	a CPU in limbo
 * @turn:	what
 *
 * Context: BP, or the member whose turn is over.
 */
void cpuhp_give_turn(unsigned int cpu, enum cpuhp_turn turn)
{
	smp_store_release(&per_cpu(cpuhp_rec.turn, cpu), turn);		/* (D) */
	cpuhp_limbo_kick(cpu);
}

/* Give the next member its turn, or tell the BP that this was the last. */
static void pass_turn(unsigned int cpu, struct cpuhp_limbo *limbo)
{
	unsigned int next = cpumask_next(cpu, limbo->turns);

	if (next < nr_cpu_ids)
		cpuhp_give_turn(next, limbo->turn);
	else
		smp_call_function_single_async(cpumask_any_surviving(cpu_online_mask, cpu),
					       &limbo->last);
}

/*
 * Halt until there is something to do. Interrupts are on while this CPU halts, and off
 * while it looks, and when this returns.
 */
static enum cpuhp_turn wait_for_turn(struct cpuhp_rec *rec)
{
	enum cpuhp_turn turn;

	for (;;) {
		local_irq_disable();
		/* A full barrier, (C). No reader runs here: the GP need not wait. */
		rcu_momentary_eqs();
		turn = smp_load_acquire(&rec->turn);			/* (D) */
		if (turn != CPUHP_TURN_WAIT)
			return turn;
		if (local_softirq_pending()) {
			/* ksoftirqd is parked. */
			local_irq_enable();
			do_softirq();
			continue;
		}
		arch_stop_machine_halt();				/* (C') */
	}
}

static int leave(struct cpuhp_rec *rec)
{
	int err = cpuhp_disable_in_turn(rec->m.cpu);

	if (err)
		return err;
	cpuhp_die(rec);
	cpuhp_stretch(CPUHP_STRETCH_TURN);
	return 0;
}

/* Interrupts off. The stopper parks itself when its work is done. */
static void take_last_turn(struct cpuhp_rec *rec, struct cpuhp_limbo *limbo)
{
	u64 begin = local_clock();

	rec->m.result = leave(rec);
	cpuhp_count_max(CPUHP_COUNT_TURN_NS, local_clock() - begin);
	if (rec->m.result)
		stop_machine_open();
	else
		stop_machine_park(rec->m.cpu);
	pass_turn(rec->m.cpu, limbo);
}

static void move_own_interrupts(struct cpuhp_rec *rec, struct cpuhp_limbo *limbo)
{
	rec->m.result = irq_migrate_all_off_this_cpu();
	WRITE_ONCE(rec->turn, CPUHP_TURN_WAIT);
	pass_turn(rec->m.cpu, limbo);
}

static void arrive_or_go(struct cpuhp_limbo *limbo)
{
	if (atomic_dec_and_test(&limbo->missing))
		complete(&limbo->stage);
}

static int limbo(void *arg)
{
	struct cpuhp_rec *rec = this_cpu_ptr(&cpuhp_rec);
	enum cpuhp_turn turn;

	/* No work must wait behind this one; those that are queued go first. */
	if (!stop_machine_shut()) {
		cpuhp_limbo_enter(rec->m.cpu, arg);
		return 0;
	}
	sched_core_step_aside();
	arrive_or_go(arg);
	while ((turn = wait_for_turn(rec)) == CPUHP_TURN_MOVE) {
		move_own_interrupts(rec, arg);
		local_irq_enable();
	}
	if (turn == CPUHP_TURN_LEAVE) {
		take_last_turn(rec, arg);
	} else {
		if (!cpu_online(rec->m.cpu))
			cpuhp_stay(rec->m.cpu);
		stop_machine_open();
		arrive_or_go(arg);
	}
	sched_core_step_back();
	local_irq_enable();
	return 0;
}

/**
 * cpuhp_limbo_enter - send a CPU to limbo
 * @cpu:	an online CPU, with nothing but its stopper left to run
 * @shared:	what it shares with the other members
 *
 * Context: BP with the hotplug write lock, or the CPU's stopper.
 */
void cpuhp_limbo_enter(unsigned int cpu, struct cpuhp_limbo *shared)
{
	WARN_ON_ONCE(!stop_one_cpu_nowait(cpu, limbo, shared, per_cpu_ptr(&limbo_work, cpu)));
}
