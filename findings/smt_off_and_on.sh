#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: smt/control forgets which CPUs a person had
# put offline. With CPU 2 (the first thread of a core) offline, "off" takes its sibling as well,
# so a whole core is gone; "on" brings back every CPU, CPU 2 included. And when "control" says
# "on" though no core has two threads online, writing "on" succeeds and brings none.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
guest <<'EOF'
echo 0 > $cpu/cpu2/online
echo off > $cpu/smt/control
echo "off: $(cat $cpu/online)"
echo on > $cpu/smt/control
echo "on: $(cat $cpu/online)"
echo 0 > $cpu/cpu1/online
echo 0 > $cpu/cpu3/online
echo "control: $(cat $cpu/smt/control)"
echo "active: $(cat $cpu/smt/active)"
echo on > $cpu/smt/control && echo "write: ok"
echo "on again: $(cat $cpu/online)"
EOF

expect "online after off, CPU 2 being offline before" "$(value off)" 0
expect "online after on" "$(value on)" 0-3
expect "smt/control with both second threads offline" "$(value control)" on
expect "smt/active then" "$(value active)" 0
expect "writing on then" "$(value write)" ok
expect "online after that" "$(value "on again")" 0,2
finish
