#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# hotplug/quiesce: CPUs move while everybody stands still, with other reasons to
# stand still before, during and after.
#
# CPUHP_ROUNDS in the environment: off/on cycles per test.

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
	trap '' EXIT INT TERM
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

# CPU time of task $1 in ticks, and its state
ticks()
{
	cut -d' ' -f14 "/proc/$1/stat"
}

runs()
{
	from=$(ticks "$1")
	waited=0
	while [ "$(ticks "$1")" -le "$from" ]; do
		waited=$((waited + 1))
		[ $waited -gt 600 ] && return 1
		sleep 0.1
	done
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

v1_says()
{
	waited=0
	while [ "$(cat $v1/cpuhp/freezer.state)" != "$1" ]; do
		waited=$((waited + 1))
		[ $waited -gt 600 ] && return 1
		sleep 0.1
	done
}

v2_says()
{
	waited=0
	while ! grep -q "^frozen $1\$" $v2/cpuhp/cgroup.events; do
		waited=$((waited + 1))
		[ $waited -gt 600 ] && return 1
		sleep 0.1
	done
}

# A group that stood still before CPUs moved stands still afterwards.
frozen_v1_group_stays_frozen()
{
	spin
	put $v1/cpuhp/cgroup.procs "$pid" || return 1
	put $v1/cpuhp/freezer.state FROZEN && v1_says FROZEN || return 1
	was=$(ticks "$pid")
	put $quiesce freezer
	cycle_all || return 1
	[ "$(cat $v1/cpuhp/freezer.state)" = FROZEN ] || return 1
	[ "$(ticks "$pid")" = "$was" ] || return 1
	thaw_v1
	v1_says THAWED && runs "$pid"
}

# The letter of task $1's state: D stands still, S sleeps
state()
{
	cut -d' ' -f3 "/proc/$1/stat"
}

is_in_state()
{
	waited=0
	while [ "$(state "$1")" != "$2" ]; do
		waited=$((waited + 1))
		[ $waited -gt 600 ] && return 1
		sleep 0.1
	done
}

# One that slept when its group was frozen must not come out of that sleep into
# user space because everybody else is thawed. $@: what freezes and thaws them
sleeper_stays_frozen()
{
	sleep 1000 &
	sleeper=$!
	spinners="$spinners $sleeper"
	is_in_state $sleeper S || return 1
	put $v1/cpuhp/cgroup.procs $sleeper || return 1
	put $v1/cpuhp/freezer.state FROZEN && v1_says FROZEN || return 1
	is_in_state $sleeper D || return 1
	"$@" || return 1
	stayed=$(state $sleeper)
	thaw_v1
	v1_says THAWED && is_in_state $sleeper S && [ "$stayed" = D ]
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

# As far as to everybody standing still, and back.
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
	put $v2/cpuhp/cgroup.freeze 1 && v2_says 1 || return 1
	was=$(ticks "$pid")
	put $quiesce freezer
	cycle_all || return 1
	v2_says 1 || return 1
	[ "$(ticks "$pid")" = "$was" ] || return 1
	thaw_v2
	v2_says 0 && runs "$pid"
}

# Thawed in the middle of the cycles: the group goes on when they allow it.
group_thawed_between()
{
	spin
	put $v1/cpuhp/cgroup.procs "$pid" || return 1
	put $v1/cpuhp/freezer.state FROZEN && v1_says FROZEN || return 1
	put $quiesce freezer
	cycle_all &
	cycler=$!
	thaw_v1
	wait $cycler || return 1
	v1_says THAWED && runs "$pid"
}

suspend_beside_cycles()
{
	put $quiesce freezer
	put /sys/power/pm_test processors || return 1
	cycle_all &
	cycler=$!
	# A suspend that meets a freeze for hotplug is refused; a later one is not.
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

# What the kernel said with $verify set, when it looked at all tasks.
complaints()
{
	dmesg | grep -c 'cpuhp: .* at a takedown'
}

all_were_in_place()
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

ktap_print_header
movable=
for cpu in $sys/cpu[0-9]*; do
	[ -w "$cpu/online" ] && [ "$(cat "$cpu/online")" = 1 ] && movable="$movable ${cpu##*cpu}"
done
movable=$(printf '%s\n' $movable | grep -vx 0 | sort -n)
one=$(printf '%s\n' $movable | tail -n 1)
list=$(printf '%s,' $movable)
list=${list%,}
trap finish EXIT
trap 'exit 1' INT TERM

[ "$(id -u)" = 0 ] || skip_all "must be root"
[ -n "$movable" ] || skip_all "no CPU can go offline"
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
check all_were_in_place

[ "$KTAP_CNT_FAIL" = 0 ] || exit "$KSFT_FAIL"
exit "$KSFT_PASS"
