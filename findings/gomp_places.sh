#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's libgomp 12.2.0 with CPU 2 of four offline: the same four places are fatal or fine,
# by the variable that names them. OMP_PLACES drops the offline one with a warning and the
# program runs; GOMP_CPU_AFFINITY keeps it and the program ends with "Thread creation failed:
# Invalid argument" at its first parallel region. The program is fasttreeMP of fasttree 2.1.11.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" libgomp1=12.2.0-14+deb12u1 fasttree=2.1.11-2
guest <<'EOF'
printf '>%s\n%s\n' a ACGTACGTAC b ACGTTCGTAC c ACGAACGTAC d ACGTACGGAC e ACCTACGTAG > /tmp/a.fa
export OMP_NUM_THREADS=4
run()
{
	fasttreeMP -nt -quiet -out /tmp/tree /tmp/a.fa 2> /tmp/err
	echo "$1: status $? $(sed -n 's/^libgomp: //p' /tmp/err)"
}
GOMP_CPU_AFFINITY=0-3 run "GOMP_CPU_AFFINITY before"
echo 0 > $cpu/cpu2/online
GOMP_CPU_AFFINITY=0-3 run GOMP_CPU_AFFINITY
OMP_PLACES='{0},{1},{2},{3}' run OMP_PLACES
EOF

expect "GOMP_CPU_AFFINITY=0-3, all online" "$(value "GOMP_CPU_AFFINITY before")" "status 0 "
expect "GOMP_CPU_AFFINITY=0-3" "$(value GOMP_CPU_AFFINITY)" \
	"status 1 Thread creation failed: Invalid argument"
expect "OMP_PLACES={0},{1},{2},{3}" "$(value OMP_PLACES)" \
	"status 0 Number of places reduced from 4 to 3 because some places didn't contain any usable logical CPUs"
finish
