# SPDX-License-Identifier: GPL-2.0
#
# What the tests of test_modules/cpuhp_test.c do again and again; sourced after
# cpuhp_lib.sh.
# shellcheck shell=sh disable=SC2154 # variables of the script and of cpuhp_lib.sh

ko=$dir/test_modules/cpuhp_test.ko
params=/sys/module/cpuhp_test/parameters
cycler=

finish()
{
	stop_cycling
	put $params/slow -1
	rmmod cpuhp_test 2>/dev/null
	for cpu in $movable; do
		put "$sys/cpu$cpu/hotplug/fail" -1
		to "$cpu" "$top"
		on "$cpu"
	done
	print_totals
}

load()
{
	insmod "$ko" "$@" 2>/dev/null
}

# Unload the module. Its last report tells whether its books balance.
unload()
{
	rmmod cpuhp_test || return 1
	balanced
}

balanced()
{
	report=$(dmesg | grep 'cpuhp_test: books' | tail -n 1)
	case $report in
	*"books balanced, 0 wrong calls") return 0;;
	esac
	ktap_print_msg "$report"
	return 1
}

# Move CPU $1 off, on, or to the state $2.
off()
{
	put "$sys/cpu$1/online" 0
}

on()
{
	put "$sys/cpu$1/online" 1
}

to()
{
	put "$sys/cpu$1/hotplug/target" "$2"
}

# The CPUs that are up in state $1.
live()
{
	sed -n "s/^$1 //p" $params/live
}

# The CPUs of list $1, and no others, are up in all states of the module.
all_live()
{
	for state in prepare online instance0 instance1 instance2; do
		[ "$(live $state)" = "$1" ] && continue
		ktap_print_msg "$state: $(live $state) up, expected $1"
		return 1
	done
	[ "$(cat $params/wrong)" = 0 ]
}

start_cycling()
{
	(
		while :; do
			for cpu in $movable; do
				off "$cpu"
				on "$cpu"
			done
		done
	) &
	cycler=$!
}

start_batches()
{
	(
		while :; do
			put $sys/hotplug/offline "$list"
			put $sys/hotplug/online "$list"
		done
	) &
	cycler=$!
}

stop_cycling()
{
	[ -n "$cycler" ] || return
	kill "$cycler"
	wait "$cycler" 2>/dev/null
	cycler=
	for cpu in $movable; do
		on "$cpu"
	done
}

# Lines of the kernel log that hold $1.
said()
{
	dmesg | grep -c -F "$1"
}

# The log holds $1 more often than $2 times.
said_since()
{
	[ "$(said "$1")" -gt "$2" ]
}

# One test: its name, then the function with its arguments.
check()
{
	name=$1
	shift
	ktap_test_result "$name" "$@"
	rmmod cpuhp_test 2>/dev/null
	to "$one" "$top"
	on "$one"
}
