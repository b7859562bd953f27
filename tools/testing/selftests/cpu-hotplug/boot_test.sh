#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel's command line asks of CPU hotplug is what the machine does. A
# parameter that is not on it is skipped.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

smt=$sys/smt/control
present=$(cat $sys/present)

finish()
{
	[ "$offline_at_boot" = no ] || put $sys/hotplug/offline "$offline_at_boot"
	print_totals
}

# The value of the parameter $1, a "1" where it has none; nothing without it.
asked()
{
	tr ' ' '\n' < /proc/cmdline | sed -n "s/^$1=//p; s/^$1\$/1/p" | tail -n 1
}

# As many CPUs are online as were asked for, and the others can still come.
no_more_cpus()
{
	[ "$(online_count)" = "$1" ] || return 1
	put $sys/hotplug/online "$present" || return 1
	[ "$(cat $sys/online)" = "$present" ] || return 1
	put $sys/hotplug/offline "$offline_at_boot"
}

online_count()
{
	grep -c "^cpu[0-9]" /proc/stat
}

# Siblings have booted, stay away, and can be had by switching SMT on, or not even by
# that. $1: "force" or not
siblings_stay_away()
{
	[ "$1" = force ] && word=forceoff || word=off
	[ "$(cat $smt) $(cat $sys/smt/active)" = "$word 0" ] || return 1
	[ "$offline_at_boot" != no ] || return 1
	put $sys/hotplug/online "$offline_at_boot" && return 1
	[ "$(cat $sys/offline)" = "$offline_at_boot" ] || return 1
	if ! put $smt on; then
		[ $word = forceoff ]
		return
	fi
	[ "$(cat $sys/online) $(cat $sys/smt/active)" = "$present 1" ] || return 1
	put $smt off || return 1
	[ "$(cat $sys/offline)" = "$offline_at_boot" ]
}

# $1: the mode
quiesces_so()
{
	[ "$(sed 's/.*\[\(.*\)\].*/\1/' $sys/hotplug/quiesce)" = "$1" ] &&
		[ "$(cat $core/quiesce)" = "$(cat $sys/hotplug/quiesce)" ]
}

# $1: the way
takes_down_so()
{
	[ "$(cat $core/takedown)" = "$1" ]
}

# $1: the parameter, the rest: a function that gets its value
check_asked()
{
	name=$1
	value=$(asked "$name")
	shift
	if [ -n "$value" ]; then
		ktap_test_result "$name" "$@" "$value"
	else
		ktap_test_skip "$name: not on the command line"
	fi
}

offline_at_boot=no
begin_tests
[ -e $sys/hotplug/offline ] || skip_all "no hotplug/offline"
offline_at_boot=$(cat $sys/hotplug/offline)
[ -n "$offline_at_boot" ] || offline_at_boot=no

ktap_set_plan 4
check_asked nosmt siblings_stay_away
check_asked maxcpus no_more_cpus
check_asked cpuhp.quiesce quiesces_so
check_asked cpuhp.takedown takes_down_so
ktap_finished
