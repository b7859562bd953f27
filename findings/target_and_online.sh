#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: a CPU that was put offline through its file
# hotplug/target still has 1 in its file online. Writing 1 there succeeds and moves nothing;
# chcpu of util-linux 2.38.1 reads the file and says "already enabled". Only 0 and then 1 helps.
# The list of online CPUs tells the truth all the time.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" util-linux=2.38.1-5+deb12u3
guest <<'EOF'
echo 0 > $cpu/cpu2/hotplug/target
echo "target: $(cat $cpu/cpu2/hotplug/target)"
echo "file: $(cat $cpu/cpu2/online)"
echo "list: $(cat $cpu/online)"
echo 1 > $cpu/cpu2/online && echo "write of 1: ok"
echo "list after 1: $(cat $cpu/online)"
echo "chcpu: $(chcpu -e 2)"
echo "list after chcpu: $(cat $cpu/online)"
echo 0 > $cpu/cpu2/online && echo 1 > $cpu/cpu2/online
echo "list after 0 and 1: $(cat $cpu/online)"
EOF

expect "hotplug/target of CPU 2" "$(value target)" 0
expect "cpu2/online" "$(value file)" 1
expect "the list of online CPUs" "$(value list)" 0-1,3
expect "writing 1 to cpu2/online" "$(value "write of 1")" ok
expect "the list after that" "$(value "list after 1")" 0-1,3
expect "chcpu -e 2" "$(value chcpu)" "CPU 2 is already enabled"
expect "the list after that" "$(value "list after chcpu")" 0-1,3
expect "the list after 0 and 1" "$(value "list after 0 and 1")" 0-3
finish
