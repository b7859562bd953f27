#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-amd64: a task of a frozen cgroup (v1, freezer.state) runs
# again after a suspend, while freezer.state goes on saying FROZEN. The suspend here goes no
# farther than freezing and thawing (pm_test). A cgroup of v2 (cgroup.freeze) keeps its task.
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
    time.sleep(0.01)" &
	echo $! > /tmp/$v/child/cgroup.procs
done
sleep 3
echo FROZEN > /tmp/v1/child/freezer.state
echo 1 > /tmp/v2/child/cgroup.freeze
sleep 1
# What the task wrote in one second.
steps()
{
	before=$(stat -c %s /tmp/count.$1)
	sleep 1
	echo $(($(stat -c %s /tmp/count.$1) - before))
}
echo "v1 frozen: $(steps v1)"
echo freezer > /sys/power/pm_test
echo 0 > /sys/module/suspend/parameters/pm_test_delay
for i in 1 2 3; do
	echo freeze > /sys/power/state
done
echo "v1 state: $(cat /tmp/v1/child/freezer.state)"
echo "v1 later: $(steps v1)"
echo "v2 state: $(grep frozen /tmp/v2/child/cgroup.events)"
echo "v2 later: $(steps v2)"
EOF

expect "steps of the frozen v1 task" "$(value "v1 frozen")" 0
expect "its freezer.state after a suspend" "$(value "v1 state")" FROZEN
expect_true "it makes steps after the suspend" [ "$(value "v1 later")" -gt 0 ]
expect "the v2 cgroup after a suspend" "$(value "v2 state")" "frozen 1"
expect "steps of its task" "$(value "v2 later")" 0
finish
