#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Which tasks are frozen, and when; see test_modules/freeze_test.c. Kernel text is
# patched with all tasks frozen, while tasks call the patched function and CPUs go and
# come. With "freezer" in hotplug/quiesce, only the writer runs while CPUs move.
#
# Guards this patch:
#	freezer: Freeze for events, and exempt tasks per event
#
# CPUHP_ROUNDS in the environment: how often text is patched and restored.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/freeze_test.ko
files=/sys/kernel/debug/freeze_test
quiesce=$sys/hotplug/quiesce
rounds=${CPUHP_ROUNDS:-20}
callers=
cycler=

finish()
{
	stop $callers $cycler
	rmmod freeze_test 2>/dev/null
	all_online
	put $quiesce lock
	print_totals
}

stop()
{
	for pid; do
		kill "$pid"
		wait "$pid"
	done 2>/dev/null
}

# Reads file $1 of the module. Reading "call" is a call.
value()
{
	read -r value < "$files/$1"
	echo "$value"
}

call_forever()
{
	while read -r value < "$files/call"; do
		:
	done
}

start_callers()
{
	while [ "$(echo $callers | wc -w)" -lt 3 ]; do
		call_forever &
		callers="$callers $!"
	done
}

# With pauses, because in mode freezer no other task runs while CPUs move.
start_cycling()
{
	while put $sys/hotplug/offline "$list" && put $sys/hotplug/online "$list"; do
		sleep 0.1
	done &
	cycler=$!
}

has_calls_beyond()
{
	[ "$(value call)" -gt "$1" ]
}

# The callers call again. Each look at the number is a call as well.
called_again()
{
	from=$(value call)
	wait_until has_calls_beyond $((from + 800))
}

probe_sees()
{
	sightings=$(value seen)
	called_again || return 1
	[ "$(value seen)" -gt "$sightings" ]
}

probe_sees_nothing()
{
	sightings=$(value seen)
	called_again || return 1
	[ "$(value seen)" = "$sightings" ]
}

patch_and_restore()
{
	put $files/probe 1 || return 1
	probe_sees || return 1
	put $files/probe 0 || return 1
	probe_sees_nothing
}

# $1: what CPUs do meanwhile
patched_with_everyone_still()
{
	$1
	round=0
	while [ $round -lt "$rounds" ]; do
		patch_and_restore || break
		round=$((round + 1))
	done
	ktap_print_msg "$round rounds, $(value call) calls, $(value seen) seen by the probe"
	if [ -n "$cycler" ]; then
		# The cycles have not ended, so none has failed.
		kill -0 $cycler || return 1
		stop $cycler
		cycler=
		put $sys/hotplug/online "$list"
	fi
	[ "$round" = "$rounds" ] && [ "$(value wrong)" = 0 ]
}

# Counts the tasks that are not frozen while CPUs move.
walkers_while_cpus_move()
{
	value walking >/dev/null
	put $sys/hotplug/offline "$list" || return 1
	walking_down=$(value walking)
	put $sys/hotplug/online "$list" || return 1
	walking_up=$(value walking)
	ktap_print_msg "tasks that did not stand still: $walking_down down, $walking_up up"
}

everybody_goes_on()
{
	walkers_while_cpus_move || return 1
	[ "$walking_down" -gt 3 ] && [ "$walking_up" -gt 3 ]
}

only_the_writer_goes_on()
{
	walkers_while_cpus_move || return 1
	[ "$walking_down" = 1 ] && [ "$walking_up" = 1 ]
}

begin_tests
[ -e $sys/hotplug/offline ] || skip_all "no hotplug/offline"
find_movable
need_module "$ko"
[ -e $files/probe ] || skip_all "no debugfs"
[ -d /sys/kernel/debug/kprobes ] || skip_all "this kernel has no kprobes"

ktap_set_plan 5
start_callers
ktap_test_result "text is patched, CPUs at rest" patched_with_everyone_still :
put $quiesce lock
ktap_test_result "mode lock: everybody goes on while CPUs move" everybody_goes_on
ktap_test_result "mode lock: text is patched" patched_with_everyone_still start_cycling
if put $quiesce freezer; then
	ktap_test_result "mode freezer: only the writer goes on" only_the_writer_goes_on
	ktap_test_result "mode freezer: text is patched" \
		patched_with_everyone_still start_cycling
else
	ktap_test_skip "only the writer goes on: no quiesce freezer"
	ktap_test_skip "text is patched: no quiesce freezer"
fi
ktap_finished
