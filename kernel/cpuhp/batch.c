// SPDX-License-Identifier: GPL-2.0
/*
 * One operation: a set of CPUs goes to a target, in lockstep.
 *
 * One CPU is a batch of one; there is no other path. This file owns the
 * operation's data, implements the ops of the pure walker (walk.c), and turns
 * the result into reports. request.c has decided whether these CPUs may move.
 *
 * Timeline of two CPUs going down, with a CONCURRENT segment:
 *
 *   BP			AP1		AP2
 *   cpu_dying := {1,2}
 *   ask AP1, wait	steps a, b
 *   ask AP2, wait			steps a, b
 *   ask both, wait	step c		step c
 *   takedown		DYING steps	DYING steps
 *   dead steps of 1
 *   dead steps of 2
 */
#include <linux/kernel.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/smt.h>

#include "../smpboot.h"
#include "cpuhp.h"

#include <trace/events/cpuhp.h>

/*
 * So many members cross a concurrent segment at a time. In some of the steps they
 * take the same mutex, and CPUs of a guest that spin for it take the time of its
 * owner. A window multiplies the grace periods that members wait for side by side,
 * so there is none while these are long.
 */
#define CPUHP_WINDOW	16

/**
 * struct cpuhp_batch - the operation in progress, or the last one
 * @walk:	as walk.c sees it; the members are linked in the order in which
 *		they set out
 * @op:		what was asked for
 * @cpus:	the members as a mask
 * @nr:		number of members
 * @entered:	segment entered last
 * @domains_held: scheduling domains do not follow the active mask
 * @arch_pending: arch_cpuhp_up_alive() has to follow
 * @busy:	CPUs are moving (L: for progress.c only)
 */
struct cpuhp_batch {
	struct cpuhp_walk walk;
	struct cpuhp_op op;
	struct cpumask cpus;
	int nr;
	const struct cpuhp_seg *entered;
	bool domains_held;
	bool arch_pending;
	bool busy;
};

static struct cpuhp_batch cpuhp_now;	/* M */

static struct cpuhp_batch *batch_of(struct cpuhp_walk *walk)
{
	return container_of(walk, struct cpuhp_batch, walk);
}

static void keep_failure(struct cpuhp_rec *rec)
{
	if (!rec->m.returning) {
		rec->first = rec->failed;
		return;
	}
	rec->failed.left_at = rec->m.pos;
	cpuhp_report_undo(rec);
}

static void batch_turn(struct cpuhp_walk *walk, struct cpuhp_member *m, enum cpuhp_dir dir)
{
	bool dying = dir == CPUHP_DOWN;

	if (cpu_dying(m->cpu) != dying)
		set_cpu_dying(m->cpu, dying);
}

/*
 * While several members become active or inactive, cpusets and scheduling
 * domains are left alone. They follow once for all members, before any other
 * step runs: tasks must not be placed on CPUs that leave, and if a later step
 * fails, cpusets must know which CPUs the undo brings back.
 */
static void hold_domains(struct cpuhp_batch *batch)
{
	if (!batch->domains_held && batch->nr > 1)
		sched_domains_hold();
	batch->domains_held = batch->nr > 1;
}

static void catch_up_domains(struct cpuhp_batch *batch)
{
	if (batch->domains_held)
		sched_domains_release();
	batch->domains_held = false;
}

/* Does the step at which a CPU becomes active, or inactive, lie in @seg? */
static bool crosses_active(const struct cpuhp_seg *seg)
{
	int pos = cpuhp_walk_commit(seg->dir, CPUHP_AP_ACTIVE);

	return cpuhp_is_ahead(seg->dir, seg->from, pos) && !cpuhp_is_ahead(seg->dir, seg->to, pos);
}

/*
 * Work that the architecture has put off for each CPU that starts is done for all
 * of them once the last is alive, and before any of them runs a task.
 */
static void finish_alive(struct cpuhp_batch *batch)
{
	if (batch->arch_pending)
		arch_cpuhp_up_alive();
	batch->arch_pending = false;
}

/*
 * A task all of whose CPUs leave has to go elsewhere as soon as they are inactive,
 * and its mask is widened. If the operation may be undone, the masks are noted
 * first, so that they can be restored.
 */
static bool keeps_affinities(const struct cpuhp_batch *batch)
{
	return batch->op.dir == CPUHP_DOWN && batch->op.policy == CPUHP_ALL_OR_NOTHING;
}

static int keep_affinities(struct cpuhp_batch *batch)
{
	return keeps_affinities(batch) ? sched_affinity_keep(&batch->cpus) : 0;
}

static void forget_affinities(struct cpuhp_batch *batch, int err)
{
	if (!keeps_affinities(batch))
		return;
	if (err)
		sched_affinity_give_back();
	sched_affinity_forget();
}

/* Do the work between two segments, when the first member enters the second. */
static void enter_segment(struct cpuhp_batch *batch, const struct cpuhp_seg *seg)
{
	if (batch->entered == seg)
		return;
	batch->entered = seg;

	if (crosses_active(seg))
		hold_domains(batch);
	else
		catch_up_domains(batch);
	if (seg->dir == CPUHP_UP && seg->kind == CPUHP_HANDOVER)
		batch->arch_pending = true;
	if (seg->dir == CPUHP_UP && seg->kind == CPUHP_THREAD)
		finish_alive(batch);
	trace_cpuhp_segment(seg->dir, seg->kind, seg->mode, seg->from, seg->to, batch->nr);
}

static int handover_up(void *rec)
{
	return cpuhp_handover_up(rec);
}

static int run_walk(void *walk)
{
	return cpuhp_walk_run(walk);
}

/* The whole operation is spent on a CPU that moves alone; see own.c. */
static int run_alone(struct cpuhp_walk *walk)
{
	unsigned int cpu = walk->first->cpu;

	return walk->dir == CPUHP_UP ? _cpu_up(cpu, run_walk, walk) :
				       _cpu_down(cpu, run_walk, walk);
}

static void batch_start(struct cpuhp_walk *walk, struct cpuhp_member *m,
			const struct cpuhp_seg *seg, int to)
{
	struct cpuhp_batch *batch = batch_of(walk);
	struct cpuhp_rec *rec = cpuhp_rec_of(m);

	enter_segment(batch, seg);
	switch (seg->kind) {
	case CPUHP_PREPARE:
		m->result = cpuhp_run_steps(rec, seg->dir, to);
		/* The steps of all members follow each other without a wait. */
		cond_resched();
		break;
	case CPUHP_HANDOVER:
		m->result = batch->nr == 1 ? cpuhp_handover_up(rec) :
					     _cpu_up(m->cpu, handover_up, rec);
		break;
	case CPUHP_THREAD:
		cpuhp_thread_walk(rec, seg->dir, to);
		break;
	}
}

static int batch_wait(struct cpuhp_walk *walk, struct cpuhp_member *m,
		      const struct cpuhp_seg *seg, int to)
{
	struct cpuhp_rec *rec = cpuhp_rec_of(m);

	if (seg->kind == CPUHP_THREAD)
		cpuhp_thread_wait(rec);
	if (m->result)
		keep_failure(rec);
	return m->result;
}

static int batch_refuse(struct cpuhp_walk *walk, struct cpuhp_member *m)
{
	struct cpuhp_rec *rec = cpuhp_rec_of(m);

	if (!cpuhp_fail_injected(rec, CPUHP_TEARDOWN_CPU))
		return 0;
	cpuhp_note_failure(rec, CPUHP_TEARDOWN_CPU, CPUHP_DOWN, cpuhp_takedown, -EAGAIN);
	keep_failure(rec);
	return -EAGAIN;
}

static void batch_takedown(struct cpuhp_walk *walk, const struct cpuhp_seg *seg)
{
	struct cpuhp_member *m;

	enter_segment(batch_of(walk), seg);
	cpuhp_takedown(walk->first, seg->to);
	for (m = walk->first; m; m = m->next) {
		if (!m->moving || !m->result)
			continue;
		cpuhp_note_failure(cpuhp_rec_of(m), CPUHP_TEARDOWN_CPU, CPUHP_DOWN,
				   cpuhp_takedown, m->result);
		keep_failure(cpuhp_rec_of(m));
	}
}

static int batch_stop(struct cpuhp_walk *walk)
{
	const struct cpuhp_op *op = &batch_of(walk)->op;

	return op->give_up ? op->give_up(op->data) : 0;
}

static const struct cpuhp_walk_ops batch_ops = {
	.turn		= batch_turn,
	.start		= batch_start,
	.wait		= batch_wait,
	.refuse		= batch_refuse,
	.takedown	= batch_takedown,
	.stop		= batch_stop,
};

static void join(struct cpuhp_batch *batch, struct cpuhp_member ***link, struct cpuhp_rec *rec)
{
	rec->m = (struct cpuhp_member) {
		.cpu	= rec->m.cpu,
		.pos	= rec->m.pos,
		.origin	= rec->m.pos,
		.target	= batch->op.target,
	};
	rec->first.err = 0;
	rec->failed.err = 0;
	rec->was_dying = cpu_dying(rec->m.cpu);
	**link = &rec->m;
	*link = &rec->m.next;
}

/*
 * Link the CPUs that have a way to go. Primary threads come first: they must be up
 * before their siblings start. Return the number of members, or an errno.
 */
static int collect(struct cpuhp_batch *batch, const struct cpumask *cpus)
{
	struct cpuhp_member **link = &batch->walk.first;
	enum cpuhp_dir dir = batch->op.dir;
	unsigned int cpu;

	cpumask_clear(&batch->cpus);
	for_each_cpu(cpu, cpus) {
		if (!cpuhp_is_ahead(dir, cpuhp_pos(cpu), batch->op.target))
			continue;
		if (dir == CPUHP_UP && IS_ERR(idle_thread_get(cpu))) {
			if (batch->op.policy == CPUHP_EACH)
				continue;
			return PTR_ERR(idle_thread_get(cpu));
		}
		cpumask_set_cpu(cpu, &batch->cpus);
	}

	for_each_cpu(cpu, &batch->cpus) {
		if (cpuhp_is_primary(cpu))
			join(batch, &link, per_cpu_ptr(&cpuhp_rec, cpu));
	}
	for_each_cpu(cpu, &batch->cpus) {
		if (!cpuhp_is_primary(cpu))
			join(batch, &link, per_cpu_ptr(&cpuhp_rec, cpu));
	}
	*link = NULL;
	return cpumask_weight(&batch->cpus);
}

/*
 * A member that ends where it began is dying only if it was before: a CPU that
 * fails to come up for the first time is not, although its undo went down.
 */
static void settle_dying(struct cpuhp_batch *batch)
{
	struct cpuhp_member *m;

	for (m = batch->walk.first; m; m = m->next) {
		if (m->pos == m->origin)
			set_cpu_dying(m->cpu, cpuhp_rec_of(m)->was_dying);
	}
}

static void trace_batch_end(struct cpuhp_batch *batch, int err)
{
	struct cpuhp_member *m;
	unsigned int failed = 0;

	for (m = batch->walk.first; m; m = m->next)
		failed += m->pos != batch->op.target;
	trace_cpuhp_batch_end(batch->op.dir, batch->nr - failed, failed, err);
}

static void report_failures(struct cpuhp_batch *batch)
{
	struct cpuhp_member *m;
	struct cpuhp_rec *rec;

	for (m = batch->walk.first; m; m = m->next) {
		rec = cpuhp_rec_of(m);
		if (!m->err || !rec->first.err)
			continue;
		rec->first.left_at = m->pos;
		cpuhp_report(&rec->first);
	}
}

/**
 * cpuhp_batch - move a set of CPUs to a target
 * @cpus:	the set; CPUs that are there already, or beyond, are left alone
 * @op:		what is asked for
 *
 * With CPUHP_ALL_OR_NOTHING an error means that every CPU is back where it was;
 * with CPUHP_EACH it is the first error of the CPUs that went back alone. A CPU
 * whose undo fails stays where it is, and is reported as broken.
 *
 * Context: holds cpu_add_remove_lock; on a CPU outside the set if @op goes
 * down; sleeps.
 * Return: 0; -ENOMEM if affinities cannot be noted, or if a CPU has no idle task
 * (with CPUHP_EACH the others go on without it); the errno of op->give_up();
 * -EINVAL if a CPU cannot rest at the target; else the error of a step
 */
int cpuhp_batch(const struct cpumask *cpus, const struct cpuhp_op *op)
{
	struct cpuhp_batch *batch = &cpuhp_now;
	struct cpuhp_walk *walk = &batch->walk;
	int nr, err;

	cpuhp_assert_operation();
	batch->op = *op;
	walk->line = &cpuhp_line;
	walk->ops = &batch_ops;
	walk->policy = op->policy;
	walk->dir = op->dir;

	nr = collect(batch, cpus);
	if (nr <= 0)
		return nr;
	batch->nr = nr;
	batch->entered = NULL;

	/* Before the lock: that waits for a GP, too. */
	walk->window = cpuhp_expedite(&batch->cpus) ? CPUHP_WINDOW : 0;
	cpus_write_lock();
	cpuhp_tasks_frozen = op->tasks_frozen;
	WRITE_ONCE(batch->busy, true);
	cpuhp_count(CPUHP_COUNT_BATCHES, 1);
	cpuhp_count(CPUHP_COUNT_CPUS, nr);
	cpuhp_watch_begin(&batch->cpus);
	trace_cpuhp_batch_start(op->dir, &batch->cpus, op->policy);

	err = keep_affinities(batch);
	if (!err)
		err = nr == 1 ? run_alone(walk) : cpuhp_walk_run(walk);
	settle_dying(batch);
	finish_alive(batch);
	catch_up_domains(batch);
	forget_affinities(batch, err);

	trace_batch_end(batch, err);
	/* Under the lock: otherwise a module could go, and the name of its callback. */
	report_failures(batch);
	cpuhp_watch_end();
	WRITE_ONCE(batch->busy, false);
	cpus_write_unlock();
	cpuhp_unexpedite();

	arch_smt_update();
	return err;
}

/* The position where the segment being crossed ends. */
static int segment_end(struct cpuhp_batch *batch)
{
	int seg = READ_ONCE(batch->walk.seg);

	return batch->walk.plan.seg[min(seg, CPUHP_PLAN_MAX - 1)].to;
}

/**
 * cpuhp_batch_progress - how far has the operation got?
 * @progress:	where to write it
 *
 * A snapshot: the operation goes on meanwhile, and may end or be followed by
 * another one.
 *
 * Context: any task; takes no lock.
 * Return: false, with @progress untouched, if there is no operation
 */
bool cpuhp_batch_progress(struct cpuhp_progress *progress)
{
	struct cpuhp_batch *batch = &cpuhp_now;
	unsigned int cpu;
	int end;

	if (!READ_ONCE(batch->busy))
		return false;

	*progress = (struct cpuhp_progress) {
		.dir		= batch->op.dir,
		.segment	= READ_ONCE(batch->walk.seg) + 1,
		.segments	= batch->walk.plan.nr,
	};
	end = segment_end(batch);
	for_each_cpu(cpu, &batch->cpus) {
		progress->cpus++;
		progress->crossed += !cpuhp_is_ahead(batch->op.dir, cpuhp_pos(cpu), end);
	}
	return true;
}
