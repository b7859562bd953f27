/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a takedown asks of other subsystems. Here it does nothing, but for what is
 * counted. Part of kernel.h.
 */
#ifndef _CPUHP_TEST_SCALE_OTHERS_H
#define _CPUHP_TEST_SCALE_OTHERS_H

#define USEC_PER_MSEC		1000L

#define WARN_ON(x)		scale_warn(x)
#define WARN_ON_ONCE(x)		scale_warn(x)

bool scale_warn(bool condition);

struct mm_struct { int unused; };
struct task_struct { struct mm_struct *mm, *active_mm; };

extern struct mm_struct init_mm;

void cpuhp_report_idle_dead(void);

/* One CPU runs at a time, so there is nothing to order. */
#define smp_load_acquire(p)	READ_ONCE(*(p))
#define smp_store_release(p, v)	(*(p) = (v))
#define xchg(p, v)		__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define atomic_set(v, i)	((v)->counter = (i))
#define atomic_dec_and_test(v)	(!--(v)->counter)

static inline void local_irq_disable(void) { }
static inline void local_irq_enable(void) { }
static inline u64 local_clock(void) { return 0; }
static inline void usleep_range(unsigned long min, unsigned long max) { scale_let_others_run(); }

/* RCU */
#define guard(lock)		scale_nothing

static inline void scale_nothing(void) { }
static inline void rcu_momentary_eqs(void) { }
static inline void rcutree_report_cpu_dead(void) { }
static inline void rcutree_migrate_callbacks(int cpu) { }

static inline void synchronize_rcu(void)
{
	scale_count(SCALE_GPS, 1);
	scale_let_others_run();
}

/* interrupts and softirqs: none is left to a member */
static inline void irq_lock_sparse(void) { }
static inline void irq_unlock_sparse(void) { }
static inline bool local_softirq_pending(void) { return false; }
static inline void do_softirq(void) { }
static inline int irq_migrate_all_off_this_cpu(void) { return 0; }
static inline int irq_migrate_all_off_dying_cpus(struct cpumask *left) { return 0; }

/* threads, stoppers and functions that others call */
static inline int kthread_park_ask(struct task_struct *thread)
{
	scale_order(SCALE_WAKEUPS);
	return 0;
}

static inline void kthread_park_wait(struct task_struct *thread) { scale_order(SCALE_WAITS); }
static inline void kthread_unpark(struct task_struct *thread) { scale_order(SCALE_WAKEUPS); }
static inline bool stop_machine_shut(void) { return true; }
static inline void stop_machine_open(void) { }
static inline void stop_machine_park(int cpu) { }
static inline void smpcfd_close(void) { }
static inline void set_cpu_unreachable(unsigned int cpu) { }
static inline void set_cpu_online(unsigned int cpu, bool online) { }

/* scheduler, timers */
static inline void sched_core_step_aside(void) { }
static inline void sched_core_step_back(void) { }
static inline void tick_assert_timekeeping_handover(void) { }
static inline void tick_cleanup_dead_cpu(int cpu) { }
static inline void hotplug_cpu__broadcast_tick_pull(int cpu) { }
static inline int timers_dead_cpu(unsigned int cpu) { return 0; }

/* address spaces: the only task is idle */
#define for_each_process(p)	for ((p) = NULL; (p); )

static inline void leave_mm(void) { }
static inline void mmdrop_lazy_tlb(struct mm_struct *mm) { }
static inline struct task_struct *find_lock_task_mm(struct task_struct *p) { return NULL; }
static inline void task_unlock(struct task_struct *p) { }
static inline struct cpumask *mm_cpumask(struct mm_struct *mm) { return NULL; }

/* the architecture */
static inline int arch_cpuhp_withdraw(const struct cpumask *cpus) { return 0; }
static inline void arch_cpuhp_irq_settled(void) { }
static inline void arch_cpuhp_stays(void) { }
static inline int __cpu_disable(void) { return 0; }
static inline void __cpu_die(unsigned int cpu) { }

#endif
