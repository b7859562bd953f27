#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A CPU that does not answer is given up: one that was started and does not report
# that it runs, and one that does not report that it is dead. Nothing else moves, and
# the CPU comes as soon as it has answered.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

record=$sys/hotplug/last_failure
top=

finish()
{
	listen_to_all
	wait_until all_are_up
	print_totals
}

listen_to_all()
{
	for what in alive dead; do
		[ ! -e $core/mute_$what ] || put $core/mute_$what -1
	done
}

all_are_up()
{
	all_online
	[ "$(cat $sys/online)" = "$online" ]
}

# The CPUs of the list are all in state $1, and those that stay are the only ones online
# if that is the lowest one.
all_at()
{
	for cpu in $movable; do
		[ "$(state_of "$cpu")" = "$1" ] || return 1
	done
	[ "$1" != 0 ] || [ "$(cat $sys/online)" = "$stay" ]
}

# Lines of the log that say that the CPU did not report $1.
given_up()
{
	dmesg | grep -c "CPU$one failed to report $1 state"
}

# The latest failure: the CPU could not be started, for errno $1, and is offline.
failed_with()
{
	[ "$(cat $record/cpu)" = "$one" ] || return 1
	[ "$(cat $record/step_name)" = cpu:bringup ] || return 1
	[ "$(cat $record/direction)" = up ] || return 1
	[ "$(cat $record/error)" = "$1" ] || return 1
	[ "$(cat $record/left_at)" = 0 ]
}

# The CPU $one comes alone, to a command that may fail.
one_comes()
{
	put "$sys/cpu$one/online" 1
}

others_move()
{
	put $sys/hotplug/online "$others" && put $sys/hotplug/offline "$others"
}

# With all CPUs offline: the command $* cannot bring the CPU up, and leaves all offline.
is_not_alive()
{
	before=$(given_up alive)
	"$@" && return 1
	[ "$(given_up alive)" -eq $((before + 1)) ] || return 1
	failed_with -5 && all_at 0
}

# $1: how the CPU is started, a command of one word or two
never_alive()
{
	put $sys/hotplug/offline "$list" || return 1
	put $core/mute_alive "$one"
	# Twice: a CPU that has not answered may be started again.
	is_not_alive "$@" && others_move && is_not_alive "$@"
	result=$?
	put $core/mute_alive -1
	[ $result = 0 ] || return 1
	put $sys/hotplug/online "$list" && all_at "$top"
}

all_come()
{
	put $sys/hotplug/online "$list"
}

# It has left, and is no more; but it must not be started while nobody knows what it does.
never_dead()
{
	before=$(given_up dead)
	put $core/mute_dead "$one"
	"$@" || return 1
	[ "$(given_up dead)" -eq $((before + 1)) ] || return 1
	[ "$(state_of "$one")" = 0 ] || return 1
	one_comes && return 1
	failed_with -11 || return 1
	put $sys/hotplug/offline "$list" || return 1
	all_at 0 || return 1
	all_come && return 1
	failed_with -11 && all_at 0 && others_move || return 1
	put $core/mute_dead -1
	wait_until one_comes || return 1
	all_come && all_at "$top"
}

one_goes()
{
	put "$sys/cpu$one/online" 0
}

all_go()
{
	put $sys/hotplug/offline "$list"
}

report()
{
	grep . $record/* /dev/null | tr '\n' ' '
	dmesg | grep "failed to report" | tail -n 1
}

online=$(cat $sys/online)
begin_tests
need_batch_of 2
# Without the report that it runs, it is firmware that refuses to start a CPU twice.
[ -e $core/mute_alive ] || skip_all "no CONFIG_CPUHP_INJECT, or no CPU reports that it runs"
one=${movable##* }
others=${list%,*}
top=$(state_of "$one")
stay=$(those_that_stay)

ktap_set_plan 4
check_and_report "a CPU that does not report alive is given up" never_alive one_comes
check_and_report "and a batch with it is taken back" never_alive all_come
check_and_report "a CPU that does not report dead is given up" never_dead one_goes
check_and_report "and all others of its batch are dead" never_dead all_go
ktap_finished
