#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# CPUs leave and come back whose own timers stop while they are idle, so that they need
# the broadcast of clock events: see test_modules/broadcast_test.c.
#
# Needs CPUs whose timers may stop. Those of most processors do not; the parameter
# clearcpuid=arat of the kernel makes it forget that.
#
# Guards this patch:
#	tick/broadcast: Serve CPUs until they have left

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

tester=/sys/module/broadcast_test/parameters
device=/sys/devices/system/clockevents/broadcast/current_device
rounds=${CPUHP_ROUNDS:-3}

beats_of()
{
	sed -n "s/^$1 //p" $tester/beats
}

has_beaten()
{
	[ "$(beats_of "$1")" -gt $(($2 + 1)) ]
}

# The timer of each CPU that is online goes on.
all_beat()
{
	for cpu in $(sed 's/ .*//' $tester/beats); do
		wait_until has_beaten "$cpu" "$(beats_of "$cpu")" && continue
		ktap_print_msg "the timer of CPU $cpu stands still"
		return 1
	done
}

has_slept()
{
	[ "$(cat $tester/slept)" -gt $(($1 + 100)) ]
}

cpus_sleep()
{
	wait_until has_slept "$(cat $tester/slept)"
}

batches_move()
{
	for _ in $(seq "$rounds"); do
		put $sys/hotplug/offline "$list" || return 1
		all_beat || return 1
		put $sys/hotplug/online "$list" || return 1
		all_beat || return 1
	done
}

each_moves()
{
	for one in $movable; do
		put "$sys/cpu$one/online" 0 || return 1
		all_beat || return 1
		put "$sys/cpu$one/online" 1 || return 1
		all_beat || return 1
	done
}

# Each goes on from where it depends on the broadcast, unless its turn to leave comes.
who_waits_is_served()
{
	put $tester/trap 1
	put $core/stretch grace:200
	batches_move
	moved=$?
	stretch_nothing
	put $tester/trap 0
	trapped=$(cat $tester/trapped)
	escaped=$(cat $tester/escaped)
	ktap_print_msg "a CPU depended on the broadcast $trapped times, was served $escaped times"
	[ $moved = 0 ] && [ "$trapped" -gt 0 ] && [ $((2 * escaped)) -ge "$trapped" ]
}

begin_tests
need_batch_of 2
! grep -qw arat /proc/cpuinfo || skip_all "the timers of these CPUs do not stop"
grep -q . $device 2>/dev/null || skip_all "no device for the broadcast"
need_module "$dir/test_modules/broadcast_test.ko"
ktap_print_msg "broadcast by $(cat $device)"

ktap_set_plan 4
ktap_test_result "CPUs sleep with their timers stopped" cpus_sleep
ktap_test_result "timers go on when batches move" batches_move
ktap_test_result "timers go on when single CPUs move" each_moves
if [ -e $core/stretch ]; then
	ktap_test_result "a CPU that waits to leave is served" who_waits_is_served
else
	ktap_test_skip "a CPU that waits to leave is served: no $core/stretch"
fi
ktap_finished
