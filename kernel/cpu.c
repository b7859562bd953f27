// SPDX-License-Identifier: GPL-2.0
/*
 * CPU masks, the boot CPU, and the per-CPU record of the hotplug core.
 *
 * The masks are read everywhere and written by few: possible at boot, present
 * and enabled by firmware code under cpu_add_remove_lock, online by the CPU
 * itself while it comes or by the takedown, reach by the CPU itself, active by the
 * scheduler's step, dying by the control task of an operation. kernel/cpuhp/ is
 * where CPUs are moved.
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include "cpuhp/cpuhp.h"

DEFINE_PER_CPU(struct cpuhp_rec, cpuhp_rec) = {
	.fail = CPUHP_INVALID,
};

/*
 * cpumask_of() points into line 1 + cpu % BITS_PER_LONG, which has one bit set,
 * moved back by whole words so that the bit lands at @cpu. Line 0 is all zero,
 * for the words that are then read before line 1.
 */
#define BIT_ROW(_bit)	[(_bit) + 1][0] = 1UL << (_bit)
#define BIT_ROWS_4(_b)	BIT_ROW(_b), BIT_ROW((_b) + 1), BIT_ROW((_b) + 2), BIT_ROW((_b) + 3)
#define BIT_ROWS_16(_b)	BIT_ROWS_4(_b), BIT_ROWS_4((_b) + 4),		\
			BIT_ROWS_4((_b) + 8), BIT_ROWS_4((_b) + 12)

const unsigned long cpu_bit_bitmap[BITS_PER_LONG + 1][BITS_TO_LONGS(NR_CPUS)] = {
	BIT_ROWS_16(0), BIT_ROWS_16(16),
#if BITS_PER_LONG > 32
	BIT_ROWS_16(32), BIT_ROWS_16(48),
#endif
};
EXPORT_SYMBOL_GPL(cpu_bit_bitmap);

const DECLARE_BITMAP(cpu_all_bits, NR_CPUS) = CPU_BITS_ALL;
EXPORT_SYMBOL(cpu_all_bits);

#ifdef CONFIG_INIT_ALL_POSSIBLE
struct cpumask __cpu_possible_mask __ro_after_init = { CPU_BITS_ALL };
#else
struct cpumask __cpu_possible_mask __ro_after_init;
#endif
EXPORT_SYMBOL(__cpu_possible_mask);

/* The head of this file names their writers. */
struct cpumask __cpu_dying_mask __read_mostly;
struct cpumask __cpu_active_mask __read_mostly;
struct cpumask __cpu_enabled_mask __read_mostly;
struct cpumask __cpu_present_mask __read_mostly;
struct cpumask __cpu_online_mask __read_mostly;
EXPORT_SYMBOL(__cpu_dying_mask);
EXPORT_SYMBOL(__cpu_active_mask);
EXPORT_SYMBOL(__cpu_enabled_mask);
EXPORT_SYMBOL(__cpu_present_mask);
EXPORT_SYMBOL(__cpu_online_mask);

#ifdef CONFIG_QUIET_TAKEDOWN
struct cpumask __cpu_reach_mask __read_mostly;
EXPORT_SYMBOL(__cpu_reach_mask);
#endif

/* The weight of the online mask, kept by set_cpu_online(). */
atomic_t __num_online_cpus __read_mostly;
EXPORT_SYMBOL(__num_online_cpus);

#ifdef CONFIG_SMP
int __boot_cpu_id;

/* CPUs that have run at least once: notify_cpu_starting(). */
cpumask_t cpus_booted_once_mask;
#endif

/* For architecture boot code: the present mask as a whole. */
void init_cpu_present(const struct cpumask *src)
{
	cpumask_copy(&__cpu_present_mask, src);
}

/* For architecture boot code: the possible mask as a whole. */
void init_cpu_possible(const struct cpumask *src)
{
	cpumask_copy(&__cpu_possible_mask, src);
}

/* For architecture boot code: the online mask as a whole. Does not count the CPUs. */
void init_cpu_online(const struct cpumask *src)
{
	cpumask_copy(&__cpu_online_mask, src);
}

#ifdef CONFIG_QUIET_TAKEDOWN
/*
 * What the CPU did before comes first for those who find it reachable, such as
 * opening its queue of calls: pairs with smp_rmb() in call_queue_add().
 */
static void set_cpu_reachable(unsigned int cpu)
{
	smp_mb__before_atomic();	/* see above */
	cpumask_set_cpu(cpu, &__cpu_reach_mask);
	smp_mb__after_atomic();		/* reachable before it is online */
}

/**
 * set_cpu_unreachable - this CPU runs no more functions that others call
 * @cpu:	this CPU
 *
 * Whoever leaves this CPU out may change what it reads. So it must not have
 * anything left to read: the barrier keeps earlier reads before the change.
 *
 * Context: interrupts off, on the way to the CPU's death.
 */
void set_cpu_unreachable(unsigned int cpu)
{
	smp_mb__before_atomic();	/* (F), see above */
	cpumask_clear_cpu(cpu, &__cpu_reach_mask);
	smp_mb__after_atomic();		/* (E), before the queue of calls is closed */
}
#else
static void set_cpu_reachable(unsigned int cpu) { }
#endif

/**
 * set_cpu_online - mark a CPU online or offline, and keep the count
 * @cpu:	the CPU
 * @online:	its new state
 *
 * A CPU that is online can be called. When it is marked offline, this goes on
 * until set_cpu_unreachable().
 *
 * The count changes only with the bit, and both are atomic: reboot and kexec
 * clear the bits of many CPUs from IPIs and NMIs at the same time.
 *
 * Context: any.
 */
void set_cpu_online(unsigned int cpu, bool online)
{
	if (online)
		set_cpu_reachable(cpu);
	if (online && !cpumask_test_and_set_cpu(cpu, &__cpu_online_mask))
		atomic_inc(&__num_online_cpus);
	if (!online && cpumask_test_and_clear_cpu(cpu, &__cpu_online_mask))
		atomic_dec(&__num_online_cpus);
}

static void __init note_boot_cpu(int cpu)
{
#ifdef CONFIG_SMP
	__boot_cpu_id = cpu;
#endif
}

/**
 * boot_cpu_init - mark the boot CPU possible, present, online and active
 *
 * Context: first thing in start_kernel().
 */
void __init boot_cpu_init(void)
{
	int cpu = smp_processor_id();

	set_cpu_possible(cpu, true);
	set_cpu_present(cpu, true);
	set_cpu_online(cpu, true);
	set_cpu_active(cpu, true);
	note_boot_cpu(cpu);
}

static void __init note_boot_cpu_up(struct cpuhp_rec *rec)
{
#ifdef CONFIG_SMP
	cpumask_set_cpu(rec->m.cpu, &cpus_booted_once_mask);
	atomic_set(&rec->sync, CPUHP_SYNC_ONLINE);
#endif
}

/**
 * boot_cpu_hotplug_init - put the boot CPU at CPUHP_ONLINE
 *
 * Context: boot, once the per-CPU areas exist.
 */
void __init boot_cpu_hotplug_init(void)
{
	struct cpuhp_rec *rec = this_cpu_ptr(&cpuhp_rec);
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(cpuhp_rec.m.cpu, cpu) = cpu;

	rec->m.target = CPUHP_ONLINE;
	cpuhp_set_pos(rec, CPUHP_ONLINE);
	note_boot_cpu_up(rec);
}
