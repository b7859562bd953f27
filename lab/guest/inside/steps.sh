#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The steps of the last CPU going off and on, with their times.
cpus=/sys/devices/system/cpu
trace=/sys/kernel/tracing
cpu=$(for file in "$cpus"/cpu[0-9]*/online; do
	basename "$(dirname "$file")" | sed 's/^cpu//'
done | sort -n | tail -n 1)

walk()
{
	echo > $trace/trace
	echo begin > $trace/trace_marker
	echo "$2" > "$cpus/cpu$cpu/online" || exit 1
	echo end > $trace/trace_marker
	cat $trace/trace > "$1"
}

echo mono > $trace/trace_clock
# A first round, so that the table shows none of what happens only once.
echo 0 > "$cpus/cpu$cpu/online"
echo 1 > "$cpus/cpu$cpu/online"
echo 1 > $trace/events/cpuhp/enable
walk /tmp/down 0
walk /tmp/up 1
awk -v cpu="$cpu" -f /lab/steps.awk $cpus/hotplug/states /tmp/down /tmp/up
