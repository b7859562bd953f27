#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# CPUs leave while the others go on, or while these stand still: as the parameter
# cpuhp.takedown says. Meanwhile a module calls functions on all CPUs without a
# break, see test_modules/quiet_test.c.
#
# CPUHP_ROUNDS in the environment: how often CPUs go and come in a test.
#
# Guards these patches:
#	smp: Let a CPU that is offline be called until it has left
#	x86/vector: Drop the moved vectors of a CPU that stays after all
#	irq_work: Give a claim back if the CPU has left
#	nmi_backtrace: Ask CPUs that are offline but still run

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

tester=/sys/module/quiet_test/parameters
steps=/sys/kernel/debug/cpuhp/steps
rounds=${CPUHP_ROUNDS:-10}

finish()
{
	stretch_nothing
	[ -e $core/refuse ] && put $core/refuse -1
	put $core/takedown "$way"
	all_online
	rmmod quiet_test dying_test 2>/dev/null
	print_totals
}

cycle()
{
	for _ in $(seq "$rounds"); do
		put $sys/hotplug/offline "$list" || return 1
		put $sys/hotplug/online "$list" || return 1
	done
}

# $1: the way, $2: the counter that moves, $3: the one that does not
takes_the_way()
{
	put $core/takedown "$1" || return 1
	[ "$(cat $core/takedown)" = "$1" ] || return 1
	moving=$(counter "$2")
	still=$(counter "$3")
	put $sys/hotplug/offline "$list" || return 1
	[ "$(counter "$2")" -gt "$moving" ] || return 1
	[ "$(counter "$3")" = "$still" ] || return 1
	put $sys/hotplug/online "$list"
}

# A step of dying CPUs that is not known to be quiet stops the machine, and says so.
step_stops()
{
	insmod "$dir/test_modules/dying_test.ko" || return 1
	awk -F'\t' '$2 == "dying_test:dying" { mode = $4 } END { exit mode != "stop" }' $steps &&
		takes_the_way quiet stops quiet-takedowns
	stopped=$?
	rmmod dying_test
	[ $stopped = 0 ] && takes_the_way quiet quiet-takedowns stops
}

takes_no_other_word()
{
	before=$(cat $core/takedown)
	put $core/takedown loud && return 1
	put $core/takedown "" && return 1
	[ "$(cat $core/takedown)" = "$before" ]
}

some_rounds_pass()
{
	begun=$(cat $tester/rounds)
	wait_until more_rounds
}

more_rounds()
{
	[ "$(cat $tester/rounds)" -gt $((begun + 1)) ]
}

# $1: a stage and its length
calls_are_run_or_refused()
{
	if [ "$1" != none:0 ]; then
		put $core/stretch "$1" || return 1
	fi
	cycle || return 1
	stretch_nothing
	some_rounds_pass || return 1
	missed=$(cat $tester/missed)
	lost=$(cat $tester/lost)
	[ "$missed $lost" = "0 0" ] && return 0
	ktap_print_msg "$missed handlers on a CPU left out, $lost calls lost"
	return 1
}

# While they wait for a GP, CPUs that are offline serve their timers.
timers_run_in_limbo()
{
	before=$(cat $tester/offline_ticks)
	calls_are_run_or_refused grace:200 || return 1
	[ "$(cat $tester/offline_ticks)" -gt "$before" ]
}

last_is_offline()
{
	! grep -q "\(^\|[-,]\)$last$" $sys/online
}

stacks_of_last()
{
	dmesg | grep -c "backtrace for cpu $last$"
}

# While the last of the set waits to leave, all CPUs are asked for their stacks.
stacks_are_shown()
{
	before=$(stacks_of_last)
	put $core/stretch grace:2000
	put $sys/hotplug/offline "$list" &
	wait_until last_is_offline || return 1
	put /proc/sysrq-trigger l
	wait $! || return 1
	stretch_nothing
	put $sys/hotplug/online "$list" || return 1
	[ "$(stacks_of_last)" -gt "$before" ]
}

# Directs all interrupts that can be moved to CPU $1. Some follow when they occur, as
# that of the console does with each message.
direct_interrupts()
{
	for file in /proc/irq/[0-9]*/smp_affinity_list; do
		put "$file" "$1"
	done
	ktap_print_msg "interrupts go to CPU $1"
}

# The last of the set refuses when all others have left: they come back. Its interrupts
# have moved away, and can move to it again.
one_refuses()
{
	direct_interrupts "$last"
	put $core/refuse "$last"
	put $sys/hotplug/offline "$list" && return 1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	[ "$(cat $sys/hotplug/last_failure/cpu)" = "$last" ] || return 1
	direct_interrupts 0
	direct_interrupts "$last"
	direct_interrupts 0
	put $sys/cpu"$last"/online 0 && return 1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	put $core/refuse -1
	cycle
}

# $1: what it needs, the rest: name of the test, and its function with arguments
needing()
{
	file=$1
	name=$2
	shift 2
	if [ -e "$file" ]; then
		ktap_test_result "$name" "$@"
	else
		ktap_test_skip "$name: no $file"
	fi
}

begin_tests
[ -e $core/takedown ] || skip_all "the kernel has one way to take CPUs down"
way=$(cat $core/takedown)
find_movable
last=${list##*,}
online=$(cat $sys/online)
ways="quiet stop"

need_module "$dir/test_modules/quiet_test.ko"
put $core/takedown quiet
leave_quietly || ways=stop

ktap_set_plan 13
ktap_test_result takes_no_other_word takes_no_other_word
if [ "$ways" = stop ]; then
	for name in quiet_is_quiet step_stops timers_run_in_limbo stacks_are_shown \
		quiet_calls quiet_turns quiet_closed quiet_refusal; do
		ktap_test_skip "$name: CPUs do not leave quietly here"
	done
else
	needing $counters quiet_is_quiet takes_the_way quiet quiet-takedowns stops
	needing $steps step_stops step_stops
	needing $core/stretch "timers run in limbo" timers_run_in_limbo
	needing $core/stretch "stacks are shown in limbo" stacks_are_shown
	ktap_test_result quiet_calls calls_are_run_or_refused none:0
	needing $core/stretch quiet_turns calls_are_run_or_refused turn:5
	needing $core/stretch quiet_closed calls_are_run_or_refused close:5
	needing $core/refuse "quiet refusal" one_refuses
fi
needing $counters stop_stops takes_the_way stop stops quiet-takedowns
ktap_test_result stop_calls calls_are_run_or_refused none:0
needing $core/stretch stop_closed calls_are_run_or_refused close:5
needing $core/refuse stop_refusal one_refuses
ktap_finished
