#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: a sleeping task was pinned to CPU 2, which
# goes offline. sched_getaffinity() then succeeds with an empty set: taskset (util-linux 2.38.1)
# ends its sentence with nothing, Python 3.11 prints set(). Once the task wakes it may run
# everywhere, and the return of CPU 2 does not give its pin back. In a child of the cgroup v2
# cpuset controller the same task is moved at once and gets its pin back.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" util-linux=2.38.1-5+deb12u3 python3.11-minimal=3.11.2-6+deb12u9
guest <<'EOF'
allowed()
{
	sed -n 's/^Cpus_allowed_list:\t//p' /proc/$task/status
}
mkfifo /tmp/wake
dash -c 'read -r x < /tmp/wake; exec sleep 60' &
task=$!
sleep 0.5
taskset -cp 2 $task > /dev/null
echo 0 > $cpu/cpu2/online
echo "taskset: $(taskset -cp $task | sed 's/.*list://')."
echo "python: $(python3.11 -c "import os; print(os.sched_getaffinity($task))")"
echo "status: $(allowed)"
echo > /tmp/wake
sleep 1
echo "awake: $(allowed)"
echo 1 > $cpu/cpu2/online
echo "back: $(allowed)"

mkdir /tmp/cgroup
mount -t cgroup2 none /tmp/cgroup
echo +cpuset > /tmp/cgroup/cgroup.subtree_control
mkdir /tmp/cgroup/child
echo $task > /tmp/cgroup/child/cgroup.procs
taskset -cp 2 $task > /dev/null
echo 0 > $cpu/cpu2/online
sleep 1
echo "cpuset: $(allowed)"
echo 1 > $cpu/cpu2/online
sleep 1
echo "cpuset back: $(allowed)"
EOF

expect "taskset's list of a sleeping task pinned to an offline CPU" "$(value taskset)" .
expect "Python's set of it" "$(value python)" "set()"
expect "Cpus_allowed_list of it" "$(value status)" 2
expect "the same when it woke" "$(value awake)" 0-3
expect "the same when CPU 2 was back" "$(value back)" 0-3
expect "in a child cpuset, CPU 2 offline" "$(value cpuset)" 0-1,3
expect "in a child cpuset, CPU 2 back" "$(value "cpuset back")" 2
finish
