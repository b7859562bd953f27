/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What CPU hotplug tells a tracer.
 *
 * cpuhp_enter, cpuhp_multi_enter and cpuhp_exit bracket every callback that runs
 * for a CPU; their fields and formats are known to tools and stay. The others
 * show the operation around them: one cpuhp_batch_start, a cpuhp_segment for
 * every stretch that the set crosses together (an undo included, in the other
 * direction), a cpuhp_failure for every callback that failed and for a set that
 * was refused, one cpuhp_batch_end.
 *
 * Directions, kinds, modes and policies are recorded as numbers of the enums in
 * kernel/cpuhp/walk.h, which kernel/cpuhp/trace.c includes first. Tools do not
 * know those enumerators, hence the TRACE_DEFINE_ENUM()s.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cpuhp

#if !defined(_TRACE_CPUHP_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_CPUHP_H

#include <linux/cpumask.h>
#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(CPUHP_UP);
TRACE_DEFINE_ENUM(CPUHP_DOWN);

TRACE_DEFINE_ENUM(CPUHP_PREPARE);
TRACE_DEFINE_ENUM(CPUHP_HANDOVER);
TRACE_DEFINE_ENUM(CPUHP_THREAD);

TRACE_DEFINE_ENUM(CPUHP_ONE_BY_ONE);
TRACE_DEFINE_ENUM(CPUHP_CONCURRENT);

TRACE_DEFINE_ENUM(CPUHP_ALL_OR_NOTHING);
TRACE_DEFINE_ENUM(CPUHP_EACH);

#define show_cpuhp_dir(dir)						\
	__print_symbolic(dir,						\
			 { CPUHP_UP, "up" },				\
			 { CPUHP_DOWN, "down" })

#define show_cpuhp_kind(kind)						\
	__print_symbolic(kind,						\
			 { CPUHP_PREPARE, "prepare" },			\
			 { CPUHP_HANDOVER, "handover" },		\
			 { CPUHP_THREAD, "thread" })

#define show_cpuhp_mode(mode)						\
	__print_symbolic(mode,						\
			 { CPUHP_ONE_BY_ONE, "one_by_one" },		\
			 { CPUHP_CONCURRENT, "concurrent" })

#define show_cpuhp_policy(policy)					\
	__print_symbolic(policy,					\
			 { CPUHP_ALL_OR_NOTHING, "all_or_nothing" },	\
			 { CPUHP_EACH, "each" })

unsigned int cpuhp_trace_list_size(unsigned int nr, const unsigned long *bits);
void cpuhp_trace_list(char *list, unsigned int size, unsigned int nr, const unsigned long *bits);

TRACE_EVENT(cpuhp_enter,
	TP_PROTO(unsigned int cpu, int target, int idx, int (*fun)(unsigned int cpu)),

	TP_ARGS(cpu, target, idx, fun),

	TP_STRUCT__entry(
		__field(unsigned int, cpu)
		__field(int, target)
		__field(int, idx)
		__field(void *, fun)
	),

	TP_fast_assign(
		__entry->fun = fun;
		__entry->idx = idx;
		__entry->target = target;
		__entry->cpu = cpu;
	),

	TP_printk("cpu: %04u target: %3d step: %3d (%ps)",
		  __entry->cpu, __entry->target, __entry->idx, __entry->fun)
);

TRACE_EVENT(cpuhp_multi_enter,
	TP_PROTO(unsigned int cpu, int target, int idx,
		 int (*fun)(unsigned int cpu, struct hlist_node *node),
		 struct hlist_node *node),

	TP_ARGS(cpu, target, idx, fun, node),

	TP_STRUCT__entry(
		__field(unsigned int, cpu)
		__field(int, target)
		__field(int, idx)
		__field(void *, fun)
	),

	TP_fast_assign(
		__entry->fun = fun;
		__entry->idx = idx;
		__entry->target = target;
		__entry->cpu = cpu;
	),

	TP_printk("cpu: %04u target: %3d step: %3d (%ps)",
		  __entry->cpu, __entry->target, __entry->idx, __entry->fun)
);

TRACE_EVENT(cpuhp_exit,

	TP_PROTO(unsigned int cpu, int state, int idx, int ret),

	TP_ARGS(cpu, state, idx, ret),

	TP_STRUCT__entry(
		__field(unsigned int, cpu)
		__field(int, state)
		__field(int, idx)
		__field(int, ret)
	),

	TP_fast_assign(
		__entry->ret = ret;
		__entry->idx = idx;
		__entry->state = state;
		__entry->cpu = cpu;
	),

	TP_printk(" cpu: %04u  state: %3d step: %3d ret: %d",
		  __entry->cpu, __entry->state, __entry->idx, __entry->ret)
);

/*
 * A set of CPUs is about to move: @dir and @policy of the operation, @cpus its
 * members. They are recorded as text, because not every tool can print a mask.
 * A list that ends in "..." is cut short; "nr" counts all members.
 */
TRACE_EVENT(cpuhp_batch_start,

	TP_PROTO(int dir, const struct cpumask *cpus, int policy),

	TP_ARGS(dir, cpus, policy),

	TP_STRUCT__entry(
		__field(int, dir)
		__field(int, policy)
		__field(unsigned int, first)
		__field(unsigned int, nr)
		__dynamic_array(char, cpus, cpuhp_trace_list_size(cpumask_pr_args(cpus)))
	),

	TP_fast_assign(
		__entry->dir = dir;
		__entry->policy = policy;
		__entry->first = cpumask_first(cpus);
		__entry->nr = cpumask_weight(cpus);
		cpuhp_trace_list(__get_dynamic_array(cpus), __get_dynamic_array_len(cpus),
				 cpumask_pr_args(cpus));
	),

	TP_printk("dir: %s policy: %s nr: %u first: %u cpus: %s",
		  show_cpuhp_dir(__entry->dir), show_cpuhp_policy(__entry->policy),
		  __entry->nr, __entry->first, __get_str(cpus))
);

/*
 * The operation is over. @done members reached their target, @failed did not;
 * @ret is what the caller gets.
 */
TRACE_EVENT(cpuhp_batch_end,

	TP_PROTO(int dir, unsigned int done, unsigned int failed, int ret),

	TP_ARGS(dir, done, failed, ret),

	TP_STRUCT__entry(
		__field(int, dir)
		__field(unsigned int, done)
		__field(unsigned int, failed)
		__field(int, ret)
	),

	TP_fast_assign(
		__entry->dir = dir;
		__entry->done = done;
		__entry->failed = failed;
		__entry->ret = ret;
	),

	TP_printk("dir: %s done: %u failed: %u ret: %d",
		  show_cpuhp_dir(__entry->dir), __entry->done, __entry->failed,
		  __entry->ret)
);

/*
 * @nr members start to cross the steps between positions @from and @to. The
 * segment lasts until the next one, or until cpuhp_batch_end.
 */
TRACE_EVENT(cpuhp_segment,

	TP_PROTO(int dir, int kind, int mode, int from, int to, unsigned int nr),

	TP_ARGS(dir, kind, mode, from, to, nr),

	TP_STRUCT__entry(
		__field(int, dir)
		__field(int, kind)
		__field(int, mode)
		__field(int, from)
		__field(int, to)
		__field(unsigned int, nr)
	),

	TP_fast_assign(
		__entry->dir = dir;
		__entry->kind = kind;
		__entry->mode = mode;
		__entry->from = from;
		__entry->to = to;
		__entry->nr = nr;
	),

	TP_printk("dir: %s kind: %s mode: %s from: %3d to: %3d nr: %u",
		  show_cpuhp_dir(__entry->dir), show_cpuhp_kind(__entry->kind),
		  show_cpuhp_mode(__entry->mode), __entry->from, __entry->to,
		  __entry->nr)
);

/*
 * The callback @fun of @step returned @err for @cpu on its way @dir; the CPU
 * was left at position @left_at.
 */
TRACE_EVENT(cpuhp_failure,

	TP_PROTO(unsigned int cpu, int step, int dir, void *fun, int err, int left_at),

	TP_ARGS(cpu, step, dir, fun, err, left_at),

	TP_STRUCT__entry(
		__field(unsigned int, cpu)
		__field(int, step)
		__field(int, dir)
		__field(void *, fun)
		__field(int, err)
		__field(int, left_at)
	),

	TP_fast_assign(
		__entry->cpu = cpu;
		__entry->step = step;
		__entry->dir = dir;
		__entry->fun = fun;
		__entry->err = err;
		__entry->left_at = left_at;
	),

	TP_printk("cpu: %04u step: %3d dir: %s (%ps) err: %d left_at: %3d",
		  __entry->cpu, __entry->step, show_cpuhp_dir(__entry->dir),
		  __entry->fun, __entry->err, __entry->left_at)
);

#endif /* _TRACE_CPUHP_H */

/* Included once for each set of macros, so outside the guard. */
#include <trace/define_trace.h>
