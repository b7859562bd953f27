/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files under test need of the kernel, for a machine of MAX_MEMBERS CPUs.
 *
 * Stands for all headers that the Makefile names in SCALE_HEADERS. What is worth
 * counting is counted; what belongs to other subsystems does nothing.
 */
#ifndef _CPUHP_TEST_SCALE_KERNEL_H
#define _CPUHP_TEST_SCALE_KERNEL_H

#include <errno.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include <string.h>
#include <sys/types.h>

#include "scale.h"

#define CONFIG_SMP		1
#define CONFIG_GENERIC_SMP_IDLE_THREAD	1
#define CONFIG_HOTPLUG_CPU	1
#define CONFIG_HOTPLUG_SMT	1
#define CONFIG_HOTPLUG_CORE_SYNC_DEAD	1
#define CONFIG_QUIET_TAKEDOWN	1

#define __init
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define min(a, b)		((a) < (b) ? (a) : (b))
#define IS_ERR(ptr)		((void)(ptr), false)
#define PTR_ERR(ptr)		((long)(ptr))

enum cpuhp_smt_control { CPUHP_SMT_ENABLED };

extern bool cpuhp_tasks_frozen;

typedef uint64_t u64;
typedef struct { int counter; } atomic_t;
typedef struct { long long counter; } atomic64_t;
struct mutex { int unused; };
struct hlist_node { struct hlist_node *next; };
struct hlist_head { struct hlist_node *first; };

#include "machine.h"

/*
 * What is defined is a pattern. All patterns lie in one section, and each CPU has a
 * copy of it.
 */
#define PER_CPU_SECTION		__attribute__((section("scale_per_cpu_patterns")))

void *scale_per_cpu(void *ptr, unsigned int cpu);

#define DECLARE_PER_CPU(type, name)					\
	extern type name PER_CPU_SECTION
#define DEFINE_PER_CPU(type, name)					\
	type name PER_CPU_SECTION
#define per_cpu_ptr(ptr, cpu)	((__typeof__(ptr))scale_per_cpu(ptr, cpu))
#define per_cpu(var, cpu)	(*per_cpu_ptr(&(var), cpu))
#define this_cpu_ptr(ptr)	per_cpu_ptr(ptr, scale_this_cpu)

/* Masks: a full pass over one costs as many words as it has. */
#define MASK_WORDS	(MAX_MEMBERS / 64)

struct cpumask {
	u64 bits[MASK_WORDS];
};

static inline bool mask_test(const struct cpumask *mask, unsigned int cpu)
{
	return mask->bits[cpu / 64] >> cpu % 64 & 1;
}

static inline void cpumask_clear(struct cpumask *mask)
{
	scale_count(SCALE_MASK_WORDS, scale_members / 64);
	memset(mask, 0, sizeof(*mask));
}

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	scale_count(SCALE_MASK_WORDS, 1);
	mask->bits[cpu / 64] |= 1ULL << cpu % 64;
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	scale_count(SCALE_MASK_WORDS, 1);
	mask->bits[cpu / 64] &= ~(1ULL << cpu % 64);
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	unsigned int weight = 0;

	scale_count(SCALE_MASK_WORDS, scale_members / 64);
	for (unsigned int i = 0; i < MASK_WORDS; i++)
		weight += __builtin_popcountll(mask->bits[i]);
	return weight;
}

/* The first CPU of the mask from @cpu on. */
static inline unsigned int mask_next(const struct cpumask *mask, unsigned int cpu)
{
	scale_count(SCALE_MASK_WORDS, 1);
	while (cpu < scale_members && !mask_test(mask, cpu))
		scale_count(SCALE_MASK_WORDS, ++cpu % 64 == 0);
	return cpu;
}

#define for_each_cpu(cpu, mask) \
	for ((cpu) = mask_next(mask, 0); (cpu) < scale_members; \
	     (cpu) = mask_next(mask, (cpu) + 1))

#define nr_cpu_ids		scale_members
#define cpu_online_mask		NULL
#define cpumask_first(mask)	mask_next(mask, 0)
#define cpumask_next(cpu, mask)	mask_next(mask, (cpu) + 1)
#define cpumask_empty(mask)	(mask_next(mask, 0) >= scale_members)
#define cpumask_any_surviving(mask, cpu)	((void)(cpu), SCALE_BP)

static inline bool cpu_online(unsigned int cpu)
{
	return false;
}

bool cpu_dying(unsigned int cpu);
void set_cpu_dying(unsigned int cpu, bool dying);

/* Two threads to a core. */
static inline bool topology_is_primary_thread(unsigned int cpu)
{
	return cpu % 2 == 0;
}

/* All readers have to leave first, and that takes a grace period. */
static inline void cpus_write_lock(void)
{
	scale_count(SCALE_LOCKS, 1);
	scale_count(SCALE_GPS, 1);
}

static inline void cpus_write_unlock(void) { }
static inline void cond_resched(void) { }

static inline void sched_domains_hold(void) { }
static inline void sched_domains_release(void) { scale_count(SCALE_DOMAINS, 1); }
static inline int sched_affinity_keep(const struct cpumask *cpus) { return 0; }
static inline void sched_affinity_give_back(void) { }
static inline void sched_affinity_forget(void) { }
static inline void arch_cpuhp_up_alive(void) { }
static inline void arch_smt_update(void) { }

#include "others.h"

#define trace_cpuhp_segment(...)	do { } while (0)
#define trace_cpuhp_batch_start(...)	do { } while (0)
#define trace_cpuhp_batch_end(...)	do { } while (0)

#endif
