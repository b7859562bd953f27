#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The demonstration: each CPU that can go goes down and comes back, with the
# steps it walked; then partial states; then an injected failure each way and
# its rollback. Exit status 0 if everything went as it must.

# shellcheck source=cpus.sh
. /lab/cpus.sh

states=$cpus/hotplug/states
problems=0

problem()
{
	echo "  PROBLEM: $*"
	problems=$((problems + 1))
}

state_of()
{
	cat "$cpus/cpu$1/hotplug/state"
}

# number_of NAME: the state of that name, nothing if there is none
number_of()
{
	awk -F': ' -v name="$1" '$2 == name { print $1 + 0; exit }' $states
}

# must_be_at CPU STATE
must_be_at()
{
	now=$(state_of "$1")
	[ "$now" = "$2" ] || problem "CPU $1 is at state $now, not at $2"
}

# move CPU VALUE LOG: write to online, with the trace in LOG
move()
{
	traced "$3" "$2" "$cpus/cpu$1/online"
	[ -z "$answer" ] || problem "writing $2 to cpu$1/online: $answer"
	[ "$(cat "$cpus/cpu$1/online")" = "$2" ] || problem "cpu$1/online does not say $2"
}

down_and_up()
{
	move "$1" 0 /tmp/down
	must_be_at "$1" 0
	move "$1" 1 /tmp/up
	must_be_at "$1" "$top"
	awk -v cpu="$1" -f /lab/steps.awk $states /tmp/down /tmp/up
	echo
}

# through_targets CPU HOW STATE...: ask for every state in turn; the core takes
# those at which a CPU may stop
through_targets()
{
	cpu=$1 how=$2
	shift 2
	stopped='' refused='' count=0
	for target in "$@"; do
		answer=$(write "$target" "$cpus/cpu$cpu/hotplug/target")
		if [ -n "$answer" ]; then
			refused="$refused $target"
			continue
		fi
		must_be_at "$cpu" "$target"
		stopped="$stopped $target"
		count=$((count + 1))
	done
	echo "  CPU $cpu $how, stopping at:$stopped" | fold -s -w 96
	echo "  not to be stopped at:$refused" | fold -s -w 96
	# Both ends are always there; fewer than that means no partial state at all.
	[ $count -gt 2 ] || problem "CPU $cpu stops nowhere between offline and online"
}

partial_states()
{
	if [ ! -w "$cpus/cpu$1/hotplug/target" ]; then
		problem "this kernel has no writable hotplug/target"
		return
	fi
	numbers=$(awk -F: '{ print $1 + 0 }' $states)
	# shellcheck disable=SC2046 # a list of numbers
	through_targets "$1" "going down" $(echo "$numbers" | sort -rn)
	must_be_at "$1" 0
	# shellcheck disable=SC2046 # a list of numbers
	through_targets "$1" "coming up" $(echo "$numbers" | sort -n)
	must_be_at "$1" "$top"
}

# injected CPU STEP VALUE: let STEP fail while VALUE is written to online
injected()
{
	number=$(number_of "$2")
	before=$(state_of "$1")
	if [ -z "$number" ]; then
		problem "this kernel has no step $2"
		return
	fi
	answer=$(write "$number" "$cpus/cpu$1/hotplug/fail")
	if [ -n "$answer" ]; then
		problem "hotplug/fail does not take $number ($2): $answer"
		return
	fi
	echo "  step $number ($2) is told to fail; echo $3 > cpu$1/online"
	traced /tmp/failed "$3" "$cpus/cpu$1/online"
	awk -v order=1 -v cpu="$1" -f /lab/steps.awk $states /tmp/failed
	echo "  the write answered: ${answer:-success}"
	[ -n "$answer" ] || problem "the injected failure was not reported"
	echo "  CPU $1 was at state $before before and is at state $(state_of "$1") now"
	must_be_at "$1" "$before"
	for file in $cpus/hotplug/last_failure/*; do
		[ ! -r "$file" ] || echo "  last_failure/${file##*/}: $(cat "$file")"
	done
}

failures()
{
	injected "$1" workqueue:online 0
	echo
	move "$1" 0 /tmp/down
	injected "$1" workqueue:prepare 1
	move "$1" 1 /tmp/up
}

step_costs()
{
	[ -r /sys/kernel/debug/cpuhp/steps ] || return
	echo "What each step has cost since boot (debugfs cpuhp/steps):"
	awk -F'\t' -f /lab/costs.awk /sys/kernel/debug/cpuhp/steps
	echo
}

echo mono > $trace/trace_clock
echo 1 > $trace/events/cpuhp/enable
top=$(state_of 0)
going=$(can_go)
last=$(echo "$going" | tail -n 1)

echo "$(nproc) CPUs online, Linux $(uname -r); can go: $(echo "$going" | xargs)"
echo
[ -n "$going" ] || problem "no CPU can go"
for cpu in $going; do
	down_and_up "$cpu"
done
echo "Partial states, through cpu$last/hotplug/target:"
partial_states "$last"
echo
echo "An injected failure and its rollback, through cpu$last/hotplug/fail:"
failures "$last"
echo
step_costs
echo "$(nproc) CPUs online at the end, $problems problems"
[ $problems = 0 ]
