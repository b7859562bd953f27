#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's QEMU 7.2.22 without KVM: an INIT clears the MTRRs of a processor; by Intel's manual
# (volume 3, the table of the state after power-up, reset and INIT) it leaves them alone. Two
# traces of it on Debian's linux-image-6.12.117+deb12-cloud-amd64: at boot the kernel blames the
# firmware for MTRRs that differ, and a register that the kernel does not touch (it was told
# that there are no MTRRs) is 0 when its CPU was offline for a moment.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" msr-tools=1.3-5
cp "$(find "$work/kernel" -path '*/arch/x86/kernel/msr.ko.xz')" "$work/root/"
guest <<'EOF'
echo "blame: $(dmesg | sed -n 's/.*mtrr: \(probably.*\)/\1/p')"
EOF
blame=$(value blame)
append=clearcpuid=mtrr guest <<'EOF'
xz -dc /msr.ko.xz > /tmp/msr.ko
insmod /tmp/msr.ko
wrmsr -p 1 0x20e 0x12340006
echo "written: $(rdmsr -p 1 0x20e)"
echo 0 > $cpu/cpu1/online
echo 1 > $cpu/cpu1/online
echo "after INIT: $(rdmsr -p 1 0x20e)"
EOF

expect "at boot" "$blame" "probably your BIOS does not setup all CPUs."
expect "base of MTRR 7 on CPU 1, written" "$(value written)" 12340006
expect "the same after its INIT" "$(value "after INIT")" 0
finish
