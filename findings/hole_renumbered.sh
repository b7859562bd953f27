#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's atop 2.8.1 and x86info 1.31: both count the online CPUs, three of four, and then
# look at CPUs 0, 1 and 2. CPU 2 is the one offline. atop reports it with zeroes and leaves out
# CPU 3, busy or not; x86info describes its "CPU #3" as a processor of family 0.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" atop=2.8.1-1+deb12u1 util-linux=2.38.1-5+deb12u3 \
	x86info=1.31~pre0.8052aabdd159bc9050e7dc264f33782c5acce05f-2
for module in msr cpuid; do
	cp "$(find "$work/kernel" -path "*/arch/x86/kernel/$module.ko.xz")" "$work/root/"
done
guest <<'EOF'
for module in msr cpuid; do
	xz -dc /$module.ko.xz > /tmp/$module.ko
	insmod /tmp/$module.ko
done
echo 0 > $cpu/cpu2/online
echo "kernel: $(sed -n 's/^\(cpu[0-9]\) .*/\1/p' /proc/stat | tr '\n' ' ')"
taskset -c 3 dash -c 'while :; do :; done' &
atop -P cpu 1 2 | sed -n '/SEP/,$p' | awk '/^cpu/ { printf "atop: cpu %s system %s user %s idle %s\n", $8, $9, $10, $12 }'
kill $!
x86info 2> /dev/null | sed -n '/^CPU #3/,/^Family/p' | sed 's/^/x86info: /'
EOF

expect "CPUs in /proc/stat" "$(value kernel)" "cpu0 cpu1 cpu3 "
expect "CPUs that atop shows" "$(value atop | cut -d ' ' -f 1,2 | tr '\n' ' ')" "cpu 0 cpu 1 cpu 2 "
expect "atop's CPU 2" "$(value atop | grep 'cpu 2')" "cpu 2 system 0 user 0 idle 0"
expect "x86info's CPU #3" "$(value x86info | sed -n 2p)" "Family: 0 Model: 0 Stepping: 0"
finish
