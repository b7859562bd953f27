#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Programs that people use around CPU hotplug, as their distribution built them:
# each must do on this kernel what it has always done. What a program says is
# compared with sysfs. Prints KTAP; leaves all CPUs online.
#
# usage: users.sh [TEST...]

cpu=/sys/devices/system/cpu
record=/sys/kernel/tracing/instances/users
power=/sys/power
delay=/sys/module/suspend/parameters/pm_test_delay
count=0
failed=0
out=/tmp/out
recorded=/tmp/trace.dat

ok()
{
	count=$((count + 1))
	echo "ok $count - $1"
}

# not_ok NAME [WHY...]
not_ok()
{
	count=$((count + 1))
	failed=$((failed + 1))
	echo "not ok $count - $1"
	shift
	[ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

# skip NAME WHY
skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    $2" "wanted: $3"
	fi
}

# has NAME TEXT PATTERN: a line of TEXT matches the basic regex PATTERN
has()
{
	if printf '%s\n' "$2" | grep -q -- "$3"; then
		ok "$1"
	else
		not_ok "$1" "in:     $2" "wanted: $3"
	fi
}

# installed PROGRAM PACKAGE: or skip what is about it
installed()
{
	[ -x "$1" ] && return
	skip "$(basename "$1")" "Debian's $2 was not installed where this guest was made"
	return 1
}

online()
{
	cat $cpu/online
}

# Every CPU of a list such as 0,2-4, a line each.
each()
{
	echo "$1" | tr , '\n' | while IFS=- read -r from to; do
		seq "$from" "${to:-$from}"
	done
}

# From here on, note each CPU that leaves the scheduler ...
count_departures()
{
	mkdir $record
	echo 1 >$record/events/cpuhp/cpuhp_enter/enable
}

# ... and say how many did.
departures()
{
	grep -c sched_cpu_deactivate $record/trace
	echo 0 >$record/events/cpuhp/cpuhp_enter/enable
	rmdir $record
}

all_back()
{
	for file in $cpu/cpu[0-9]*/online; do
		[ "$(cat "$file")" = 1 ] || echo 1 >"$file"
	done
}

# listed WHICH: the list behind "On-line" or "Off-line" in what lscpu has said
listed()
{
	sed -n "s/^$1 CPU(s) list: *//p" $out
}

test_lscpu()
{
	installed /usr/bin/lscpu util-linux || return
	is "lscpu: as many CPUs as are online" \
		"$(/usr/bin/lscpu --parse=CPU | grep -v '^#')" "$(each "$(online)")"
	echo 0 >$cpu/cpu1/online
	/usr/bin/lscpu >$out
	is "lscpu: the list of CPUs online" "$(each "$(listed On-line)")" "$(each "$(online)")"
	is "lscpu: the list of CPUs offline" "$(listed Off-line)" 1
	has "lscpu: a CPU offline in the table" \
		"$(/usr/bin/lscpu --all --extended=CPU,ONLINE)" '^ *1 *no$'
	echo 1 >$cpu/cpu1/online
	has "lscpu: the CPU that came back" \
		"$(/usr/bin/lscpu --all --extended=CPU,ONLINE)" '^ *1 *yes$'
}

# chcpu_says NAME STATUS LINE ONLINE ARGUMENT...: one call of chcpu, and what sysfs shows
chcpu_says()
{
	name=$1 status=$2 line=$3 wanted=$4
	shift 4
	said=$(/usr/sbin/chcpu "$@" 2>&1)
	is "chcpu: $name: status" $? "$status"
	has "chcpu: $name: what it says" "$said" "$line"
	is "chcpu: $name: sysfs" "$(online)" "$wanted"
}

test_chcpu()
{
	installed /usr/sbin/chcpu util-linux || return
	chcpu_says "disable" 0 '^CPU 1 disabled$' "0,2-$last" -d 1
	chcpu_says "disable again" 0 '^CPU 1 is already disabled$' "0,2-$last" -d 1
	chcpu_says "enable" 0 '^CPU 1 enabled$' "0-$last" -e 1
	chcpu_says "disable a list" 0 "^CPU $last disabled\$" 0 -d "1-$last"
	chcpu_says "enable a list" 0 "^CPU $last enabled\$" "0-$last" -e "1-$last"
	# Of its list, nothing or not all could be done.
	chcpu_says "the boot CPU" 64 '^chcpu: CPU 0 is not hot pluggable$' "0-$last" -d 0
	chcpu_says "no such CPU" 1 'invalid CPU number in CPU list: 999' "0-$last" -d 999
}

test_stress_ng()
{
	installed /usr/bin/stress-ng stress-ng || return
	count_departures
	# It takes hotplug for dangerous, and wants to hear that it is meant.
	said=$(/usr/bin/stress-ng --temp-path /tmp --pathological --cpu-online 2 \
		--cpu-online-ops 20 --timeout 60 2>&1)
	is "stress-ng: status" $? 0
	has "stress-ng: what it says" "$said" 'successful run completed'
	if [ "$(departures)" -gt 0 ]; then
		ok "stress-ng: CPUs went"
	else
		not_ok "stress-ng: CPUs went" "$said"
	fi
	is "stress-ng: all are back" "$(online)" "0-$last"
}

test_rtcwake()
{
	installed /usr/sbin/rtcwake util-linux || return
	if [ ! -w $power/pm_test ] || ! grep -q deep $power/mem_sleep 2>/dev/null; then
		skip "rtcwake" "this machine or its kernel has no suspend that takes CPUs down"
		return
	fi
	if [ ! -c /dev/rtc0 ]; then
		skip "rtcwake" "no clock that can wake"
		return
	fi
	echo deep >$power/mem_sleep
	echo processors >$power/pm_test
	echo 0 >$delay
	count_departures
	said=$(/usr/sbin/rtcwake --utc --mode mem --seconds 5 2>&1)
	is "rtcwake: status" $? 0
	has "rtcwake: what it says" "$said" 'wakeup from "mem" using /dev/rtc0'
	is "rtcwake: every CPU but one went" "$(departures)" "$last"
	is "rtcwake: all are back" "$(online)" "0-$last"
	echo none >$power/pm_test
}

# counted CPU FILE: what perf stat -A -x, has counted on a CPU, in ns or events
counted()
{
	awk -F, -v cpu="CPU$1" '$1 == cpu { print int($2) }' "$2"
}

test_perf()
{
	installed /usr/bin/perf linux-perf || return
	/usr/bin/perf stat -a -A -x, -o $out -e cpu-clock sleep 0.5
	is "perf stat -a: status" $? 0
	is "perf stat -a: a row for each CPU" \
		"$(grep -o '^CPU[0-9]*' $out)" "$(each "0-$last" | sed 's/^/CPU/')"

	# The counter of a CPU that goes stands still, and goes on with the CPU.
	/usr/bin/perf stat -a -A -x, -o $out -e cpu-clock sh -c \
		"echo 0 >$cpu/cpu1/online; sleep 2; echo 1 >$cpu/cpu1/online; sleep 0.2"
	is "perf stat across a CPU that goes and comes: status" $? 0
	there=$(counted 0 $out) away=$(counted 1 $out)
	if [ "${away:-0}" -gt 0 ] && [ "$away" -lt "${there:-0}" ]; then
		ok "perf stat across a CPU that goes and comes: counts"
	else
		not_ok "perf stat across a CPU that goes and comes: counts" "$(cat $out)"
	fi

	echo 0 >$cpu/cpu1/online
	/usr/bin/perf stat -a -A -x, -o $out -e cpu-clock sleep 0.2
	is "perf stat -a without a CPU: its row is missing" \
		"$(grep -o '^CPU[0-9]*' $out)" "$(each "$(online)" | sed 's/^/CPU/')"
	echo 1 >$cpu/cpu1/online
	/usr/bin/perf stat -C 1 -x, -o $out -e cpu-clock sleep 0.2
	is "perf stat -C on a CPU that came back: status" $? 0
	has "perf stat -C on a CPU that came back: counts" "$(cat $out)" '^[1-9][0-9.]*,msec,cpu-clock'

	if [ ! -d /sys/kernel/tracing/events/cpuhp/cpuhp_batch_start ]; then
		skip "perf stat on cpuhp events" "this kernel has no event cpuhp_batch_start"
		return
	fi
	/usr/bin/perf stat -a -x, -o $out -e cpuhp:cpuhp_batch_start sh -c \
		"echo 1-$last >$cpu/hotplug/offline; echo 1-$last >$cpu/hotplug/online" \
		2>/dev/null
	has "perf stat on cpuhp events: two operations" "$(cat $out)" '^2,,cpuhp:cpuhp_batch_start,'

	/usr/bin/perf record -q -a -o $recorded -e 'cpuhp:*' sh -c \
		"echo 1-$last >$cpu/hotplug/offline; echo 1-$last >$cpu/hotplug/online" 2>$out
	is "perf record on cpuhp events: status" $? 0
	/usr/bin/perf script -i $recorded >$out 2>&1
	is "perf script: no event that it cannot read" "$(grep 'FAILED TO PARSE' $out)" ""
	for dir in down up; do
		has "perf script: $dir: the CPUs" "$(grep cpuhp_batch_start $out)" \
			" dir: $dir policy: all_or_nothing nr: $last first: 1 cpus: 1-$last\$"
		has "perf script: $dir: words for numbers" "$(grep cpuhp_segment $out)" \
			" dir: $dir kind: thread mode: one_by_one "
	done
}

# bpftrace starts no script, but a program that may read one. The kernel here has no
# type information (BTF), so it wants a header.
test_bpftrace()
{
	installed /usr/bin/bpftrace bpftrace || return
	if [ ! -d /sys/kernel/tracing/events/cpuhp/cpuhp_batch_start ]; then
		skip "bpftrace on cpuhp events" "this kernel has no event cpuhp_batch_start"
		return
	fi
	printf 'echo %s >%s\necho %s >%s\n' "1-$last" $cpu/hotplug/offline \
		"1-$last" $cpu/hotplug/online >/tmp/move.sh
	said=$(/usr/bin/bpftrace -I /usr/include -I /usr/include/x86_64-linux-gnu \
		-c "/bin/busybox sh /tmp/move.sh" -e 'tracepoint:cpuhp:cpuhp_batch_start {
		printf("dir %d nr %d first %d cpus %s\n", args->dir, args->nr, args->first,
		       str(args->cpus)); }' 2>&1)
	is "bpftrace: status" $? 0
	has "bpftrace: down: the CPUs" "$said" "^dir 1 nr $last first 1 cpus 1-$last\$"
	has "bpftrace: up: the CPUs" "$said" "^dir 0 nr $last first 1 cpus 1-$last\$"
}

# bars WORD: the CPUs that have a bar of this name in the picture, a line each
bars()
{
	sed -n "s/.*title=\"$1\\[\([0-9]*\)\] (.*/\1/p" "$picture" | sort -n
}

# The kernel's own tool, which makes a picture of a suspend with a bar for each CPU.
test_sleepgraph()
{
	installed /usr/bin/python3 python3 || return
	if [ ! -w $power/pm_test ] || ! grep -q deep $power/mem_sleep 2>/dev/null; then
		skip "sleepgraph" "this machine or its kernel has no suspend that takes CPUs down"
		return
	fi
	echo deep >$power/mem_sleep
	echo processors >$power/pm_test
	echo 0 >$delay
	# It asks for the network's devices, and does not get over it that there are none.
	mkdir -p /tmp/bin
	printf '#!/bin/sh\necho lo UNKNOWN\n' >/tmp/bin/ip
	chmod +x /tmp/bin/ip
	picture=/tmp/suspend/suspend.html
	PATH=/tmp/bin:$PATH /usr/bin/python3 /lab/base/sleepgraph.py -m mem -rtcwake off \
		-verbose -o /tmp/suspend >$out 2>&1
	echo none >$power/pm_test
	mv /tmp/suspend/*_mem.html $picture
	has "sleepgraph: it finds _cpu_down" "$(cat $out)" '^ *CPU_OFF: YES$'
	has "sleepgraph: it finds _cpu_up" "$(cat $out)" '^ *CPU_ON: YES$'
	is "sleepgraph: a bar for each CPU that goes" "$(bars CPU_OFF)" "$(each "1-$last")"
	is "sleepgraph: a bar for each CPU that comes" "$(bars CPU_ON)" "$(each "1-$last")"
	is "sleepgraph: all are back" "$(online)" "0-$last"

	# Without the trace it goes by the log, where a CPU's time ends with its line.
	picture=/tmp/log.html
	/usr/bin/python3 /lab/base/sleepgraph.py -m mem -dmesg /tmp/suspend/*_mem_dmesg.txt \
		-o $picture >$out 2>&1
	is "sleepgraph: bars from the log" \
		"$(sed -n 's/.*title="\(CPU[0-9]*\)\(\[2\]\)* (.*/\1/p' $picture | sort)" \
		"$(each "1-$last" | sed 's/.*/CPU&\nCPU&/' | sort)"
}

# What trace-cmd reports of an operation, the callbacks left out.
batch_report()
{
	/usr/bin/trace-cmd report -i $recorded 2>/dev/null |
		sed -n 's/.*cpuhp_\(batch_start\|segment\|batch_end\): */\1 /p'
}

# whole_batch DIR CPUS NR ENDS: from its start over segments without a gap to its end
whole_batch()
{
	batch_report >$out
	has "trace-cmd: $1: the start" "$(head -n 1 $out)" \
		"^batch_start *dir: $1 policy: all_or_nothing nr: $3 first: 1 cpus: $2\$"
	has "trace-cmd: $1: the end" "$(tail -n 1 $out)" \
		"^batch_end *dir: $1 done: $3 failed: 0 ret: 0\$"
	is "trace-cmd: $1: one batch" "$(grep -c '^batch' $out)" 2
	is "trace-cmd: $1: where segments meet" "$(segment_ends from $out | tail -n +2)" \
		"$(segment_ends to $out | head -n -1)"
	is "trace-cmd: $1: ends of the line" \
		"$(segment_ends from $out | head -n 1) $(segment_ends to $out | tail -n 1)" "$4"
}

# segment_ends WHICH FILE: where segments begin ("from") or end ("to")
segment_ends()
{
	sed -n "s/^segment .* $1: *\([0-9]*\).*/\1/p" "$2"
}

test_trace_cmd()
{
	installed /usr/bin/trace-cmd trace-cmd || return
	if [ ! -d /sys/kernel/tracing/events/cpuhp/cpuhp_batch_start ]; then
		skip "trace-cmd on cpuhp events" "this kernel has no event cpuhp_batch_start"
		return
	fi
	top=$(sed -n '$s/:.*//p' $cpu/hotplug/states)
	for dir in down up; do
		[ $dir = down ] && file=offline || file=online
		[ $dir = down ] && ends="$top 0" || ends="0 $top"
		# That clock counts events: they come in their order, from whichever CPU.
		/usr/bin/trace-cmd record -q -e cpuhp -C counter -o $recorded \
			sh -c "echo 1-$last >$cpu/hotplug/$file"
		is "trace-cmd: $dir: status" $? 0
		whole_batch $dir "1-$last" "$last" "$ends"
	done
}

test_cpupower()
{
	installed /usr/bin/cpupower linux-cpupower || return
	said=$(/usr/bin/cpupower --cpu all idle-info 2>&1)
	is "cpupower idle-info: status" $? 0
	has "cpupower idle-info: every CPU" "$said" "^analyzing CPU $last:"
	echo 0 >$cpu/cpu1/online
	said=$(/usr/bin/cpupower --cpu all idle-info 2>&1)
	has "cpupower idle-info: a CPU offline" "$said" '^ \*is offline$'
	echo 1 >$cpu/cpu1/online
	said=$(/usr/bin/cpupower --cpu all idle-info 2>&1 | grep -c offline)
	is "cpupower idle-info: none offline" "$said" 0
	if [ -d $cpu/cpu0/cpuidle ]; then
		/usr/bin/cpupower monitor -m Idle_Stats sh -c \
			"echo 0 >$cpu/cpu1/online; echo 1 >$cpu/cpu1/online" >$out
		is "cpupower monitor: status" $? 0
	else
		skip "cpupower monitor" "no idle driver here"
	fi
}

# The masks of the threads of a process, each once; not that of the first one.
masks_of_threads()
{
	for task in /proc/"$1"/task/*; do
		[ "$(basename "$task")" = "$1" ] ||
			sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$task/status"
	done | sort -u
}

# Threads on a CPU that stays go on there. What they have measured is only shown.
test_cyclictest()
{
	installed /usr/bin/cyclictest rt-tests || return
	/usr/bin/cyclictest --mlockall --quiet --priority=80 --interval=1000 --threads=2 \
		--affinity=0 >$out 2>&1 &
	measuring=$!
	for round in 1 2 3 4 5; do
		for write in "off smt/control" "on smt/control" "1-$last hotplug/offline" \
				"1-$last hotplug/online"; do
			echo "${write% *}" >$cpu/"${write#* }" ||
				not_ok "cyclictest: $write in round $round"
		done
	done
	is "cyclictest: where its threads may run" "$(masks_of_threads $measuring)" 0
	kill -INT $measuring
	wait $measuring
	is "cyclictest: status" $? 0
	is "cyclictest: both threads have kept time" \
		"$(sed -n 's/^T: *\([01]\) .*C: *[1-9].*Max:.*/\1/p' $out)" "$(each 0-1)"
	grep '^T:' $out | sed 's/^/# /'
}

# The tests of tools/cpuhp, with its lines turned into KTAP.
test_cpuhp()
{
	sh /lab/cpuhp/live.sh /usr/bin/cpuhp >/tmp/live 2>&1
	while IFS= read -r line; do
		case $line in
		"ok: "*)	ok "cpuhp: ${line#ok: }" ;;
		"FAILED: "*)	not_ok "cpuhp: ${line#FAILED: }" ;;
		"skipped: "*)	line=${line#skipped: }
				skip "cpuhp: ${line%%: *}" "${line#*: }" ;;
		*)		echo "# $line" ;;
		esac
	done </tmp/live
	has "cpuhp: the tests came to their end" "$(tail -n 1 /tmp/live)" '^[0-9]* passed, '
}

echo "KTAP version 1"
all_back
last=$(($(nproc) - 1))
[ $# -gt 0 ] || set -- lscpu chcpu stress_ng rtcwake perf trace_cmd cpupower sleepgraph cpuhp
for test in "$@"; do
	"test_$test"
	all_back
done
is "all CPUs are online at the end" "$(online)" "0-$last"
echo "1..$count"
[ $failed = 0 ]
