#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The writer of a list of CPUs is killed when the list enters a segment: each segment in
# turn, on the way down and on the way up, see test_modules/signal_test.c. The list goes
# back unless its takedown has begun; then it arrives. No CPU is left between the two, and
# the steps of another module (see test_modules/cpuhp_test.c) agree.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"
. "$dir/module_lib.sh"

signal=/sys/module/signal_test/parameters
nth=0

finish()
{
	put $signal/segment 0
	all_online
	rmmod signal_test cpuhp_test 2>/dev/null
	print_totals
}

# All CPUs are fully up, or all are fully down; $1: "up" or "down".
all_are()
{
	expected=0
	there=$stay
	if [ "$1" = up ]; then
		expected=$top
		there=$online
	fi
	for cpu in $movable; do
		[ "$(state_of "$cpu")" = "$expected" ] || return 1
	done
	[ "$(cat $sys/online)" = "$there" ] && all_live "$there"
}

# A write to hotplug/$1 by a task that is killed when it enters segment $2.
write_and_die()
{
	put $signal/segment "$2"
	# shellcheck disable=SC2016 # the variables of the task itself
	sh -c 'echo $$ > "$1" && echo "$2" > "$3"' sh $signal/victim "$list" "$sys/hotplug/$1" \
		2>/dev/null
}

# $1: the file, $2: where it takes the list, $3: where the list began, $4: the file back
killed_at_each_segment()
{
	nth=0
	late=0
	while :; do
		nth=$((nth + 1))
		write_and_die "$1" $nth
		status=$?
		[ "$(cat $signal/sent)" = Y ] || break
		# 128 and the number of SIGKILL
		[ $status = 137 ] || return 1
		if [ "$(cat $signal/taken_down)" = Y ]; then
			late=$((late + 1))
			all_are "$2" || return 1
			put "$sys/hotplug/$4" "$list" || return 1
		else
			all_are "$3" || return 1
		fi
	done
	# That was one more than there are, and so the list has arrived.
	ktap_print_msg "$1: killed at $((nth - 1)) segments, $late of them from the takedown on"
	[ $status = 0 ] && [ $nth -gt 2 ] && all_are "$2"
}

down()
{
	killed_at_each_segment offline down up online && [ $late -gt 0 ] && [ $late -lt $nth ]
}

up()
{
	put $sys/hotplug/offline "$list" || return 1
	killed_at_each_segment online up down offline && [ $late = 0 ]
}

report()
{
	echo "segment $nth, sent $(cat $signal/sent), taken_down $(cat $signal/taken_down)," \
		"online $(cat $sys/online), wrong $(cat $params/wrong)"
}

begin_tests
need_batch_of 2
need_module "$dir/test_modules/signal_test.ko"
load || skip_all "no module with steps"
one=${movable##* }
top=$(state_of "$one")
online=$(cat $sys/online)
stay=$(those_that_stay)

ktap_set_plan 3
check_and_report "a list that goes down, killed at each segment" down
put $sys/hotplug/online "$list"
check_and_report "a list that comes up, killed at each segment" up
put $sys/hotplug/online "$list"
ktap_test_result "the books of a module balance" unload
ktap_finished
