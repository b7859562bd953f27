#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# While the machine is stopped for CPUs that leave, CPUs of nohz_full have their tick:
# each of several stops begins with a request for it, and no request is left behind.
#
# Needs a kernel with CONFIG_NO_HZ_FULL, and nohz_full= on its command line.
#
# Guards this patch:
#	rcu: Keep the tick for a stop of the machine only

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

tracing=/sys/kernel/tracing
events=$tracing/events/cpuhp_tick
cpuhp=/sys/module/cpuhp/parameters
# TICK_DEP_BIT_RCU
bit=0x4
probed=
stop_max=
takedown=

finish()
{
	if [ -n "$probed" ]; then
		put $events/enable 0
		for probe in $probed; do
			echo "-:cpuhp_tick/$probe" >> $tracing/kprobe_events
		done
	fi
	all_online
	[ -z "$stop_max" ] || put $cpuhp/stop_max "$stop_max"
	[ -z "$takedown" ] || put $cpuhp/takedown "$takedown"
	print_totals
}

# A probe with the name $1 at function $2, with arguments $3
probe()
{
	echo "p:cpuhp_tick/$1 $2 $3" >> $tracing/kprobe_events 2>/dev/null || return 1
	probed="$probed $1"
}

probe_all()
{
	probe asked tick_nohz_dep_set "bit=\$arg1:x32" &&
		probe withdrawn tick_nohz_dep_clear "bit=\$arg1:x32" &&
		probe stop stop_machine_cpuslocked
}

# Counts in the trace what the words "stops", "without" and "left" name: stops, those that
# began without a request for the tick, requests that were not withdrawn in the end.
count()
{
	awk -v bit="bit=$bit" -v what="$1" '
		/ asked: / && $NF == bit	{ asked = 1 }
		/ withdrawn: / && $NF == bit	{ asked = 0 }
		/ stop: /			{ stops++; without += !asked }
		END {
			n["stops"] = stops; n["without"] = without; n["left"] = asked
			print n[what] + 0
		}
	' $tracing/trace
}

leave_one_by_one()
{
	put $tracing/trace ""
	put $events/enable 1
	put $sys/hotplug/offline "$list"
	err=$?
	put $events/enable 0
	ktap_print_msg "$(count stops) stops, $(count without) without a tick"
	return $err
}

tick_for_each_stop()
{
	leave_one_by_one && [ "$(count stops)" -gt 1 ] && [ "$(count without)" = 0 ]
}

nothing_left()
{
	[ "$(count left)" = 0 ]
}

begin_tests
grep -q '[0-9]' $sys/nohz_full 2>/dev/null || skip_all "no CPU of nohz_full"
[ -e $cpuhp/stop_max ] || skip_all "no cpuhp.stop_max"
need_batch_of 2
[ -e $tracing/kprobe_events ] || mount -t tracefs none $tracing 2>/dev/null
probe_all || skip_all "no kprobe events"

stop_max=$(cat $cpuhp/stop_max)
put $cpuhp/stop_max 1
if [ -e $cpuhp/takedown ]; then
	takedown=$(cat $cpuhp/takedown)
	put $cpuhp/takedown stop
fi

ktap_set_plan 2
ktap_test_result "tick for each stop" tick_for_each_stop
ktap_test_result "no request left behind" nothing_left
ktap_finished
