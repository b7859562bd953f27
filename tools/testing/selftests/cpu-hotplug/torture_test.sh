#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own torture of function calls, RCU and locks, while CPUs come and go:
# one by one, as the torture itself has it, and as batches. Each ends with a verdict
# of its own in the kernel log.
#
# CPUHP_SECONDS in the environment: how long each of them takes.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

seconds=${CPUHP_SECONDS:-10}

finish()
{
	for module in scftorture rcutorture locktorture torture; do
		rmmod $module 2>/dev/null
	done
	all_online
	print_totals
}

# Loads module $1 with parameters, from where modules are, or from /modules.
load()
{
	modprobe "$@" 2>/dev/null && return
	name=$1
	shift
	insmod "/modules/$name.ko" "$@" 2>/dev/null
}

there()
{
	[ -e /sys/module/torture ] || load torture || return 1
	load "$1" shutdown_secs=0 verbose=0 && rmmod "$1"
}

verdicts()
{
	dmesg | grep 'torture.*End of test:'
}

# All but the first two CPUs leave together and come back.
batches_until()
{
	moves=0
	while [ "$(date +%s)" -lt "$1" ]; do
		put $sys/hotplug/offline "${list#*,}" || return 1
		put $sys/hotplug/online "${list#*,}" || return 1
		moves=$((moves + 1))
	done
	ktap_print_msg "$moves batches off and on"
	[ $moves -gt 0 ]
}

# $1: moves CPUs until a time, the rest: module and parameters
tortured()
{
	mover=$1
	shift
	before=$(verdicts | tail -n 1)
	load "$@" shutdown_secs=0 verbose=0 stat_interval=5 || return 1
	$mover $(($(date +%s) + seconds))
	moved=$?
	rmmod "$1" || return 1
	verdict=$(verdicts | tail -n 1)
	ktap_print_msg "$verdict"
	[ "$verdict" != "$before" ] || return 1
	case $verdict in
	*"End of test: SUCCESS"*) return $moved;;
	esac
	return 1
}

# The torture moves CPUs itself.
wait_until_time()
{
	while [ "$(date +%s)" -lt "$1" ]; do
		sleep 1
	done
}

# $1: module, the rest: its parameters
both_ways()
{
	if there "$1"; then
		ktap_test_result "$*, batches" tortured batches_until "$@"
		ktap_test_result "$*, one by one" tortured wait_until_time "$@" onoff_interval=1
	else
		ktap_test_skip "$*, batches: there is no $1"
		ktap_test_skip "$*, one by one: there is no $1"
	fi
}

begin_tests
need_batch_of 2

ktap_set_plan 8
both_ways scftorture
both_ways rcutorture
both_ways rcutorture gp_exp=1
both_ways locktorture
ktap_finished
