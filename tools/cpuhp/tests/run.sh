#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the cpuhp tool against made-up trees; needs neither root nor hotplug.
# usage: run.sh CPUHP
#
# An attribute that refuses is a link to /dev/full: writing gives ENOSPC.

here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

tool=$1
[ -x "$tool" ] || { echo "usage: $0 CPUHP" >&2; exit 2; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# new_tree: CPUs 0-3, 0 without a switch, 2 and 3 siblings, 3 offline.
# Sets root and sys.
new_tree()
{
	root=$(mktemp -d -p "$tmp")
	sys=$root/sys/devices/system/cpu
	for cpu in 0 1 2 3; do
		mkdir -p "$sys/cpu$cpu/hotplug" "$sys/cpu$cpu/topology" "$sys/cpu$cpu/node0"
		echo 236 >"$sys/cpu$cpu/hotplug/state"
		echo 236 >"$sys/cpu$cpu/hotplug/target"
		echo 1 >"$sys/cpu$cpu/online"
		echo 0 >"$sys/cpu$cpu/topology/physical_package_id"
		echo $((cpu / 2)) >"$sys/cpu$cpu/topology/core_id"
		echo "$((cpu / 2 * 2))-$((cpu / 2 * 2 + 1))" \
			>"$sys/cpu$cpu/topology/thread_siblings_list"
	done
	rm "$sys/cpu0/online"
	rm -r "$sys/cpu3/topology"
	echo 0 >"$sys/cpu3/online"
	echo 0 >"$sys/cpu3/hotplug/state"
	echo 0 >"$sys/cpu3/hotplug/target"
	echo 0-2 >"$sys/online"
	mkdir "$sys/hotplug" "$sys/smt" "$sys/cpufreq" "$sys/cpuidle"
	printf '  0: offline\n143: mm/vmstat:online\n236: online\n' >"$sys/hotplug/states"
	echo on >"$sys/smt/control"
	echo 1 >"$sys/smt/active"
}

# new_batch_tree: the same with a kernel that takes lists
new_batch_tree()
{
	new_tree
	echo 0-2 >"$sys/hotplug/online"
	echo 3 >"$sys/hotplug/offline"
	mkdir "$sys/hotplug/progress" "$sys/hotplug/last_failure"
	progress idle 0 0 0 0
	no_failure
}

# values DIRECTORY NAME=VALUE...: one value per file
values()
{
	dir=$sys/hotplug/$1
	shift
	for value in "$@"; do
		echo "${value#*=}" >"$dir/${value%%=*}"
	done
}

# progress OPERATION SEGMENT SEGMENTS CROSSED CPUS
progress()
{
	values progress operation="$1" segment="$2" segments="$3" crossed="$4" cpus="$5"
}

# failure NAME=VALUE...: what differs from a plain refusal
failure()
{
	values last_failure seq=7 cpu=2 step=143 step_name=mm/vmstat:online direction=down \
		undo=0 callback=vmstat_down error=-28 left_at=236 left_at_name=online "$@"
}

no_failure()
{
	failure seq=8 cpu= step= step_name= direction= undo= callback= error= left_at= \
		left_at_name=
}

cpuhp()
{
	"$tool" --root "$root" "$@" 2>&1
}

test_status()
{
	new_tree
	echo 143 >"$sys/cpu2/hotplug/target"
	out=$(cpuhp status)
	has "status: lists and SMT" "$out" '^online 0-2  smt on (active)'
	has "status: state by name, siblings, node" "$out" \
		'^   1  online  236 online  *236 online  *0  *0  *0  0-1'
	has "status: who is moving" "$out" '^   2 .*143 mm/vmstat:online .* down$'
	has "status: offline CPU without topology" "$out" '^   3  offline 0 offline .* -  *-  -'
	is "status: directories like cpufreq are no CPUs" "$(echo "$out" | grep -c '^ ')" 5
	out=$(cpuhp status -j | python3 -c '
import json, sys
s = json.load(sys.stdin)
print(len(s["cpus"]), s["cpus"][2]["target_name"], s["cpus"][0]["switchable"], s["smt/control"])')
	is "status -j" "$out" "4 mm/vmstat:online False on"
	rm -r "$sys/hotplug" "$sys"/cpu?/hotplug
	has "status: kernel without hotplug states" "$(cpuhp status)" '^   0  online  -  *-  '
	root=$tmp/nowhere
	out=$(cpuhp status)
	is "status: no sysfs" "$? $out" \
		"1 cpuhp: /sys/devices/system/cpu: No such file or directory"
}

test_batch()
{
	new_batch_tree
	cpuhp offline 1-2
	is "offline: the list goes to the kernel as it is" \
		"$? $(cat "$sys/hotplug/offline")" "0 1-2"
	is "offline: nothing else is written" "$(cat "$sys/cpu1/online")" 1
	cpuhp online 3,junk
	is "online: the kernel judges the list" "$? $(cat "$sys/hotplug/online")" "0 3,junk"

	ln -sf /dev/full "$sys/hotplug/offline"
	failure
	out=$(cpuhp offline 1-2)
	is "offline: exact reason" "$? $out" "1 cpuhp: offline of 1-2 failed: CPU 2, step 143 \
\"mm/vmstat:online\" going down: vmstat_down() returned ENOSPC (No space left on device); \
left at 236 \"online\""
	has "offline: a record of another CPU is not taken" "$(cpuhp offline 1)" \
		'^cpuhp: offline of 1 failed: ENOSPC (no room for its interrupts'
	failure error=-16
	has "offline: a record of another errno is not taken" "$(cpuhp offline 1-2)" \
		'failed: ENOSPC (no room'
	failure undo=1 left_at=143 left_at_name=x
	has "offline: a CPU that did not even come back" "$(cpuhp offline 1-2)" \
		'going down while undoing: vmstat_down() .*left at 143 "x", broken$'
	failure 'callback=my_down [my_driver]'
	has "offline: a callback of a module" "$(cpuhp offline 1-2)" \
		': my_down() \[my_driver\] returned ENOSPC'
	no_failure
	has "offline: no record" "$(cpuhp offline 1-2)" 'failed: ENOSPC (no room'
	has "status: the last failure" "$(failure; cpuhp status)" \
		'^last failure: CPU 2, step 143 "mm/vmstat:online" going down: vmstat_down() '
	is "status: no failure" "$(no_failure; cpuhp status | grep -c failure)" 0
}

# The record is replaced while it is read: whoever opens `cpu` gets the value of
# the old record, all else is of the new one.
test_torn_record()
{
	new_batch_tree
	failure
	rm "$sys/hotplug/last_failure/cpu"
	mkfifo "$sys/hotplug/last_failure/cpu"
	(
		exec 3>"$sys/hotplug/last_failure/cpu"
		rm "$sys/hotplug/last_failure/cpu"
		failure seq=9 cpu=3
		echo 1 >&3
	) &
	has "status: values of two failures are not mixed" "$(cpuhp status)" \
		'^last failure: CPU 3, step 143'
	wait $!
}

test_json()
{
	new_batch_tree
	failure
	progress offline 3 5 1 2
	out=$(cpuhp status -j | python3 -c '
import json, sys
s = json.load(sys.stdin)
f, p = s["hotplug/last_failure"], s["hotplug/progress"]
print(f["cpu"], f["step"], f["callback"], f["error"], f["undo"], f["left_at_name"],
      p["operation"], p["segment"], p["segments"], p["crossed"], p["cpus"])')
	is "status -j: failure and progress" "$out" \
		"2 143 vmstat_down -28 False online offline 3 5 1 2"
	no_failure
	is "status -j: no failure" "$(cpuhp status -j | grep -c last_failure)" 0
}

# numbers CONDITION [LIMIT]: a list of those numbers n of which awk finds it true
numbers()
{
	awk "BEGIN {
		for (n = 1; n < ${2:-4000}; n++)
			if ($1) {
				printf \"%s%d\", comma, n
				comma = \",\"
			}
	}"
}

# long LIST: the same with CPU 1, in more bytes than the kernel takes at once
long()
{
	printf '%0*d,%s' "$page" 1 "$1"
}

test_long_lists()
{
	new_batch_tree
	page=$(getconf PAGESIZE)
	cpuhp offline "$(long "$(numbers 'n % 2')")"
	is "a long list: every second CPU" "$? $(cat "$sys/hotplug/offline")" "0 1-3999:1/2"
	cpuhp offline "$(long "$(numbers 'n % 8 >= 6 || n == 2001')")"
	is "a long list: two of each eight, and others" "$? $(cat "$sys/hotplug/offline")" \
		"0 1,6-1999:2/8,2001,2006-3999:2/8"
	cpuhp online "$(long "$(numbers 'n < 1100')")"
	is "a long list: a range" "$? $(cat "$sys/hotplug/online")" "0 1-1099"
	cpuhp online "$(long 2-15:2/4)"
	is "a long list: it may have strides already" "$? $(cat "$sys/hotplug/online")" \
		"0 1-3,6-15:2/4"
	list=$(numbers 'n % 2 && n < 1600')
	cpuhp offline "$list"
	is "a list that fits stays as it is" "$? $(cat "$sys/hotplug/offline")" "0 $list"

	# Hardly three ranges that are alike stand side by side.
	echo 3 >"$sys/hotplug/offline"
	out=$(cpuhp offline "$(numbers 'int(n * n / 7) % 3' "$page")")
	is "a list that is too long is not written" "$? $(cat "$sys/hotplug/offline")" "1 3"
	has "a list that is too long: the message" "$out" \
		"^cpuhp: offline: a list of [0-9]* bytes is too long for $((page - 1));"
}

bar_drawn()
{
	grep -q "$1" "$tmp/bar"
}

test_progress()
{
	new_batch_tree
	rm "$sys/hotplug/offline"
	mkfifo "$sys/hotplug/offline"
	progress offline 3 5 1 2
	: >"$tmp/bar"
	"$tool" --root "$root" --bar offline 1-2 2>"$tmp/bar" &
	if until_true bar_drawn '\[####################\.\.\.\.*\] segment 3/5 CPUs 1/2'; then
		pass "progress: half of the third of five segments is half of the bar"
	else
		fail "progress: half of the third of five segments is half of the bar" \
			"$(cat "$tmp/bar")"
	fi
	out=$(cat "$sys/hotplug/offline")
	wait $!
	is "progress: the write itself" "$? $out" "0 1-2"
}

test_serial()
{
	new_tree
	cpuhp offline 1-2
	is "one by one: both went" \
		"$? $(cat "$sys/cpu1/online" "$sys/cpu2/online" | tr -d '\n')" "0 00"
	cpuhp online 0-3
	is "one by one: a CPU without a switch is online" "$?" 0

	new_tree
	rm "$sys/cpu3/online"
	ln -s /dev/full "$sys/cpu3/online"
	out=$(cpuhp offline 1-3)
	is "one by one: who refused, and where it stands" "$? $out" \
		"1 cpuhp: offline of CPU 3 failed: ENOSPC (no room for its interrupts on the \
remaining CPUs); it is at 0 \"offline\""
	is "one by one: the others come back" \
		"$(cat "$sys/cpu1/online" "$sys/cpu2/online" | tr -d '\n')" 11
	has "one by one: no such CPU" "$(cpuhp offline 1,9)" \
		'^cpuhp: offline of CPU 9 failed: ENODEV'
	is "one by one: and no harm done" "$(cat "$sys/cpu1/online")" 1
	out=$(cpuhp offline 3,0)
	has "one by one: a CPU without a switch stays" "$out" \
		'^cpuhp: offline of CPU 0 failed: ENOENT'
}

test_lists()
{
	new_tree
	for list in '' x 1- 3-1 1,,2 '1,' 1x 1-2-3 99999 ' 1' 1:1/2 1-3: \
		1-3:1 1-3:2/ 1-3:3/2 1-3:0/0; do
		out=$(cpuhp offline "$list")
		is "list '$list' is refused" "$? $out" "1 cpuhp: '$list' is no list of CPUs"
	done
	is "bad lists changed nothing" "$(cat "$sys/cpu1/online")" 1
}

test_smt()
{
	new_tree
	is "smt" "$(cpuhp smt)" "on, active"
	cpuhp smt off
	is "smt off" "$? $(cat "$sys/smt/control")" "0 off"
	ln -sf /dev/full "$sys/smt/control"
	has "smt: failure" "$(cpuhp smt off)" '^cpuhp: offline of SMT siblings failed: ENOSPC'
	rm -r "$sys/smt"
	out=$(cpuhp smt)
	is "smt: kernel without" "$? $out" "1 cpuhp: smt/control: No such file or directory"
}

new_steps()
{
	debug=$root/sys/kernel/debug/cpuhp
	mkdir -p "$debug"
	{
		printf 'state\tname\tmode-up\tmode-down\tup-callback\tdown-callback\t'
		printf 'up-count\tup-total-us\tup-max-us\tup-last-us\t'
		printf 'down-count\tdown-total-us\tdown-max-us\tdown-last-us\n'
		printf '1\tthreads:prepare\tone-by-one\t-\tthreads_up\t-\t'
		printf '3\t30\t20\t5\t0\t0\t0\t0\n'
		printf '143\tmm/vmstat:online\tone-by-one\tconcurrent\tv_up\tv_down\t'
		printf '2\t8\t5\t3\t4\t400\t150\t90\n'
		printf '200\tempty\t-\t-\t-\t-\t0\t0\t0\t0\t0\t0\t0\t0\n'
		printf '201\tcut short\t-\n'
	} >"$debug/steps"
}

test_steps()
{
	new_tree
	is "steps: stock kernel" "$(cpuhp steps | tail -n 1)" " 236  online"
	new_steps
	has "steps: figures and mean" "$(cpuhp steps)" \
		'^ 143  mm/vmstat:online  *down concurrent  *v_down  *4  *400  *100  *150  *90$'
	is "steps: rows without callback, and broken rows, are left out" \
		"$(cpuhp steps | wc -l)" 4
	is "steps -a" "$(cpuhp steps -a | grep -c empty)" 2
	is "steps -s down" "$(cpuhp steps -s down | sed -n 2p | cut -c 1-4)" " 143"
	is "steps -s up" "$(cpuhp steps -s up | sed -n 2p | cut -c 1-4)" "   1"
	cpuhp steps -s nonsense >/dev/null
	is "steps: unknown key" "$?" 2
	out=$(cpuhp steps -j | python3 -c '
import json, sys
s = json.load(sys.stdin)
print([r["state"] for r in s], s[1]["down"]["total_us"], "down" in s[0])')
	is "steps -j" "$out" "[1, 143] 400 False"
}

test_watch()
{
	new_tree
	: >"$tmp/watch"
	"$tool" --root "$root" watch -i 20 >"$tmp/watch" &
	watcher=$!
	# A change between two looks is missed: change until it is seen.
	change()
	{
		echo 143 >"$sys/cpu1/hotplug/target"
		grep -q 'CPU 1 236 online -> 236 online (target 143)' "$tmp/watch" && return
		echo 236 >"$sys/cpu1/hotplug/target"
		return 1
	}
	if until_true change; then
		pass "watch: a change is one line"
	else
		fail "watch: a change is one line" "$(cat "$tmp/watch")"
	fi
	kill $watcher
	is "watch -n" "$(timeout 20 "$tool" --root "$root" watch -n 2 -i 1; echo $?)" 0
	timeout 20 "$tool" watch -i 0 2>/dev/null
	is "watch -i 0" $? 2
}

trace_json()
{
	cat <<-'END'
	{ "otherData": { "title": "a <b> & c", "lost_events": 0 }, "traceEvents": [
	{ "ph": "M", "pid": 3, "tid": 0, "name": "process_name", "args": { "name": "CPU 1" } },
	{ "ph": "X", "pid": 1, "tid": 1, "name": "dir: down", "cat": "batch",
	  "ts": 0, "dur": 4000 },
	{ "ph": "X", "pid": 3, "tid": 30, "name": "takedown_cpu", "cat": "down", "ts": 100.5,
	  "dur": 3000, "args": { "cpu": 1, "step": 85, "step_name": "cpu:teardown",
	  "lane": 0, "ret": 0 } },
	{ "ph": "X", "pid": 3, "tid": 31, "name": "bad<>", "cat": "failure", "ts": 200,
	  "dur": 1, "args": { "cpu": 1, "step": 90, "step_name": "x", "lane": 1, "ret": -16 } },
	{ "ph": "X", "pid": 3, "tid": 31, "name": "a", "cat": "down", "ts": 3900, "dur": 1,
	  "args": { "cpu": 1, "step": 60, "step_name": "a", "lane": 1, "ret": 0 } },
	{ "ph": "X", "pid": 3, "tid": 31, "name": "b", "cat": "down", "ts": 3902, "dur": 1,
	  "args": { "cpu": 1, "step": 50, "step_name": "b", "lane": 1, "ret": 0 } },
	{ "ph": "X", "pid": 3, "tid": 31, "name": "c", "cat": "down", "ts": 3990, "dur": 1,
	  "args": { "cpu": 1, "step": 40, "step_name": "c", "lane": 1, "ret": 0 } }
	] }
	END
}

test_draw()
{
	trace_json >"$tmp/a.json"
	cpuhp draw -o "$tmp/a.svg" "$tmp/a.json" "$tmp/a.json"
	is "draw" $? 0
	out=$(python3 - "$tmp/a.svg" <<-'END'
	import sys, xml.etree.ElementTree as tree
	svg = "{http://www.w3.org/2000/svg}"
	top = tree.parse(sys.argv[1]).getroot()
	titles = [t.text for t in top.iter(svg + "title")]
	# Narrow ones are one outline, in which "c" alone has a place of its own.
	outlines = [p.get("d").count("M") for p in top.iter(svg + "path")]
	print(len(titles), outlines, any("returned -16" in t for t in titles),
	      any(t.text == "a <b> & c: 1 CPUs, 4.0 ms" for t in top.iter(svg + "text")))
	END
	)
	is "draw: well-formed, everything in it" "$out" "6 [2, 2] True True"
	echo '{}' >"$tmp/b.json"
	out=$(cpuhp draw -o "$tmp/b.svg" "$tmp/b.json")
	is "draw: not a trace" "$? $out" "1 cpuhp: $tmp/b.json: Invalid argument"
}

test_usage()
{
	for args in '' nonsense 'status x' offline 'offline 1 2' 'smt on off' trace draw \
			'steps -x'; do
		# shellcheck disable=SC2086
		cpuhp $args >/dev/null
		is "usage: '$args'" $? 2
	done
	cpuhp --help >/dev/null
	is "--help" $? 0
}

test_trace()
{
	if [ "$(id -u)" != 0 ] || [ ! -d /sys/kernel/tracing/events/cpuhp ]; then
		skip "trace" "needs root and the trace events of a running kernel"
		return
	fi
	(cd "$tmp" && "$tool" trace -- sh -c 'exit 3') 2>/dev/null
	is "trace: the command's status" $? 3
}

test_status
test_batch
test_torn_record
test_json
test_long_lists
test_progress
test_serial
test_lists
test_smt
test_steps
test_watch
test_draw
test_usage
test_trace
finish
