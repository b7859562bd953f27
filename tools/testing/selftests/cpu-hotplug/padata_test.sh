#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What CPUs padata uses when several of them move together, and how often it changes
# its mind: see test_modules/padata_test.c.
#
# Guards these patches:
#	padata: leave out every CPU that goes offline
#	padata: replace parallel data only when its CPUs change

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/padata_test.ko
params=/sys/module/padata_test/parameters

# Since remember() the data were replaced $1 times.
replaced()
{
	[ "$(cat $params/replaced)" = $((before + $1)) ]
}

remember()
{
	before=$(cat $params/replaced)
}

uses_those_online()
{
	[ "$(cat $params/cpus)" = "$(cat $sys/online)" ]
}

# Without "padata: leave out every CPU that goes offline": padata still uses all CPUs of
# the set but the last one.
leaves_them_out()
{
	put $sys/hotplug/offline "$list" || return 1
	uses_those_online || return 1
	put $sys/hotplug/online "$list" || return 1
	uses_those_online
}

# Without "padata: replace parallel data only when its CPUs change": once for each CPU.
once_down()
{
	remember
	put $sys/hotplug/offline "$list" || return 1
	replaced 1
}

once_up()
{
	remember
	put $sys/hotplug/online "$list" || return 1
	replaced 1
}

taken_back()
{
	remember
	put "$sys/cpu${movable##* }/hotplug/fail" "$(number_of workqueue:online)"
	put $sys/hotplug/offline "$list" && return 1
	uses_those_online && replaced 2
}

one_cpu()
{
	remember
	put "$sys/cpu${movable##* }/online" 0 || return 1
	uses_those_online && replaced 1 || return 1
	put "$sys/cpu${movable##* }/online" 1 || return 1
	uses_those_online && replaced 2
}

begin_tests
need_batch_of 2
need_module "$ko"

ktap_set_plan 5
ktap_test_result "CPUs that leave together are left out" leaves_them_out
ktap_test_result "replaced once for CPUs that leave together" once_down
ktap_test_result "replaced once for CPUs that come together" once_up
ktap_test_result "replaced twice by a batch that is taken back" taken_back
ktap_test_result "one CPU leaves and comes back" one_cpu
ktap_finished
