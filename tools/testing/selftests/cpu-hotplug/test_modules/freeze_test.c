// SPDX-License-Identifier: GPL-2.0
/*
 * A module that checks whether all tasks are frozen, for two events.
 *
 * FREEZE_KPROBES: it patches text. A kprobe is added to a function and removed again
 * while all user tasks are frozen, so that none of them can be inside the function.
 * FREEZE_HOTPLUG: it counts tasks while CPUs pass a state of its own.
 *
 * In debugfs, below freeze_test/: reading "call" calls the function and returns the
 * number of calls; "seen" is the number of calls that the probe saw. Writing 1 to
 * "probe" adds the probe, 0 removes it. "wrong" counts what must not happen: a call,
 * or a task that runs, while all tasks should be frozen. "walking" is the largest
 * number of user tasks that were not frozen while a CPU passed the state; reading it
 * resets it.
 *
 * These are not module parameters, because a writer to "probe" would hold the lock of
 * the parameters, and tasks that wait for that lock do not freeze.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpuhotplug.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

/* How long to look for a task that runs although all should be frozen */
#define LOOK_MS		20

static atomic_t calls = ATOMIC_INIT(0);
static atomic_t seen = ATOMIC_INIT(0);
static atomic_t wrong = ATOMIC_INIT(0);
static atomic_t walking = ATOMIC_INIT(0);

static struct dentry *dir;
static int state;

static DEFINE_MUTEX(probe_mutex);
static bool probe_in_place;	/* under probe_mutex */

/* What is patched. */
static noinline void target(void)
{
	atomic_inc(&calls);
	barrier();
}

static int before_target(struct kprobe *p, struct pt_regs *regs)
{
	atomic_inc(&seen);
	return 0;
}

/*
 * With a post handler the kernel does not replace the probe by a jump a little later,
 * when tasks run again.
 */
static void behind_target(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe;

/* A probe that was registered before cannot be registered again as it is. */
static void probe_reset(void)
{
	memset(&probe, 0, sizeof(probe));
	probe.addr = (kprobe_opcode_t *)target;
	probe.pre_handler = before_target;
	probe.post_handler = behind_target;
}

/* The tasks other than current that should be frozen and are not */
static unsigned int count_restless(void)
{
	struct task_struct *group, *p;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(group, p) {
		if (p == current || !freezing(p) || READ_ONCE(p->__state) & TASK_FROZEN)
			continue;
		pr_err("%s (pid %d) goes on\n", p->comm, task_pid_nr(p));
		n++;
	}
	rcu_read_unlock();
	return n;
}

static bool stands_still(struct task_struct *p)
{
	return READ_ONCE(p->__state) & TASK_FROZEN || p->flags & (PF_KTHREAD | PF_EXITING);
}

static int look_around(unsigned int cpu)
{
	struct task_struct *group, *p;
	int n = 0, most;

	rcu_read_lock();
	for_each_process_thread(group, p)
		n += !stands_still(p);
	rcu_read_unlock();

	most = atomic_read(&walking);
	while (n > most && !atomic_try_cmpxchg(&walking, &most, n))
		;
	return 0;
}

static int walking_get(void *unused, u64 *value)
{
	*value = atomic_xchg(&walking, 0);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(walking_fops, walking_get, NULL, "%llu\n");

static int patch(bool in)
{
	int ret = 0;

	if (in) {
		probe_reset();
		ret = register_kprobe(&probe);
	} else {
		unregister_kprobe(&probe);
	}
	return ret;
}

static int patch_with_everyone_still(bool in)
{
	int before, ret;

	ret = freeze_for(FREEZE_KPROBES);
	if (ret)
		return ret;
	before = atomic_read(&calls);
	atomic_add(count_restless(), &wrong);
	ret = patch(in);
	msleep(LOOK_MS);
	atomic_add(count_restless(), &wrong);
	atomic_add(atomic_read(&calls) - before, &wrong);
	thaw_for(FREEZE_KPROBES);
	return ret;
}

static int probe_set(void *unused, u64 value)
{
	bool in = value;
	int ret = 0;

	if (mutex_lock_interruptible(&probe_mutex))
		return -EINTR;
	if (in != probe_in_place) {
		ret = patch_with_everyone_still(in);
		if (!ret)
			probe_in_place = in;
	}
	mutex_unlock(&probe_mutex);
	return ret;
}
DEFINE_DEBUGFS_ATTRIBUTE(probe_fops, NULL, probe_set, "%llu\n");

static int call_get(void *unused, u64 *value)
{
	target();
	*value = atomic_read(&calls);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(call_fops, call_get, NULL, "%llu\n");

static int __init freeze_test_init(void)
{
	state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "freeze_test:online",
					  look_around, look_around);
	if (state < 0)
		return state;

	dir = debugfs_create_dir("freeze_test", NULL);
	debugfs_create_file_unsafe("probe", 0200, dir, NULL, &probe_fops);
	debugfs_create_file_unsafe("call", 0444, dir, NULL, &call_fops);
	debugfs_create_atomic_t("seen", 0444, dir, &seen);
	debugfs_create_atomic_t("wrong", 0444, dir, &wrong);
	debugfs_create_file_unsafe("walking", 0444, dir, NULL, &walking_fops);
	return 0;
}
module_init(freeze_test_init);

static void __exit freeze_test_exit(void)
{
	debugfs_remove(dir);
	cpuhp_remove_state_nocalls(state);
	if (probe_in_place)
		patch(false);
}
module_exit(freeze_test_exit);

MODULE_DESCRIPTION("Looks whether everyone stands still");
MODULE_LICENSE("GPL");
