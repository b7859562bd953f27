#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's perf 6.1.176 on linux-image-6.12.117+deb12-cloud-amd64: when "perf ftrace" ends it
# sets tracing_cpumask, which belongs to the whole machine, to the CPUs that are online, and not
# to what it found there. CPU 2 was offline at that moment and is back now: trace-cmd 3.1.6
# records a task on CPU 2 and gets no event from there, without a word. With all CPUs online the
# mask stays full. "trace-cmd reset" fills it again.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" linux-perf=6.1.176-1 trace-cmd=3.1.6-1 util-linux=2.38.1-5+deb12u3
guest <<'EOT'
mask=/sys/kernel/tracing/tracing_cpumask
trace()
{
	perf ftrace -T do_nanosleep sleep 0.1 > /tmp/ftrace 2>&1
	echo "$1 hits: $(grep -c '^ *sleep.*do_nanosleep' /tmp/ftrace)"
	echo "$1: $(cat $mask)"
}
# How trace-cmd sees a task that sleeps on CPU 2.
seen()
{
	trace-cmd record -q -o /tmp/t -e sched_switch taskset -c 2 sleep 0.2 > /dev/null 2>&1
	trace-cmd report /tmp/t 2> /dev/null | grep -c '\[002\].*sleep' | sed "s/^/$1: /"
}
trace full
seen "events before"
echo 0 > $cpu/cpu2/online
trace hole
echo 1 > $cpu/cpu2/online
seen "events after"
echo "mask later: $(cat $mask)"
trace-cmd reset
echo "mask reset: $(cat $mask)"
seen "events of reset"
EOT

expect_true "perf ftrace works" [ "$(value "full hits")" -gt 0 ]
expect "tracing_cpumask after perf ftrace, all online" "$(value full)" f
expect_true "trace-cmd sees the task on CPU 2" [ "$(value "events before")" -gt 0 ]
expect "tracing_cpumask after perf ftrace, CPU 2 offline" "$(value hole)" b
expect "events on CPU 2 when it is back" "$(value "events after")" 0
expect "tracing_cpumask then" "$(value "mask later")" b
expect "tracing_cpumask after trace-cmd reset" "$(value "mask reset")" f
expect_true "trace-cmd sees the task again" [ "$(value "events of reset")" -gt 0 ]
finish
