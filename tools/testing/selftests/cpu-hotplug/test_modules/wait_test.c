// SPDX-License-Identifier: GPL-2.0
/*
 * A module whose states wait for RCU, and that knows nothing of batches.
 *
 * Two states, one in the PREPARE section and one in the ONLINE section, call
 * synchronize_rcu() for each CPU that comes or goes. Parameters: "expedited" counts
 * calls during which an expedited grace period ended, "normal" all other calls.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "count.h"

static atomic_t expedited = ATOMIC_INIT(0);
static atomic_t normal = ATOMIC_INIT(0);

static enum cpuhp_state prepare_state = CPUHP_INVALID;
static enum cpuhp_state online_state = CPUHP_INVALID;

static int wait(unsigned int cpu)
{
	struct rcu_gp_oldstate before, after;

	get_state_synchronize_rcu_full(&before);
	synchronize_rcu();
	get_state_synchronize_rcu_full(&after);
	atomic_inc(before.rgos_exp == after.rgos_exp ? &normal : &expedited);
	return 0;
}

module_param_cb(expedited, &count_ops, &expedited, 0444);
MODULE_PARM_DESC(expedited, "calls during which an expedited grace period ended");
module_param_cb(normal, &count_ops, &normal, 0444);
MODULE_PARM_DESC(normal, "all other calls");

static void leave(void)
{
	if (online_state > 0)
		cpuhp_remove_state_nocalls(online_state);
	if (prepare_state > 0)
		cpuhp_remove_state_nocalls(prepare_state);
}

static int __init wait_test_init(void)
{
	int ret;

	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "wait_test:prepare", wait, wait);
	if (ret < 0)
		return ret;
	prepare_state = ret;
	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "wait_test:online", wait, wait);
	if (ret < 0) {
		leave();
		return ret;
	}
	online_state = ret;
	return 0;
}
module_init(wait_test_init);

static void __exit wait_test_exit(void)
{
	leave();
}
module_exit(wait_test_exit);

MODULE_DESCRIPTION("States that wait for RCU grace periods");
MODULE_LICENSE("GPL");
