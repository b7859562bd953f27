#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An interrupt moves from one CPU to another, and before it has come to the new CPU, one
# of the two leaves. It might have been on its way to the old one, so it comes once more.
#
# Guards this patch:
#	x86/vector: Send an interrupt again whose move is forced to an end

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/irq_test.ko
send=/sys/module/irq_test/parameters/send
irq=
before=

finish()
{
	all_online
	[ -z "$before" ] || put "/proc/irq/$irq/smp_affinity_list" "$before"
	rmmod irq_test 2>/dev/null
	print_totals
}

# How often the interrupt has been handled
count()
{
	tr ',' '\n' < "/sys/kernel/irq/$irq/per_cpu_count" | awk '{ n += $1 } END { print n + 0 }'
}

target()
{
	cat "/proc/irq/$irq/effective_affinity_list"
}

has_come()
{
	[ "$(count)" -gt "$1" ]
}

is_at()
{
	[ "$(target)" = "$1" ]
}

# Raise the interrupt, and see it handled.
raise()
{
	was=$(count)
	put $send "$irq" && wait_until has_come "$was"
}

# Move the interrupt to CPU $1. One that comes to the old CPU takes the move along; the
# move is over when the next one has come to the new CPU.
move()
{
	put "/proc/irq/$irq/smp_affinity_list" "$1" && raise && wait_until is_at "$1"
}

# An edge, with a handler, whose device has nothing to say meanwhile
find_irq()
{
	for irq in $(sed -n 's/^ *\([0-9]*\):.*-edge  *\(virtio[0-9]*-config\|rtc0\)$/\1/p' \
			/proc/interrupts); do
		before=$(cat "/proc/irq/$irq/smp_affinity_list")
		move "$one" && raise && move 0 && raise && return 0
	done
	before=
	return 1
}

# CPU $1 leaves with the move half done.
comes_again()
{
	was=$(count)
	put "$sys/cpu$1/online" 0 || return 1
	wait_until has_come "$was"
	ret=$?
	put "$sys/cpu$1/online" 1
	return $ret
}

new_cpu_leaves()
{
	move "$one" && comes_again "$one"
}

old_cpu_leaves()
{
	move "$one" && raise && move 0 && comes_again "$one"
}

report()
{
	echo "interrupt $irq at CPU $(target), handled $(count) times"
}

begin_tests
find_movable
one=${movable##* }
need_module "$ko"
find_irq || skip_all "no interrupt can be moved and raised"

ktap_set_plan 2
check_and_report "an interrupt on its way when the new CPU leaves" new_cpu_leaves
check_and_report "an interrupt on its way when the old CPU leaves" old_cpu_leaves
ktap_finished
