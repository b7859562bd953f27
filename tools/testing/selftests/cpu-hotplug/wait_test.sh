#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What grace periods a callback waits for that knows nothing of batches: see
# test_modules/wait_test.c.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/wait_test.ko
params=/sys/module/wait_test/parameters
rcu_normal=/sys/kernel/rcu_normal
cgroups=/sys/fs/cgroup
partition=$cgroups/wait_test

finish()
{
	[ ! -e $rcu_normal ] || put $rcu_normal "$normal_before"
	[ ! -d $partition ] || rmdir $partition
	all_online
	rmmod wait_test 2>/dev/null
	print_totals
}

remember()
{
	expedited=$(cat $params/expedited)
	normal=$(cat $params/normal)
}

# Since remember(): there were $1 waits for each CPU that was moved, all of them expedited.
all_expedited()
{
	[ "$(cat $params/normal)" = "$normal" ] &&
		[ "$(cat $params/expedited)" = $((expedited + $1 * nr_movable)) ]
}

# If grace periods were expedited, no wait would be a normal one. The reverse does not
# hold: others may expedite theirs at the same time.
some_normal()
{
	[ "$(cat $params/normal)" -gt "$normal" ]
}

batch_leaves()
{
	remember
	put $sys/hotplug/offline "$list" || return 1
	all_expedited 2
}

batch_comes()
{
	remember
	put $sys/hotplug/online "$list" || return 1
	all_expedited 2
}

batch_is_taken_back()
{
	remember
	put "$sys/cpu$last/hotplug/fail" "$(number_of workqueue:online)"
	put $sys/hotplug/offline "$list" && return 1
	[ "$(cat $params/normal)" = "$normal" ] && [ "$(cat $params/expedited)" -gt "$expedited" ]
}

one_by_one()
{
	remember
	for cpu in $movable; do
		put "$sys/cpu$cpu/online" 0 || return 1
		put "$sys/cpu$cpu/online" 1 || return 1
	done
	all_expedited 4
}

leaves_and_comes()
{
	remember
	put $sys/hotplug/offline "$1" || return 1
	put $sys/hotplug/online "$1"
}

with_rcu_normal()
{
	put $rcu_normal 1
	leaves_and_comes "$list"
	result=$?
	put $rcu_normal "$normal_before"
	[ $result = 0 ] && some_normal
}

# The last CPU is in a partition of its own, without load balancing, and stays.
while_an_isolated_cpu_stays()
{
	leaves_and_comes "${list%,*}" && some_normal
}

# It leaves with the others: nobody is left to be disturbed.
with_the_isolated_cpu()
{
	leaves_and_comes "$list" || return 1
	all_expedited 4
}

isolate()
{
	grep -qw cpuset $cgroups/cgroup.controllers 2>/dev/null || return 1
	put $cgroups/cgroup.subtree_control +cpuset
	mkdir $partition || return 1
	put $partition/cpuset.cpus "$last"
	put $partition/cpuset.cpus.exclusive "$last"
	put $partition/cpuset.cpus.partition isolated
	[ "$(cat $partition/cpuset.cpus.partition)" = isolated ]
}

begin_tests
need_batch_of 3
need_module "$ko"
last=${movable##* }
normal_before=$(cat $rcu_normal 2>/dev/null)

ktap_set_plan 7
ktap_test_result "waits of a batch that leaves are expedited" batch_leaves
ktap_test_result "waits of a batch that comes are expedited" batch_comes
ktap_test_result "waits of a batch that is taken back are expedited" batch_is_taken_back
ktap_test_result "waits of a CPU that moves alone are expedited" one_by_one
if [ -e $rcu_normal ]; then
	ktap_test_result "rcu_normal is respected" with_rcu_normal
else
	ktap_test_skip "rcu_normal is respected: no $rcu_normal"
fi
if isolate; then
	ktap_test_result "an isolated CPU that stays is left in peace" while_an_isolated_cpu_stays
	ktap_test_result "an isolated CPU that leaves does not count" with_the_isolated_cpu
else
	ktap_test_skip "an isolated CPU that stays is left in peace: no isolated partition"
	ktap_test_skip "an isolated CPU that leaves does not count: no isolated partition"
fi
ktap_finished
