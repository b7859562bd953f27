#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# hotplug/quiesce: CPUs move while all tasks are frozen, and some tasks are frozen for
# other reasons before, during and after that.
#
# CPUHP_ROUNDS in the environment: how often each CPU goes offline and comes back.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

quiesce=$sys/hotplug/quiesce
verify=/sys/module/cpuhp/parameters/verify
v1=/tmp/cpuhp-freezer.$$
v2=/tmp/cpuhp-cgroup2.$$
rounds=${CPUHP_ROUNDS:-5}
spinners=
mounted=

finish()
{
	trap '' EXIT HUP INT TERM
	thaw_v1
	thaw_v2
	for pid in $spinners; do
		kill -KILL "$pid"
		wait "$pid"
	done 2>/dev/null
	all_online
	put $quiesce "${before:-lock}"
	put $verify "${verified:-N}"
	for place in $mounted; do
		rmdir "$place/cpuhp"
		umount "$place"
		rmdir "$place"
	done 2>/dev/null
	print_totals
}

mode()
{
	sed 's/.*\[\(.*\)\].*/\1/' $quiesce
}

# Sets pid to a task that never sleeps.
spin()
{
	sh -c 'while :; do :; done' &
	pid=$!
	spinners="$spinners $pid"
}

# The CPU time of task $1 in ticks
ticks()
{
	cut -d' ' -f14 "/proc/$1/stat"
}

has_more_ticks()
{
	[ "$(ticks "$1")" -gt "$2" ]
}

runs()
{
	wait_until has_more_ticks "$1" "$(ticks "$1")"
}

cycle_all()
{
	round=0
	while [ $round -lt "$rounds" ]; do
		for cpu in $movable; do
			put "$sys/cpu$cpu/online" 0 || return 1
			put "$sys/cpu$cpu/online" 1 || return 1
		done
		round=$((round + 1))
	done
}

bad_mode_is_refused()
{
	put $quiesce lock || return 1
	for word in "" freeze freezer,lock 1; do
		put $quiesce "$word" && return 1
		[ "$(mode)" = lock ] || return 1
	done
}

modes_are_listed()
{
	put $quiesce freezer || return 1
	[ "$(cat $quiesce)" = "lock [freezer]" ] || return 1
	put $quiesce lock || return 1
	[ "$(cat $quiesce)" = "[lock] freezer" ]
}

busy_tasks_stop_and_go_on()
{
	put $quiesce freezer
	cycle_all || return 1
	for pid in $spinners; do
		runs "$pid" || return 1
	done
}

a_list_is_one_operation()
{
	put $quiesce freezer
	put $sys/hotplug/offline "$list" || return 1
	put $sys/hotplug/online "$list" || return 1
	runs "${spinners##* }"
}

failed_operation_thaws()
{
	put $quiesce freezer
	put "$sys/cpu$one/hotplug/fail" "$(injectable)" || return 1
	put "$sys/cpu$one/online" 0 && return 1
	put "$sys/cpu$one/hotplug/fail" -1
	runs "${spinners##* }" && put "$sys/cpu$one/online" 0 && put "$sys/cpu$one/online" 1
}

injectable()
{
	sed -n 's,^ *\([0-9]*\): smpboot/threads:online$,\1,p' $sys/hotplug/states
}

writers_take_turns()
{
	put $quiesce freezer
	writers=
	for cpu in $movable; do
		(
			n=0
			while [ $n -lt "$rounds" ]; do
				put "$sys/cpu$cpu/online" 0
				put "$sys/cpu$cpu/online" 1 || exit 1
				n=$((n + 1))
			done
		) &
		writers="$writers $!"
	done
	ret=0
	for writer in $writers; do
		wait "$writer" || ret=1
	done
	return $ret
}

mount_v1()
{
	mkdir $v1 && mount -t cgroup -o freezer none $v1 2>/dev/null || return 1
	mounted="$mounted $v1"
	mkdir $v1/cpuhp
}

mount_v2()
{
	mkdir $v2 && mount -t cgroup2 none $v2 2>/dev/null || return 1
	mounted="$mounted $v2"
	mkdir $v2/cpuhp
}

thaw_v1()
{
	[ -d $v1/cpuhp ] && put $v1/cpuhp/freezer.state THAWED
}

thaw_v2()
{
	[ -d $v2/cpuhp ] && put $v2/cpuhp/cgroup.freeze 0
}

v1_is()
{
	[ "$(cat $v1/cpuhp/freezer.state)" = "$1" ]
}

v2_is()
{
	grep -q "^frozen $1\$" $v2/cpuhp/cgroup.events
}

freeze_v1()
{
	put $v1/cpuhp/freezer.state FROZEN && wait_until v1_is FROZEN
}

# A group that was frozen before CPUs moved is frozen afterwards.
frozen_v1_group_stays_frozen()
{
	spin
	put $v1/cpuhp/cgroup.procs "$pid" || return 1
	freeze_v1 || return 1
	was=$(ticks "$pid")
	put $quiesce freezer
	cycle_all || return 1
	[ "$(cat $v1/cpuhp/freezer.state)" = FROZEN ] || return 1
	[ "$(ticks "$pid")" = "$was" ] || return 1
	thaw_v1
	wait_until v1_is THAWED && runs "$pid"
}

# The letter of task $1's state: D is frozen, S sleeps
state()
{
	cut -d' ' -f3 "/proc/$1/stat"
}

is_in_state()
{
	[ "$(state "$1")" = "$2" ]
}

# A task that slept when its group was frozen must not wake up because all other tasks
# are thawed. $@: what freezes and thaws these
sleeper_stays_frozen()
{
	sleep 1000 &
	sleeper=$!
	spinners="$spinners $sleeper"
	wait_until is_in_state $sleeper S || return 1
	put $v1/cpuhp/cgroup.procs $sleeper || return 1
	freeze_v1 || return 1
	wait_until is_in_state $sleeper D || return 1
	"$@" || return 1
	stayed=$(state $sleeper)
	thaw_v1
	wait_until v1_is THAWED && wait_until is_in_state $sleeper S && [ "$stayed" = D ]
}

sleeper_stays_frozen_over_moves()
{
	put $quiesce freezer
	sleeper_stays_frozen cycle_all
}

has_pm_test()
{
	[ -w /sys/power/pm_test ]
}

# Freezes all tasks, as a suspend does, and thaws them.
suspend_to_the_freezer()
{
	put /sys/power/pm_test freezer || return 1
	put /sys/power/state mem
	ret=$?
	put /sys/power/pm_test none
	return $ret
}

sleeper_stays_frozen_over_suspend()
{
	sleeper_stays_frozen suspend_to_the_freezer
}

frozen_v2_group_stays_frozen()
{
	spin
	put $v2/cpuhp/cgroup.procs "$pid" || return 1
	put $v2/cpuhp/cgroup.freeze 1 && wait_until v2_is 1 || return 1
	was=$(ticks "$pid")
	put $quiesce freezer
	cycle_all || return 1
	wait_until v2_is 1 || return 1
	[ "$(ticks "$pid")" = "$was" ] || return 1
	thaw_v2
	wait_until v2_is 0 && runs "$pid"
}

# A group that is thawed while CPUs move goes on after the operation.
group_thawed_between()
{
	spin
	put $v1/cpuhp/cgroup.procs "$pid" || return 1
	freeze_v1 || return 1
	put $quiesce freezer
	cycle_all &
	cycler=$!
	thaw_v1
	wait $cycler || return 1
	wait_until v1_is THAWED && runs "$pid"
}

suspend_beside_cycles()
{
	put $quiesce freezer
	put /sys/power/pm_test processors || return 1
	cycle_all &
	cycler=$!
	# While tasks are frozen for hotplug a suspend is refused: try again.
	tries=0
	until put /sys/power/state mem; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || break
	done
	[ $tries -lt 100 ]
	slept=$?
	# A cycle that finds CPU hotplug disabled for the suspend gets -EBUSY.
	wait $cycler
	put /sys/power/pm_test none
	for cpu in $movable; do
		put "$sys/cpu$cpu/online" 1
	done
	[ $slept = 0 ] && cycle_all && runs "${spinners##* }"
}

# With $verify set, the kernel checks all tasks at a takedown, and complains.
complaints()
{
	dmesg | grep -c 'cpuhp: .* at a takedown'
}

no_complaint()
{
	[ "$(cat $verify)" = Y ] && [ "$(complaints)" = "$complaints_before" ]
}

check()
{
	if "$1"; then
		ktap_test_pass "$1"
	else
		ktap_test_fail "$1"
	fi
}

check_if()
{
	if $1 >/dev/null 2>&1; then
		check "$2"
	else
		ktap_test_skip "$2 ($3)"
	fi
}

can_suspend()
{
	# Suspend-to-idle takes no CPU down.
	[ -w /sys/power/pm_test ] && grep -q '\[deep\]' /sys/power/mem_sleep
}

begin_tests
find_movable
one=${movable##* }
[ -w $quiesce ] || skip_all "no $quiesce"
before=$(mode)
put $quiesce freezer || skip_all "this kernel has no freezer"
put $quiesce "$before"

verified=$(cat $verify)
put $verify Y
complaints_before=$(complaints)

ktap_set_plan 13
spin
spin
check bad_mode_is_refused
check modes_are_listed
check busy_tasks_stop_and_go_on
check a_list_is_one_operation
check failed_operation_thaws
check writers_take_turns
check_if mount_v1 frozen_v1_group_stays_frozen "no v1 freezer"
if [ -d $v1/cpuhp ]; then
	check group_thawed_between
	check sleeper_stays_frozen_over_moves
	check_if has_pm_test sleeper_stays_frozen_over_suspend "no pm_test"
else
	ktap_test_skip "group_thawed_between (no v1 freezer)"
	ktap_test_skip "sleeper_stays_frozen_over_moves (no v1 freezer)"
	ktap_test_skip "sleeper_stays_frozen_over_suspend (no v1 freezer)"
fi
check_if mount_v2 frozen_v2_group_stays_frozen "no cgroup2"
check_if can_suspend suspend_beside_cycles "no pm_test or no deep sleep"
check no_complaint
ktap_finished
