#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's perf 6.1.176 on linux-image-6.12.117+deb12-cloud-amd64: "perf stat -a" counts a CPU
# up to the moment it goes offline and never again, though it is back a moment later; the sum
# has no mark of it. With -I the intervals after that say <not counted>. A CPU that was offline
# when perf began is not in the list at all, however long it is online afterwards.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" linux-perf=6.1.176-1
guest <<'EOF'
count()
{
	perf stat -a -A -x , -e cpu-clock -o /tmp/stat "$@"
}
away="sleep 1; echo 0 > $cpu/cpu2/online; echo 1 > $cpu/cpu2/online; sleep 4"
count dash -c "$away"
awk -F , '/^CPU/ { printf "away: %s %d\n", $1, $2 / 1000 }' /tmp/stat
count -I 1000 dash -c "$away"
echo "last: $(awk -F , '$2 == "CPU2" { last = $3 } END { print last }' /tmp/stat)"
echo 0 > $cpu/cpu2/online
count dash -c "echo 1 > $cpu/cpu2/online; sleep 2"
echo "late: $(awk -F , '/^CPU/ { printf "%s ", $1 }' /tmp/stat)"
EOF

expect_true "CPU 3, never away, counted 4 seconds or more of 5" \
	[ "$(value away | sed -n 's/CPU3 //p')" -ge 4 ]
expect_true "CPU 2, away for a moment, counted 2 seconds or less" \
	[ "$(value away | sed -n 's/CPU2 //p')" -le 2 ]
expect "last interval of CPU 2" "$(value last)" "<not counted>"
expect "CPUs listed when CPU 2 came late" "$(value late)" "CPU0 CPU1 CPU3 "
finish
