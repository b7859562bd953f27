# shellcheck shell=sh disable=SC2034 # variables are for who reads this file
# SPDX-License-Identifier: GPL-2.0
# What the guest's scripts share: CPUs that can go, writes, and traces of them.

cpus=/sys/devices/system/cpu
trace=/sys/kernel/tracing

# The numbers of the CPUs that can go, a line each.
can_go()
{
	for file in "$cpus"/cpu[0-9]*/online; do
		[ -w "$file" ] && basename "$(dirname "$file")" | sed 's/^cpu//'
	done | sort -n
}

# write VALUE FILE: prints the error's text, nothing on success
write()
{
	{ echo "$1" > "$2"; } 2>&1 | sed 's/^.*write error: //'
}

# traced LOG VALUE FILE: write, with what it says in $answer and the trace of it in LOG
traced()
{
	echo 0 > $trace/tracing_on
	echo > $trace/trace
	echo 1 > $trace/tracing_on
	echo begin > $trace/trace_marker
	answer=$(write "$2" "$3")
	echo end > $trace/trace_marker
	echo 0 > $trace/tracing_on
	cat $trace/trace > "$1"
}
