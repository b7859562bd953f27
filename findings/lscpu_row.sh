#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's lscpu (util-linux 2.38.1): in the format for programs, "lscpu -p -a", the line of an
# offline CPU is shorter than the head says, and what it still knows slips to the left. Here the
# line of CPU 2 has one number after five commas: the identity of its L3, in the column of L1d.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" util-linux=2.38.1-5+deb12u3
model=max guest <<'EOF'
echo "before: $(lscpu -p -a | grep '^2,')"
echo 0 > $cpu/cpu2/online
echo "head: $(lscpu -p -a | grep '^# CPU' | cut -c 3-)"
echo "after: $(lscpu -p -a | grep '^2,')"
EOF

expect "head" "$(value head)" CPU,Core,Socket,Node,,L1d,L1i,L2,L3
expect "line of CPU 2, online" "$(value before)" 2,1,0,0,,2,2,2,0
expect "line of CPU 2, offline" "$(value after)" 2,,,,,0
finish
