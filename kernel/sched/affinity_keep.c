// SPDX-License-Identifier: GPL-2.0
/*
 * Affinities that CPU hotplug may break, kept until the operation has ended.
 *
 * Owns the notes on tasks that are taken while CPUs go down. A task whose CPUs
 * all become inactive has to run elsewhere, so the scheduler widens its mask,
 * and forgets the mask that its user has asked for. That is right once the CPUs
 * are gone. If they stay after all, because a later step fails, each task must
 * get both masks back.
 *
 * sched_affinity_keep() hangs a note on each task that may lose its mask. A child
 * of such a task gets its parent's note (copy_process()): it has inherited the
 * mask, as it was or widened. Notes are read and taken off under
 * tasklist_lock, and exist only while CPU hotplug is locked for writing, so
 * there is one set of them, and no cpuset changes meanwhile.
 */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mmu_context.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "sched.h"

/**
 * struct kept_affinity - what a task had
 * @node:	in kept_affinities
 * @mask:	where it could run
 * @user:	where its user wants it to run
 * @has_user:	@user is set
 */
struct kept_affinity {
	struct list_head node;
	struct cpumask mask;
	struct cpumask user;
	bool has_user;
};

/* All notes; only while CPU hotplug is locked for writing. */
static LIST_HEAD(kept_affinities);

/*
 * Are all active CPUs of @p in @leaving? Per-CPU threads do not count: they are
 * parked, or moved by their owners.
 */
static bool at_risk(struct task_struct *p, const struct cpumask *leaving)
{
	unsigned int cpu;

	if (kthread_is_per_cpu(p) || !cpumask_intersects(&p->cpus_mask, leaving))
		return false;
	for_each_cpu_and(cpu, &p->cpus_mask, cpu_active_mask) {
		if (!cpumask_test_cpu(cpu, leaving))
			return false;
	}
	return true;
}

static void note(struct task_struct *p, struct kept_affinity *kept)
{
	guard(raw_spinlock_irqsave)(&p->pi_lock);

	cpumask_copy(&kept->mask, &p->cpus_mask);
	kept->has_user = p->user_cpus_ptr;
	if (kept->has_user)
		cpumask_copy(&kept->user, p->user_cpus_ptr);
}

static int keep_all(const struct cpumask *leaving)
{
	struct kept_affinity *kept;
	struct task_struct *group, *p;

	guard(read_lock)(&tasklist_lock);
	for_each_process_thread(group, p) {
		if (!at_risk(p, leaving))
			continue;
		kept = kmalloc(sizeof(*kept), GFP_ATOMIC | __GFP_NOWARN);
		if (!kept)
			return -ENOMEM;
		note(p, kept);
		list_add(&kept->node, &kept_affinities);
		p->kept_affinity = kept;
	}
	return 0;
}

/**
 * sched_affinity_keep - note the affinities that an operation may break
 * @leaving:	all CPUs that become inactive in one operation
 *
 * To be followed by sched_affinity_forget(), and before that, if the CPUs are
 * active again, by sched_affinity_give_back().
 *
 * Context: task context, CPU hotplug locked for writing.
 * Return: 0, or -ENOMEM with nothing kept.
 */
int sched_affinity_keep(const struct cpumask *leaving)
{
	int err = keep_all(leaving);

	if (err)
		sched_affinity_forget();
	return err;
}

static bool has_lost(struct task_struct *p, const struct kept_affinity *kept)
{
	return !cpumask_equal(&p->cpus_mask, &kept->mask) ||
	       (kept->has_user && !p->user_cpus_ptr);
}

/* The next task that has lost what its note says; takes the note off, and a reference. */
static struct task_struct *take_loser(struct kept_affinity **kept)
{
	struct task_struct *group, *p;

	guard(read_lock)(&tasklist_lock);
	for_each_process_thread(group, p) {
		*kept = p->kept_affinity;
		if (!*kept)
			continue;
		p->kept_affinity = NULL;
		if (has_lost(p, *kept))
			return get_task_struct(p);
	}
	return NULL;
}

/* A task whose user has set another mask since then keeps that mask. */
static void give_back(struct task_struct *p, const struct kept_affinity *kept)
{
	struct affinity_context ac = {
		.new_mask	= &kept->mask,
		.flags		= SCA_UNASKED,
	};

	if (kept->has_user)
		ac.user_mask = alloc_user_cpus_ptr(NUMA_NO_NODE);
	if (ac.user_mask) {
		cpumask_copy(ac.user_mask, &kept->user);
		ac.flags |= SCA_USER;
	}
	__set_cpus_allowed_ptr(p, &ac);
	kfree(ac.user_mask);
}

/**
 * sched_affinity_give_back - restore affinities, because the CPUs stay
 *
 * A task none of whose CPUs could be brought back is left as it is.
 *
 * Context: task context, CPU hotplug locked for writing; sleeps.
 */
void sched_affinity_give_back(void)
{
	struct kept_affinity *kept;
	struct task_struct *p;

	while ((p = take_loser(&kept))) {
		give_back(p, kept);
		put_task_struct(p);
	}
}

/**
 * sched_affinity_forget - the end of sched_affinity_keep()
 *
 * Context: task context, CPU hotplug locked for writing.
 */
void sched_affinity_forget(void)
{
	struct kept_affinity *kept, *next;
	struct task_struct *group, *p;

	if (list_empty(&kept_affinities))
		return;
	scoped_guard(read_lock, &tasklist_lock) {
		for_each_process_thread(group, p)
			p->kept_affinity = NULL;
	}
	list_for_each_entry_safe(kept, next, &kept_affinities, node)
		kfree(kept);
	INIT_LIST_HEAD(&kept_affinities);
}
