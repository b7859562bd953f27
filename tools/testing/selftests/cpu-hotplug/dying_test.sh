#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A dying CPU calls one that stays, in a step with interrupts off, and goes on to its
# death: see test_modules/dying_test.c.
#
# Guards this patch; without it the machine stands still:
#	hrtimers: Kick the heir of a dying CPU's timers without waiting

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/dying_test.ko
params=/sys/module/dying_test/parameters

all_answered()
{
	[ "$(cat $params/sent)" = "$1" ] && [ "$(cat $params/answered)" = "$1" ]
}

# $@: what takes CPUs down, $count of them
each_call_is_answered()
{
	due=$(($(cat $params/sent) + count))
	"$@" || return 1
	all_online
	wait_until all_answered $due
}

report()
{
	echo "$(cat $params/sent) calls, $(cat $params/answered) answered"
}

begin_tests
find_movable
need_module "$ko"

ktap_set_plan 2
count=1
check_and_report "a call of a dying step that is still under way" \
	each_call_is_answered put "$sys/cpu${movable##* }/online" 0
if [ -e $sys/hotplug/offline ]; then
	count=$(echo "$movable" | wc -w)
	check_and_report "the same of all CPUs together" \
		each_call_is_answered put $sys/hotplug/offline "$list"
else
	ktap_test_skip "the same of all CPUs together (no hotplug/offline)"
fi
ktap_finished
