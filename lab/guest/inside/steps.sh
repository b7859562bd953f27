#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The steps of the last CPU going off and on, with their times.
# shellcheck source=cpus.sh
. /lab/cpus.sh

cpu=$(can_go | tail -n 1)
online=$cpus/cpu$cpu/online

# walk LOG VALUE
walk()
{
	traced "$1" "$2" "$online"
	[ -z "$answer" ] || exit 1
}

echo mono > $trace/trace_clock
# A first round, so that the table shows none of what happens only once.
echo 0 > "$online"
echo 1 > "$online"
echo 1 > $trace/events/cpuhp/enable
walk /tmp/down 0
walk /tmp/up 1
awk -v cpu="$cpu" -f /lab/steps.awk $cpus/hotplug/states /tmp/down /tmp/up
