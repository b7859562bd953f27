#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A hibernation of this machine, which another one wakes up from the disk:
#
#	hibernate.sh [FILE=VALUE...]	make the settings, hibernate, compare
#	hibernate.sh refuse STEP	hibernate, but let STEP fail on the last CPU
#
# FILE is below /sys/devices/system/cpu. What user space can see of CPUs, before and
# after, must be the same; only then all CPUs come back. Prints KTAP.

cpu=/sys/devices/system/cpu
cgroup=/sys/fs/cgroup
disk=/dev/vda
views='cpus smt tasks interrupts cpusets workqueues domains'
count=0
failed=0

# verdict NAME WHY: good if there is no WHY
verdict()
{
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count $1"
	echo "$2" | sed 's/^/# /'
}

# put VALUE FILE: prints the error's text, nothing on success
put()
{
	{ echo "$1" > "$2"; } 2>&1 | sed 's/^.*write error: //'
}

# with_names FILE...: each with its content
with_names()
{
	grep -s '' "$@" /dev/null
}

see_cpus()
{
	with_names $cpu/online $cpu/offline $cpu/cpu[0-9]*/online $cpu/cpu[0-9]*/hotplug/state
}

see_smt()
{
	with_names $cpu/smt/control $cpu/smt/active
}

# Ours, and kernel threads. Not those of workqueues, which come and go, nor those that
# follow an interrupt, or the CPUs of a node that are online, wherever these go.
see_tasks()
{
	for status in /proc/[0-9]*/status; do
		awk '
			$1 == "Name:" { name = $2 }
			$1 == "Pid:" { pid = $2 }
			$1 == "PPid:" { parent = $2 }
			$1 == "Cpus_allowed_list:" { list = $2 }
			END {
				if (parent == 2 && name !~ "^(kworker|irq/|kcompactd)")
					print name, pid, list
			}
		' "$status" 2> /dev/null
	done
	for pid in $$ $children; do
		with_names "/proc/$pid/cgroup"
		grep Cpus_allowed_list "/proc/$pid/status"
	done
}

# virtio gives its interrupts back for the night, and gets new ones in the morning.
see_interrupts()
{
	with_names /proc/irq/default_smp_affinity
	for irq in /proc/irq/[0-9]*; do
		ls -d "$irq"/virtio* > /dev/null 2>&1 || with_names "$irq/smp_affinity_list"
	done
}

see_cpusets()
{
	with_names $cgroup/cpuset.cpus.* $cgroup/*/cpuset.cpus*
}

see_workqueues()
{
	with_names /sys/devices/virtual/workqueue/cpumask* \
		/sys/devices/virtual/workqueue/*/cpumask
}

see_domains()
{
	find /sys/kernel/debug/sched/domains | sort
	with_names /sys/kernel/debug/sched/domains/cpu*/domain*/name
}

# look WHEN: keep what is to be seen in the directory of that name
look()
{
	mkdir -p "/tmp/$1"
	for view in $views; do
		"see_$view" > "/tmp/$1/$view"
	done
}

compare()
{
	for view in $views; do
		[ -s "/tmp/before/$view" ] || verdict "$view" "there is nothing to be seen"
		verdict "the $view are as they were" "$(diff "/tmp/before/$view" "/tmp/after/$view")"
	done
}

# Tasks with something to lose: one sleeps and one works on a CPU of its own, and
# one lives in a cpuset. Some interrupts may go to two CPUs. Domains are to be seen.
populate()
{
	echo Y > /sys/kernel/debug/sched/verbose
	echo +cpuset > $cgroup/cgroup.subtree_control
	mkdir -p $cgroup/some
	echo 0-1 > $cgroup/some/cpuset.cpus
	sleep 100000 &
	children=$!
	echo $! > $cgroup/some/cgroup.procs
	taskset 8 sleep 100000 &
	children="$children $!"
	taskset 2 sh -c 'while :; do :; done' &
	children="$children $!"
	awk -F: '/ttyS|rtc|acpi/ { print $1 + 0 }' /proc/interrupts | while read -r irq; do
		put 0-1 "/proc/irq/$irq/smp_affinity_list" > /dev/null
	done
}

hibernate()
{
	mkswap $disk > /dev/null && swapon $disk && put shutdown /sys/power/disk &&
		put 0 /sys/power/image_size
	put disk /sys/power/state
}

go_on()
{
	for setting in "$@"; do
		verdict "$setting" "$(put "${setting#*=}" "$cpu/${setting%%=*}")"
	done
	look before
	verdict "the machine hibernates and wakes up" "$(hibernate)"
	look after
	compare
	verdict "SMT comes back" "$(put on $cpu/smt/control)"
	verdict "all CPUs come back" "$(put "$(cat $cpu/present)" $cpu/hotplug/online)"
	verdict "they are online" "$(diff $cpu/present $cpu/online)"
}

refuse()
{
	step=$(awk -F': ' -v name="$1" '$2 == name { print $1 + 0 }' $cpu/hotplug/states)
	last=$(sed 's/.*-//' $cpu/present)
	verdict "$1 will fail" "$(put "$step" "$cpu/cpu$last/hotplug/fail")"
	look before
	answer="answer: $(hibernate)"
	[ "$answer" != 'answer: Resource temporarily unavailable' ] || answer=
	verdict "the hibernation is refused with EAGAIN" "$answer"
	look after
	compare
	swapoff $disk
}

echo 'TAP version 13'
populate
if [ "$1" = refuse ]; then
	refuse "$2"
else
	go_on "$@"
fi
# shellcheck disable=SC2086 # a list of numbers
kill $children
echo "1..$count"
[ $failed = 0 ]
