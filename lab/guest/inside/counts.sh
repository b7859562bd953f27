#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What operations on many CPUs cost in countable things, on any kernel with
# kprobe events. Two lines each:
#
#	count OPERATION LOCKS STOPS CALLS GPS EXPEDITED WAKEUPS IPIS
#	calls OPERATION KICKS STAGES DEATHS
#
# acquisitions of the write side of percpu rwsems, of which the hotplug lock is
# one; stops of the machine; calls that wait for a grace period; grace periods
# that began meanwhile, normal ones and expedited ones; wake-ups of the CPUs' hotplug
# threads; interrupts that one CPU sent to another while it was online. And functions that
# have run in a quiet takedown because another CPU called them: to wake a member, to end a
# stage, to report a death. tools/testing/cpuhp/scale says how many there should be.
# shellcheck source=cpus.sh
. /lab/cpus.sh

probes="percpu_down_write stop_machine_cpuslocked stop_machine_from_inactive_cpu
	synchronize_rcu synchronize_rcu_expedited rcu_gp_init sync_rcu_exp_select_cpus"
takedown="kicked last_turn_is_over complete_idle_dead"
events="sched/sched_waking ipi/ipi_send_cpu ipi/ipi_send_cpumask kprobes"

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
	hits sync_rcu_exp_select_cpus
	for name in $takedown; do
		hits "$name"
	done
}

# Interrupts in the trace: a mask stands for as many as it has bits.
interrupts()
{
	awk '
	BEGIN {
		split("0 1 1 2 1 2 2 3 1 2 2 3 2 3 3 4", bits)
	}
	/ ipi_send_cpu: / {
		sum++
	}
	/ ipi_send_cpumask: / {
		sub(/.*cpumask=/, "")
		sub(/ .*/, "")
		for (i = 1; i <= length($0); i++)
			sum += bits[index("0123456789abcdef", substr($0, i, 1))]
	}
	END {
		print sum + 0
	}
	' $trace/trace
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
	echo 1 > $trace/tracing_on
	"$@" || exit 1
	echo 0 > $trace/tracing_on
	after=$(numbers)
	# shellcheck disable=SC2046,SC2086 # words are what is meant
	set -- $(differences $before $after)
	echo "count $what $1 $2 $3 $4 $5 $(grep -c sched_waking: $trace/trace) $(interrupts)"
	echo "calls $what $6 $7 $8"
}

# As many numbers as there are in half of the arguments.
differences()
{
	echo "$@" | awk '{
		for (i = 1; i <= NF / 2; i++)
			printf "%s%d", i == 1 ? "" : " ", $(i + NF / 2) - $i
	}'
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
for name in $takedown; do
	echo "p:kprobes/$name $name" >> $trace/kprobe_events 2> /dev/null
done
echo 'comm ~ "cpuhp/*"' > $trace/events/sched/sched_waking/filter
for name in $events; do
	echo 1 > $trace/events/$name/enable || exit 1
done

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
