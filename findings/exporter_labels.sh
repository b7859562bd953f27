#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's prometheus-node-exporter 1.5.0 with CPU 2 of four offline: it labels the columns of
# /proc/interrupts and the lines of /proc/net/softnet_stat by their position. What CPU 3 did is
# published as cpu="2", and cpu="3" is missing. The same page's node_cpu_seconds_total has the
# right label for CPU 3 and a series of zeroes for CPU 2.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" prometheus-node-exporter=1.5.0-1+b6
guest <<'EOF'
ifconfig lo up
echo 0 > $cpu/cpu2/online
prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --collector.interrupts > /tmp/log 2>&1 &
for i in 1 2 3 4 5 6 7 8 9 10; do
	sleep 1
	wget -q -O /tmp/page http://127.0.0.1:9100/metrics && break
done
labels()
{
	grep "^$1" /tmp/page | sed 's/.*cpu="\([0-9]*\)".*/\1/' | tr '\n' ' '
}
echo "head: $(head -n 1 /proc/interrupts | awk '{ $1 = $1; print }')"
echo "interrupts: $(labels 'node_interrupts_total.*LOC')"
echo "third line: $(sed -n 3p /proc/net/softnet_stat | cut -d ' ' -f 13)"
echo "softnet: $(labels node_softnet_processed_total)"
echo "seconds: $(labels 'node_cpu_seconds_total.*idle')"
echo "idle of 2: $(sed -n 's/^node_cpu_seconds_total{cpu="2",mode="idle"} //p' /tmp/page)"
EOF

expect "head of /proc/interrupts" "$(value head)" "CPU0 CPU1 CPU3"
expect "labels of node_interrupts_total" "$(value interrupts)" "0 1 2 "
expect "CPU of the third line of softnet_stat, in hexadecimal" "$(value "third line")" 00000003
expect "labels of node_softnet_processed_total" "$(value softnet)" "0 1 2 "
expect "labels of node_cpu_seconds_total" "$(value seconds)" "0 1 2 3 "
expect "idle seconds of CPU 2" "$(value "idle of 2")" 0
finish
