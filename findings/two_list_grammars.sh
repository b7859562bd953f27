#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every second CPU is "0-3:1/2" to the kernel and "0-3:2" to taskset, and each refuses what the
# other takes. The kernel (Debian's linux-image-6.12.117+deb12-cloud-amd64) also takes "all",
# "N" for the last CPU, and blanks between numbers; taskset (util-linux 2.38.1) knows none of
# these, numactl 2.0.16 only "all". A list written for one is no list for the other.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" util-linux=2.38.1-5+deb12u3 numactl=2.0.16-1
guest <<'EOF'
# One letter for each of the three: y for a list that is taken, n for one refused.
for list in 0-3:1/2 0-3:2 all N 0-N '0 2'; do
	answers=
	echo "$list" 2> /dev/null > /proc/irq/4/smp_affinity_list && answers=y || answers=n
	taskset -c "$list" true 2> /dev/null && answers=${answers}y || answers=${answers}n
	numactl -C "$list" true > /dev/null 2>&1 && answers=${answers}y || answers=${answers}n
	echo "<$list>: $answers"
done
echo 0-3:1/2 > /proc/irq/4/smp_affinity_list
echo "kernel: $(cat /proc/irq/4/smp_affinity_list)"
echo "taskset: $(taskset -c 0-3:2 sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)"
EOF

expect "kernel, taskset, numactl about 0-3:1/2" "$(value "<0-3:1\/2>")" ynn
expect "kernel, taskset, numactl about 0-3:2" "$(value "<0-3:2>")" nyn
expect "kernel, taskset, numactl about all" "$(value "<all>")" yny
expect "kernel, taskset, numactl about N" "$(value "<N>")" ynn
expect "kernel, taskset, numactl about 0-N" "$(value "<0-N>")" ynn
expect "kernel, taskset, numactl about '0 2'" "$(value "<0 2>")" ynn
expect "what the kernel understood by 0-3:1/2" "$(value kernel)" 0,2
expect "what taskset understood by 0-3:2" "$(value taskset)" 0,2
finish
