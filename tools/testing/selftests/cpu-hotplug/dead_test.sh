#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# CPUs that die together are taken over together: see test_modules/dead_test.c.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/dead_test.ko
params=/sys/module/dead_test/parameters

finish()
{
	all_online
	rmmod dead_test 2>/dev/null
	print_totals
}

# $1: where the holder of the mutex sleeps. The others of the set need it.
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

check()
{
	what=$1
	shift
	if "$@"; then
		ktap_test_pass "$what"
	else
		ktap_print_msg "$(dmesg | grep dead_test: | tail -n 1)"
		ktap_test_fail "$what"
	fi
}

ktap_print_header
trap finish EXIT
trap 'exit $KSFT_FAIL' HUP INT TERM

[ "$(id -u)" = 0 ] || skip_all "must be run as root"
[ -e $sys/hotplug/offline ] || skip_all "no hotplug/offline"
[ -e "$ko" ] || skip_all "$ko was not built"
find_movable
case $list in
*,*) ;;
*) skip_all "fewer than two CPUs can go offline" ;;
esac
insmod "$ko" 2>/dev/null || skip_all "this kernel does not take the module"
put $params/set "$list"

ktap_set_plan 3
check "a dead CPU's state runs when all dead CPUs have passed the one above it" in_lockstep
# Whoever comes first: there is another one that has to wait.
check "a timer of the first dead CPU goes on" timers_go_on "${list%%,*}"
check "a timer of the last dead CPU goes on" timers_go_on "${list##*,}"
ktap_finished
