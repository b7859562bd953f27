#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the cpuhp tool on the kernel that runs: moves CPUs, so it wants root,
# a machine of its own and at least three CPUs. Works with and without batches.
# Needs no more than busybox. usage: live.sh CPUHP
#
# All CPUs that are present are brought online first, and are so again at the end.

here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

tool=$1
[ -x "$tool" ] || { echo "usage: $0 CPUHP" >&2; exit 2; }
cpu=/sys/devices/system/cpu
tmp=$(mktemp -d) || exit 1
trap restore EXIT

restore()
{
	for fail in "$cpu"/cpu*/hotplug/fail; do
		echo -1 >"$fail"
	done
	[ "$(cat $cpu/smt/control)" != off ] || echo on >$cpu/smt/control
	"$tool" online "$all" 2>/dev/null
	rm -rf "$tmp"
}

if [ "$(id -u)" != 0 ]; then
	skip "all" "needs root"
	finish
	exit
fi
"$tool" online "$(cat $cpu/present)"
all=$(cat $cpu/online)
# Two that can be switched.
one=
two=
for dir in "$cpu"/cpu[0-9]*; do
	[ -w "$dir/online" ] || continue
	one=$two
	two=${dir##*/cpu}
done
if [ -z "$one" ]; then
	skip "all" "needs two CPUs that can be switched"
	finish
	exit
fi
# No terminal for the progress bar.
exec 2>"$tmp/messages"

state_of()
{
	cat "$cpu/cpu$1/hotplug/state"
}

# Step numbers differ between kernels; names do not.
number_of()
{
	sed -n "s|^ *\([0-9]*\): $1\$|\1|p" $cpu/hotplug/states
}

# Plain words of a failure, whatever the kernel tells beyond them.
test_failure()
{
	number_of workqueue:online >"$cpu/cpu$two/hotplug/fail"
	out=$("$tool" offline "$one,$two" 2>&1)
	is "failure: status" $? 1
	has "failure: which CPU" "$out" "CPU $two"
	has "failure: which errno" "$out" "EAGAIN"
	is "failure: every CPU is back" "$(cat $cpu/online)" "$all"
	if [ -e $cpu/hotplug/last_failure ]; then
		has "failure: which step and callback" "$out" \
			'"workqueue:online" going down: workqueue_offline_cpu()'
	else
		skip "failure: which step and callback" "no hotplug/last_failure here"
	fi
}

test_move()
{
	"$tool" offline "$one,$two"
	is "offline" "$? $(state_of "$one") $(state_of "$two")" "0 0 0"
	has "status: offline CPU" "$("$tool" status)" "^ *$one  offline 0 offline"
	"$tool" offline "$one"
	is "offline: there already" $? 0
	"$tool" online "$one,$two"
	is "online" "$? $(cat $cpu/online)" "0 $all"
	"$tool" offline "$one,9999" 2>/dev/null
	is "offline: no such CPU" "$? $(cat $cpu/online)" "1 $all"
}

test_partial()
{
	step=$(number_of workqueue:online)
	if ! echo "$step" >"$cpu/cpu$one/hotplug/target"; then
		skip "partial" "no CONFIG_CPU_HOTPLUG_STATE_CONTROL"
		return
	fi
	has "status: where a CPU rests" "$("$tool" status)" \
		"^ *$one  online  $step workqueue:online"
	number_of online >"$cpu/cpu$one/hotplug/target"
	is "partial: back" "$(state_of "$one")" "$(number_of online)"
}

test_smt()
{
	if [ "$(cat $cpu/smt/active)" != 1 ]; then
		skip "smt" "no SMT here"
		return
	fi
	"$tool" smt off
	is "smt off" "$? $(cat $cpu/smt/active)" "0 0"
	"$tool" smt on
	is "smt on" "$? $("$tool" smt)" "0 on, active"
	is "smt on: all CPUs" "$(cat $cpu/online)" "$all"
}

test_steps()
{
	out=$("$tool" steps 2>/dev/null)
	has "steps: names" "$out" "^ *$(number_of sched:active)  sched:active"
	if [ -e /sys/kernel/debug/cpuhp/steps ]; then
		has "steps: the scheduler's has run" "$out" \
			"sched:active  *down .*sched_cpu_deactivate  *[1-9]"
	else
		skip "steps: figures" "no debugfs cpuhp/steps here"
	fi
}

test_trace()
{
	if [ ! -d /sys/kernel/tracing/events/cpuhp ]; then
		skip "trace" "no trace events here"
		return
	fi
	"$tool" trace -o "$tmp/t" -- "$tool" offline "$one,$two" 2>/dev/null
	is "trace: status of the command" $? 0
	"$tool" online "$one,$two"
	has "trace: callbacks by name" "$(cat "$tmp/t.json")" '"name": "sched_cpu_deactivate"'
	has "trace: both CPUs" "$(grep -c '"name": "CPU [0-9]*"' "$tmp/t.json")" '^2$'
	has "trace: picture" "$(tail -n 1 "$tmp/t.svg")" '^</svg>$'
	if [ -d /sys/kernel/tracing/events/cpuhp/cpuhp_batch_start ]; then
		is "trace: one operation" "$(grep -c '"cat": "batch"' "$tmp/t.json")" 1
	else
		skip "trace: one operation" "no event cpuhp_batch_start here"
	fi
	is "trace: no instance is left" "$(ls /sys/kernel/tracing/instances)" ""
	"$tool" draw -o "$tmp/d.svg" "$tmp/t.json"
	is "draw" "$? $(tail -n 1 "$tmp/d.svg")" "0 </svg>"
	"$tool" trace -o "$tmp/t" -- sh -c 'exit 3' 2>/dev/null
	is "trace: a failing command" $? 3
}

test_move
test_partial
test_failure
test_smt
test_steps
test_trace
finish
