#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian 12's QEMU 7.2.22 without KVM and linux-image-6.12.117+deb12-cloud-amd64: of -smp
# 2,maxcpus=6 the kernel keeps no room for the other four, since it sees no hypervisor (Linux
# 6.1.192 kept all). device_add then says that it is done, the guest even reports success (an
# ACPI_DEVICE_OST event of status 0), QEMU lists three CPUs, and Linux has two for good. Only a
# line in its log tells: "Unable to map lapic to logical cpu number".
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
with_qmp <<'EOF'
. {"execute":"qmp_capabilities"}
@@ready {"execute":"device_add","arguments":{"driver":"max-x86_64-cpu","id":"added","socket-id":1,"core-id":0,"thread-id":0},"id":"add"}
@@ready {"execute":"query-cpus-fast","id":"list"}
EOF
smp=2,maxcpus=6,sockets=3,cores=2,threads=1 guest <<'EOF'
echo "possible: $(cat $cpu/possible)"
echo "room: $(dmesg | sed -n 's/.*CPU topo: \(Allowing.*\)/\1/p')"
echo @@ready
sleep 8
echo "present: $(cat $cpu/present)"
echo "log: $(dmesg | sed -n 's/.*ACPI: \(Unable to map.*\)/\1/p')"
EOF

expect "possible CPUs" "$(value possible)" 0-1
expect "the kernel at boot" "$(value room)" "Allowing 2 present CPUs plus 0 hotplug CPUs"
expect "device_add" "$(grep '"id": "add"' "$work/qmp" | tr -d '\r')" '{"return": {}, "id": "add"}'
expect "status that the guest reported" \
	"$(sed -n 's/.*ACPI_DEVICE_OST.*"status": \([0-9]*\).*/\1/p' "$work/qmp")" 0
expect "CPUs that QEMU lists" "$(grep '"id": "list"' "$work/qmp" | grep -o cpu-index | wc -l)" 3
expect "present CPUs afterwards" "$(value present)" 0-1
expect "the kernel's log" "$(value log)" "Unable to map lapic to logical cpu number"
finish
