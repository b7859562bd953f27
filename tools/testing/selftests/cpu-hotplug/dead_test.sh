#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What dead CPUs leave behind is taken over for all of them together: see
# test_modules/dead_test.c.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/dead_test.ko
params=/sys/module/dead_test/parameters

# $1: the CPU on which the holder of the mutex sleeps, while the others need the mutex
timers_go_on()
{
	before=$(cat $params/waited)
	put $params/sleeper "$1" || return 1
	put $sys/hotplug/offline "$list" || return 1
	put $params/sleeper -1
	all_online
	[ "$(cat $params/waited)" -gt "$before" ] && [ "$(cat $params/wrong)" = 0 ]
}

in_lockstep()
{
	put $sys/hotplug/offline "$list" || return 1
	put $sys/hotplug/online "$list" || return 1
	[ "$(cat $params/wrong)" = 0 ]
}

report()
{
	dmesg | grep dead_test: | tail -n 1
}

begin_tests
need_batch_of 2
need_module "$ko"
put $params/set "$list"

ktap_set_plan 3
check_and_report "all dead CPUs pass a state before the next one is run" in_lockstep
# Whichever CPU is taken over first, the mutex is needed for another one.
check_and_report "a timer of the first dead CPU goes on" timers_go_on "${list%%,*}"
check_and_report "a timer of the last dead CPU goes on" timers_go_on "${list##*,}"
ktap_finished
