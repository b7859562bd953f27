#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A CPU takes a machine check while it waits to leave: see test_modules/mce_test.c.
#
# Guards this patch; without it the first test fails, and the second one would panic:
#	x86/mce: Handle a machine check on a CPU that is about to leave

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

tester=/sys/module/mce_test/parameters
timeout=$sys/../machinecheck/machinecheck0/monarch_timeout

# How many machine checks CPU $1 has handled. All CPUs are online, and have a column.
handled()
{
	awk -v field=$(($1 + 2)) '$1 == "MCE:" { print $field }' /proc/interrupts
}

# $1: the parameter of the module, the rest: the CPUs that handle it
all_handle()
{
	mode=$1
	shift
	due=$(for cpu in "$@"; do echo $(($(handled "$cpu") + 1)); done)
	put $core/stretch grace:1000
	put "$tester/$mode" "$last" &
	put $sys/hotplug/offline "$list" || return 1
	wait $! || return 1
	stretch_nothing
	all_online
	[ "$(for cpu in "$@"; do handled "$cpu"; done)" = "$due" ]
}

begin_tests
need_batch_of 2
last=${list##*,}
[ -e $core/stretch ] || skip_all "no $core/stretch"
[ -e "$timeout" ] || skip_all "this kernel does not handle machine checks"
need_module "$dir/test_modules/mce_test.ko"
leave_quietly || skip_all "CPUs do not leave quietly here"

ktap_set_plan 2
ktap_test_result "a CPU that waits to leave handles a machine check" all_handle one "$last"
all="a machine check of all CPUs counts one that waits to leave"
if [ "$KTAP_CNT_FAIL" != 0 ]; then
	ktap_test_skip "$all: the kernel would panic"
elif [ -e /proc/lockdep ]; then
	ktap_test_skip "$all: it would switch lockdep off"
else
	# In microseconds. With 0, CPUs do not wait for each other.
	put "$timeout" 10000000
	# shellcheck disable=SC2086
	ktap_test_result "$all" all_handle all 0 $movable
fi
ktap_finished
