#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-amd64: a task that slept (nanosleep) when its v1 cgroup
# was frozen runs again after a suspend, while freezer.state goes on saying FROZEN. The suspend
# here goes no farther than freezing and thawing (pm_test). A task that was frozen on its way out
# of the kernel stays; so does, in both cases, the task of a v2 cgroup (cgroup.freeze).
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-amd64=6.12.117-1~deb12u1
closure "$work/root" python3.11-minimal=3.11.2-6+deb12u9
guest <<'EOF'
mkdir /tmp/v1 /tmp/v2
mount -t cgroup -o freezer none /tmp/v1
mount -t cgroup2 none /tmp/v2
mkdir /tmp/v1/child /tmp/v2/child
for v in v1 v2; do
	python3.11 -c "
import time
f = open('/tmp/count.$v', 'wb', 0)
while True:
    f.write(b'x')
    time.sleep(0.5)" &
	echo $! > /tmp/$v/child/cgroup.procs
done
sleep 3
echo FROZEN > /tmp/v1/child/freezer.state
echo 1 > /tmp/v2/child/cgroup.freeze
sleep 1
echo "v1 before: $(cat /tmp/v1/child/freezer.state)"
# What the task wrote in three seconds.
steps()
{
	before=$(stat -c %s /tmp/count.$1)
	sleep 3
	echo $(($(stat -c %s /tmp/count.$1) - before))
}
echo "v1 frozen: $(steps v1)"
echo freezer > /sys/power/pm_test
echo 0 > /sys/module/suspend/parameters/pm_test_delay
echo freeze > /sys/power/state
echo "v1 state: $(cat /tmp/v1/child/freezer.state)"
echo "v1 later: $(steps v1)"
echo "v2 state: $(grep frozen /tmp/v2/child/cgroup.events)"
echo "v2 later: $(steps v2)"
EOF

expect "steps of the frozen v1 task" "$(value "v1 frozen")" 0
expect "its freezer.state" "$(value "v1 before")" FROZEN
expect "its freezer.state after a suspend" "$(value "v1 state")" FROZEN
expect_true "it makes steps after the suspend" [ "$(value "v1 later")" -gt 0 ]
expect "the v2 cgroup after a suspend" "$(value "v2 state")" "frozen 1"
expect "steps of its task" "$(value "v2 later")" 0
finish
