#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.1.0-56-cloud-amd64 with two CPUs and four empty places for more: what is
# "configured" or "all" depends on whom you ask. coreutils 9.1 (by glibc 2.36) counts the places,
# busybox 1.35 the folders in sysfs. The kernel lists 2 to 5 as offline, and chcpu of util-linux
# 2.38.1 answers that they do not exist. stress-ng 0.15.06, asked for one worker per configured
# CPU, starts six on two. The kernel's N, the last CPU, is one that is not there.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.1.0-56-cloud-amd64=6.1.192-2
closure "$work/root" coreutils=9.1-1 util-linux=2.38.1-5+deb12u3 stress-ng=0.15.06-2
smp=2,maxcpus=6,sockets=3,cores=2,threads=1 guest <<'EOF'
echo "coreutils: $(nproc --all)"
echo "busybox: $(busybox nproc --all)"
echo "offline: $(cat $cpu/offline)"
echo "folders: $(ls -d $cpu/cpu[0-9]* | sed 's,.*/,,' | tr '\n' ' ')"
echo "chcpu: $(chcpu -e 2 2>&1)"
echo "stress-ng: $(stress-ng --cpu 0 --cpu-ops 1 2>&1 | sed -n 's/.*dispatching hogs: //p')"
echo N 2> /dev/null > /proc/irq/4/smp_affinity_list && echo "N: taken" || echo "N: refused"
EOF

expect "nproc --all of coreutils" "$(value coreutils)" 6
expect "nproc --all of busybox" "$(value busybox)" 2
expect "the kernel's list of offline CPUs" "$(value offline)" 2-5
expect "folders of CPUs" "$(value folders)" "cpu0 cpu1 "
expect "chcpu -e 2" "$(value chcpu)" "chcpu: CPU 2 does not exist"
expect "stress-ng --cpu 0" "$(value stress-ng)" "6 cpu"
expect "N as a list of CPUs for an interrupt" "$(value N)" refused
finish
