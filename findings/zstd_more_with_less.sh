#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's zstd 1.5.4 with -T0 ("as many threads as cores") on 2 cores of 2 threads each:
# two workers when all four CPUs are online, three when one of them is offline. It divides the
# online CPUs by "siblings" over "cpu cores" of /proc/cpuinfo, whole numbers, and 3 over 2 is 1.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" zstd=1.5.4+dfsg2-5
guest <<'EOF'
workers()
{
	zstd -T0 -vvv -f /init -o /tmp/z 2>&1 | sed -n 's/^set nb workers = \([0-9]*\).*/\1/p'
}
ratio()
{
	sed -n 's/^\(siblings\|cpu cores\).*: //p' /proc/cpuinfo | head -n 2 | tr '\n' ' '
}
echo "four: $(ratio)"
echo "workers of four: $(workers)"
echo 0 > $cpu/cpu2/online
echo "three: $(ratio)"
echo "workers of three: $(workers)"
EOF

expect "siblings and cores, all online" "$(value four)" "4 2 "
expect "workers then" "$(value "workers of four")" 2
expect "siblings and cores, CPU 2 offline" "$(value three)" "3 2 "
expect "workers then" "$(value "workers of three")" 3
finish
