#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's QEMU 7.2.22: a guest can remove a CPU that nobody asked it to give back, one that
# the machine was started with. Linux (linux-image-6.12.117+deb12-cloud-amd64) has a file eject
# for it. QEMU takes the CPU out of its list; the one DEVICE_DELETED event has no "device" and
# names the path of the CPU's local APIC, so who waits for the CPU's own name waits in vain.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
with_qmp <<'EOF'
. {"execute":"qmp_capabilities"}
@@ready {"execute":"query-cpus-fast","id":"before"}
@@ejected {"execute":"query-cpus-fast","id":"after"}
EOF
smp=2,maxcpus=2,sockets=2,cores=1,threads=1 guest <<'EOF'
echo @@ready
sleep 4
echo 1 > $cpu/cpu1/firmware_node/eject && echo "write: ok"
sleep 2
echo "present: $(cat $cpu/present)"
echo @@ejected
sleep 4
EOF

# indices ID: of the CPUs in QEMU's answer of that name
indices()
{
	grep "\"id\": \"$1\"" "$work/qmp" | grep -o '"cpu-index": [0-9]*' | tr -dc '0-9\n' | tr '\n' ' '
}
expect "writing 1 to eject of CPU 1" "$(value write)" ok
expect "CPUs present in the guest afterwards" "$(value present)" 0
expect "QEMU's CPUs before" "$(indices before)" "0 1 "
expect "QEMU's CPUs afterwards" "$(indices after)" "0 "
expect "data of its events DEVICE_DELETED" \
	"$(sed -n 's/.*"DEVICE_DELETED", "data": \(.*\)}.*/\1/p' "$work/qmp")" \
	'{"path": "/machine/unattached/device[2]/lapic"}'
finish
