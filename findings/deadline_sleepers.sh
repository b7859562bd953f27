#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: three tasks that only sleep, started by
# "chrt --deadline" of util-linux 2.38.1 with 9 of every 10 ms, keep every CPU of a machine of
# four from going offline: EBUSY, and no line in the kernel's log. What they asked for counts,
# not what they use. When they have ended, three CPUs go.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" util-linux=2.38.1-5+deb12u3
guest <<'EOF'
dmesg -c > /dev/null
sleepers=
for i in 1 2 3; do
	chrt -d -T 9000000 -D 10000000 -P 10000000 0 sleep 600 &
	sleepers="$sleepers $!"
done
sleep 1
chcpu -d 1-3 2>&1 | sed 's/^/with: /'
echo "online: $(cat $cpu/online)"
echo "log: $(dmesg | wc -l)"
kill $sleepers
wait
chcpu -d 1-3 2>&1 | sed 's/^/without: /'
EOF

expect "with three sleepers" "$(value with)" "chcpu: CPU 1 disable failed: Device or resource busy
chcpu: CPU 2 disable failed: Device or resource busy
chcpu: CPU 3 disable failed: Device or resource busy"
expect "online then" "$(value online)" 0-3
expect "lines in the kernel's log" "$(value log)" 0
expect "without them" "$(value without)" "CPU 1 disabled
CPU 2 disabled
CPU 3 disabled"
finish
