#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's perf 6.1.176 with its backported linux-image-6.12.117+deb12-cloud-amd64: the event
# ipi:ipi_send_cpumask has a set of CPUs as a field, printed by a function that this perf does
# not know. "perf script" says FAILED TO PARSE and prints the place and length of the field, one
# number, as if that were the set. trace-cmd 3.1.6 of the same release prints "0-1,3".
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" linux-perf=6.1.176-1 trace-cmd=3.1.6-1
guest <<'EOF'
# Patching code for another event makes the kernel send to all other CPUs.
cat > /tmp/patch <<'END'
for value in 1 0 1 0; do
	echo $value > /sys/kernel/tracing/events/sched/sched_wakeup/enable
done
END
perf record -q -a -o /tmp/p -e ipi:ipi_send_cpumask dash /tmp/patch 2> /dev/null
perf script -i /tmp/p 2> /tmp/err | sed -n 's/.*ipi_send_cpumask: /perf: /p' | sed -n 1p
sed -n 's/.*\(function .*\)/perf says: \1/p' /tmp/err | sed -n 1p
trace-cmd record -q -o /tmp/t -e ipi_send_cpumask dash /tmp/patch > /dev/null 2>&1
trace-cmd report /tmp/t 2> /dev/null | sed -n 's/.*ipi_send_cpumask: */trace-cmd: /p' | sed -n 1p
EOF

expect "perf script" "$(value perf | sed 's/callsite.*//')" "[FAILED TO PARSE] cpumask=524320 "
expect "its complaint" "$(value "perf says")" "function __get_cpumask not defined"
expect_true "trace-cmd prints a list of CPUs" \
	sh -c "echo '$(value trace-cmd)' | grep -q '^cpumask=[0-3][-,0-3]* callsite'"
finish
