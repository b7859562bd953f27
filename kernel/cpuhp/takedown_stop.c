// SPDX-License-Identifier: GPL-2.0
/*
 * The takedown by stop_machine(), which works everywhere; takedown.c has the
 * contract. While all CPUs spin with interrupts off, members take turns, in no
 * fixed order. In its turn
 *
 *   (1) the first member clears the online bits of all, so that no DYING step
 *       hands anything over to another member;
 *   (2) a member tells the architecture, which moves its interrupts away;
 *   (3) while some of them may still arrive, it lets others have their turns:
 *       all members wait side by side;
 *   (4) it runs its DYING steps.
 *
 * A member that has had its turns does not wait for the others: it goes on to
 * its death. The CPUs that stay wait for all members, so the parameter
 * cpuhp.stop_max bounds how many leave in one stop.
 */
#include <linux/delay.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>

#include "takedown.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "cpuhp."

/*
 * So many members hold up the CPUs that stay for a few milliseconds on hardware.
 * The time that a further stop takes to gather all CPUs is small beside that.
 */
static unsigned int stop_max = 64;
module_param_named(stop_max, stop_max, uint, 0644);
MODULE_PARM_DESC(stop_max, "most CPUs that leave in one stop of the machine");

/**
 * struct cpuhp_stop - one stop
 * @members:	the CPUs that leave in it
 * @cleared:	their online bits have been cleared (cpuhp_turn)
 */
struct cpuhp_stop {
	const struct cpumask *members;
	bool cleared;
};

static struct cpuhp_stop cpuhp_stop;	/* W */

/*
 * A member's turn. All members want the same locks: those of interrupts, of the
 * CPU that takes timers over, of clock events. With this lock around those, each
 * member does its short work alone, instead of waiting for one lock after another.
 */
static DEFINE_RAW_SPINLOCK(cpuhp_turn);

/* (1) All CPUs are stopped, so none can see one bit cleared without the others. */
static void clear_online(struct cpuhp_stop *stop)
{
	unsigned int cpu;

	if (stop->cleared)
		return;
	for_each_cpu(cpu, stop->members)
		set_cpu_online(cpu, false);
	stop->cleared = true;
}

/* Return for how many us interrupts may still come, or an errno with the CPU online. */
static int disable_in_turn(struct cpuhp_rec *rec)			/* (2) */
{
	int err = cpuhp_disable_in_turn(rec->m.cpu);

	return err ? : arch_cpuhp_irq_settle_us();
}

static int leave_in_turn(struct cpuhp_rec *rec, struct cpuhp_stop *stop)
{
	int ret;

	raw_spin_lock(&cpuhp_turn);
	clear_online(stop);
	ret = disable_in_turn(rec);
	if (ret > 0) {							/* (3) */
		raw_spin_unlock(&cpuhp_turn);
		udelay(ret);
		raw_spin_lock(&cpuhp_turn);
		ret = 0;
	}
	if (!ret)
		cpuhp_die(rec);						/* (4) */
	raw_spin_unlock(&cpuhp_turn);
	return ret;
}

/* On each member, interrupts off, while the other CPUs spin. */
static int leave(void *arg)
{
	struct cpuhp_rec *rec = this_cpu_ptr(&cpuhp_rec);

	rec->m.result = leave_in_turn(rec, arg);
	if (!rec->m.result)
		stop_machine_park(rec->m.cpu);
	return 0;
}

/**
 * cpuhp_stop_max - how many CPUs may leave in one stop
 *
 * Context: any.
 * Return: at least 1
 */
unsigned int cpuhp_stop_max(void)
{
	return max(READ_ONCE(stop_max), 1U);
}

/**
 * cpuhp_leave_stopped - make members leave while all others stand still
 * @members:	at most cpuhp_stop_max() CPUs
 *
 * Sets m->result of each: 0; the error of __cpu_disable() or of stop_machine().
 *
 * Context: as cpuhp_leave().
 */
void cpuhp_leave_stopped(const struct cpumask *members)
{
	int err;

	cpuhp_stop = (struct cpuhp_stop){ .members = members };
	cpuhp_set_results(members, 0);
	cpuhp_count(CPUHP_COUNT_STOPS, 1);
	rcutree_stop_begin();
	err = stop_machine_cpuslocked(leave, &cpuhp_stop, members);
	rcutree_stop_end();
	/* leave() returns 0: an error means that nothing has run. */
	if (err)
		cpuhp_set_results(members, err);
}
