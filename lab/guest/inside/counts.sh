#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What operations on many CPUs cost in countable things, on any kernel with
# kprobe events. One line each:
#
#	count OPERATION LOCKS STOPS CALLS GPS WAKEUPS
#
# acquisitions of the write side of percpu rwsems, of which the hotplug lock is
# one; stops of the machine; calls that wait for a grace period; grace periods
# that began meanwhile; wake-ups of the CPUs' hotplug threads.
# shellcheck source=cpus.sh
. /lab/cpus.sh

probes="percpu_down_write stop_machine_cpuslocked stop_machine_from_inactive_cpu
	synchronize_rcu synchronize_rcu_expedited rcu_gp_init"

hits()
{
	awk -v names=" $* " 'index(names, " " $1 " ") { sum += $2 } END { print sum + 0 }' \
		$trace/kprobe_profile
}

numbers()
{
	hits percpu_down_write
	hits stop_machine_cpuslocked stop_machine_from_inactive_cpu
	hits synchronize_rcu synchronize_rcu_expedited
	hits rcu_gp_init
}

each()
{
	for file in "$cpus"/cpu[0-9]*/online; do
		echo "$1" > "$file" || exit 1
	done
}

# Operation, then what does it.
count()
{
	what=$1
	shift
	before=$(numbers)
	echo > $trace/trace
	"$@" || exit 1
	after=$(numbers)
	wakeups=$(grep -c sched_waking: $trace/trace)
	# shellcheck disable=SC2086 # words are what is meant
	set -- $before $after
	echo "count $what $(($5 - $1)) $(($6 - $2)) $(($7 - $3)) $(($8 - $4)) $wakeups"
}

put()
{
	echo "$1" > "$cpus/$2"
}

# Soon after boot the kernel changes to a better clock, and stops the machine for it.
until ! grep -q early /sys/devices/system/clocksource/clocksource0/current_clocksource; do
	sleep 0.1
done
for name in $probes; do
	echo "p:kprobes/$name $name" >> $trace/kprobe_events || exit 1
done
echo 'comm ~ "cpuhp/*"' > $trace/events/sched/sched_waking/filter
echo 1 > $trace/events/sched/sched_waking/enable
echo 1 > $trace/events/kprobes/enable

if [ -e $cpus/hotplug/offline ]; then
	list=$(can_go | paste -s -d , -)
	down="put $list hotplug/offline"
	up="put $list hotplug/online"
else
	down="each 0"
	up="each 1"
fi
count smt-off put off smt/control
count smt-on put on smt/control
# shellcheck disable=SC2086
count all-off $down
# shellcheck disable=SC2086
count all-on $up
