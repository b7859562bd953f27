#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Threads that work on the data of a CPU, while their CPUs go offline and come back: a
# bound thread never runs elsewhere, while one that was bound with kthread_bind() ends
# up on another CPU. The threads count where they run, see test_modules/bound_test.c.
#
# CPUHP_CYCLES in the environment: how often each CPU goes offline and comes back.
#
# Guards this patch:
#	kthread: Add threads that run on one CPU or not at all

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/bound_test.ko
counts=/sys/module/bound_test/parameters/counts
cycles=${CPUHP_CYCLES:-1000}

finish()
{
	rmmod bound_test 2>/dev/null
	all_online
	print_totals
}

# As one batch if the kernel has batches, otherwise one after the other
all_off()
{
	[ -e $sys/hotplug/offline ] && { put $sys/hotplug/offline "$list"; return; }
	each 0
}

all_on()
{
	[ -e $sys/hotplug/online ] && { put $sys/hotplug/online "$list"; return; }
	each 1
}

each()
{
	for cpu in $movable; do
		put "$sys/cpu$cpu/online" "$1" || return 1
	done
}

# Sets passes and elsewhere of the thread of CPU $1.
look_at()
{
	while read -r cpu passes elsewhere; do
		[ "$cpu" = "$1" ] && return
	done < $counts
	return 1
}

has_gone_on()
{
	look_at "$1" && [ "$passes" != "$2" ]
}

# The thread of each CPU makes another pass.
all_go_on()
{
	for one in $movable; do
		look_at "$one" || return 1
		wait_until has_gone_on "$one" "$passes" || return 1
	done
}

all_are_still()
{
	for one in $movable; do
		look_at "$one"
		from=$passes
		look_at "$one"
		[ "$passes" = "$from" ] || return 1
	done
}

sum_up()
{
	total=0
	strays=0
	while read -r cpu passes elsewhere; do
		total=$((total + passes))
		strays=$((strays + elsewhere))
	done < $counts
	ktap_print_msg "$1: $done_cycles cycles of CPUs $list, $total passes, $strays elsewhere"
}

bound_threads_stay()
{
	while [ $done_cycles -lt "$cycles" ]; do
		all_go_on || break
		all_off || break
		all_are_still || break
		all_on || break
		done_cycles=$((done_cycles + 1))
	done
	all_go_on
	went_on=$?
	sum_up bound
	[ $went_on = 0 ] && [ $done_cycles = "$cycles" ] && [ $strays = 0 ]
}

# The comparison: threads that are not bound
others_leave()
{
	all_go_on || return 1
	all_off || return 1
	all_go_on || return 1
	all_on || return 1
	done_cycles=1
	sum_up bind
	[ $strays -gt 0 ]
}

# $1: kind of thread, $2: name of the test, $3: the test
check()
{
	if ! insmod "$ko" "kind=$1" 2>/dev/null; then
		ktap_test_skip "$2: this kernel has no such threads"
		return
	fi
	done_cycles=0
	ktap_test_result "$2" "$3"
	rmmod bound_test
	all_on
}

begin_tests
find_movable
need_module "$ko" kind=bind
rmmod bound_test

ktap_set_plan 2
check bound "bound threads are never elsewhere" bound_threads_stay
check bind "threads that were put on a CPU leave it" others_leave
ktap_finished
