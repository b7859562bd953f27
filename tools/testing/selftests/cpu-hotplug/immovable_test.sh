#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An interrupt for which its chip has no room on the CPUs that stay keeps its CPU
# online: see test_modules/immovable_test.c. If the chip never directs interrupts, or
# if the machine is stopped, the CPU goes.
#
# Guards this patch:
#	genirq/cpuhotplug: Say that an interrupt cannot move

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/immovable_test.ko
chip=/sys/module/immovable_test/parameters

EBUSY=16
EINVAL=22
ENOSPC=28

finish()
{
	rmmod immovable_test 2>/dev/null
	put $core/takedown "$way"
	all_online
	print_totals
}

# Loads the module, with parameters.
load()
{
	rmmod immovable_test 2>/dev/null
	all_online
	insmod "$ko" "$@" || return 1
	irq=$(cat $chip/irq)
	[ "$(target)" = "$last" ]
}

target()
{
	cat "/proc/irq/$irq/effective_affinity_list"
}

# The interrupt comes to a CPU, and is handled there.
comes()
{
	was=$(cat $chip/handled)
	put $chip/raise 1 && [ "$(cat $chip/handled)" -gt "$was" ]
}

complaints()
{
	dmesg | grep -c -F "IRQ$irq of immovable_test: set affinity failed(-$1)"
}

# CPUs $1 go, to come back. The interrupt goes elsewhere.
go_and_come()
{
	put $sys/hotplug/offline "$1" || return 1
	[ "$(target)" != "$last" ] && comes || return 1
	put $sys/hotplug/online "$1" && comes
}

# $1: the CPUs, $2: the errno of the chip, the rest: parameters of the module
stay()
{
	cpus=$1
	errno=$2
	shift 2
	load "$@" || return 1
	put $chip/answer "-$errno"
	before=$(complaints "$errno")
	put $sys/hotplug/offline "$cpus" && return 1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	[ "$(cat $sys/hotplug/last_failure/error)" = "-$errno" ] || return 1
	[ "$(complaints "$errno")" -gt "$before" ] || return 1
	[ "$(target)" = "$last" ] && comes || return 1
	put $chip/answer 0
	go_and_come "$cpus"
}

# $1: the errno of the chip. The CPU goes, and the interrupt waits until it is back.
goes()
{
	load cpu="$last" || return 1
	put $chip/answer "-$1"
	put "$sys/cpu$last/online" 0 || return 1
	comes && return 1
	put "$sys/cpu$last/online" 1 && comes
}

# $1: the errno of the chip
goes_with_the_machine_stopped()
{
	put $core/takedown stop && goes "$1"
	ret=$?
	put $core/takedown "$way"
	return $ret
}

report()
{
	echo "interrupt $irq at CPU $(target), CPUs $(cat $sys/online) online," \
		"error $(cat $sys/hotplug/last_failure/error)"
}

begin_tests
[ -e $core/takedown ] || skip_all "the kernel has one way to take CPUs down"
way=$(cat $core/takedown)
need_batch_of 2
last=${list##*,}
online=$(cat $sys/online)
need_module "$ko"
leave_quietly || skip_all "CPUs do not leave quietly here"

ktap_set_plan 6
check_and_report "no room: its CPU stays" stay "$last" $ENOSPC cpu="$last"
check_and_report "no room: all stay" stay "$list" $ENOSPC cpu="$last"
check_and_report "busy: its CPU stays" stay "$last" $EBUSY cpu="$last"
check_and_report "no room for what its CPU moves: all stay" \
	stay "$list" $ENOSPC cpu="$last" own=1
check_and_report "never directed: its CPU goes" goes $EINVAL
check_and_report "no room, the machine stopped: its CPU goes" \
	goes_with_the_machine_stopped $ENOSPC
ktap_finished
