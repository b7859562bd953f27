#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own torture of function calls, RCU and locks, while CPUs come and go.
# Each ends with a verdict of its own in the kernel log.
#
#	torture_test.sh				all of them, for a short time
#	torture_test.sh MOVERS MODULE [PARAM...]	one of them
#
# MOVERS: who moves CPUs.
#	onoff	the torture itself, one by one
#	batches	torture_batches
#	both	both: where one of them is slower it is refused, which is counted
#
# CPUHP_SECONDS in the environment: how long each of them takes.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

seconds=${CPUHP_SECONDS:-10}
moves=$(mktemp)

finish()
{
	for module in scftorture rcutorture locktorture torture; do
		rmmod $module 2>/dev/null
	done
	rm -f "$moves"
	all_online
	print_totals
}

# The module $1 lies where modules are, or in /modules.
there()
{
	[ -e "/modules/$1.ko" ] || modprobe -n "$1" 2>/dev/null
}

# Loads it with parameters.
load()
{
	modprobe "$@" 2>/dev/null && return
	name=$1
	shift
	insmod "/modules/$name.ko" "$@" 2>/dev/null
}

# The counts of torture.ko begin anew. RCU's writer pauses for 5 seconds at a time, and
# counts as stuck if two reports find it at the same place.
load_torture()
{
	rmmod torture 2>/dev/null
	load torture && load "$@" shutdown_secs=0 verbose=1 stat_interval=15
}

# What the log says since the last torture began.
said()
{
	dmesg | awk '/torture: ?--- Start of test/ { n = 0 }
		{ line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }'
}

verdict()
{
	said | sed -n 's/.*torture: *--- End of test: \([A-Z_]*\).*/\1/p'
}

# An errno per line, of the writes that failed and of what the torture tried.
refusals()
{
	sed -n 's/^refused //p' "$moves"
	said | sed -n 's/.*torture_onoff task: o.*line [0-9]* failed: errno -*//p'
}

# "3 with errno 1, 2 with errno 16"
refusals_counted()
{
	refusals | sort -n | uniq -c |
		awk '{ printf "%s%d with errno %d", (NR > 1 ? ", " : ""), $1, $2 }
			END { if (!NR) printf "none" }'
}

# Nobody refuses a mover that is alone. One of two comes too late (1), or would take
# the last CPUs (16, EBUSY).
unexplained()
{
	case $movers in
	both)
		refusals | grep -v -x -E '1|16';;
	*)
		refusals;;
	esac
}

verdict_is_fine()
{
	case $1 in
	SUCCESS)
		return 0;;
	*_HOTPLUG)
		[ "$movers" = both ] && [ -n "$(refusals)" ];;
	*)
		return 1;;
	esac
}

# The threads of scftorture pin themselves while they start, and miss a CPU that has gone.
all_started()
{
	[ "$1" != scftorture ] ||
		[ "$(said | grep -c 'invoker [0-9]* started')" -gt "$nr_movable" ]
}

# $1: the module
move()
{
	wait_until all_started "$1" || return 1
	if [ "$movers" = onoff ]; then
		sleep "$seconds"
	else
		"$dir/torture_batches" "$seconds" > "$moves"
	fi
}

# $1: who moves CPUs, the rest: module and parameters
tortured()
{
	movers=$1
	shift
	[ "$movers" = batches ] || set -- "$@" onoff_interval=1 onoff_holdoff=2
	: > "$moves"
	operations=$(counter batches)
	cpus=$(counter cpus)
	load_torture "$@" || return 1
	move "$1"
	moved=$?
	rmmod "$1" || return 1
	verdict=$(verdict)
	ktap_print_msg "$verdict, $(($(counter batches) - operations)) operations of" \
		"$(($(counter cpus) - cpus)) CPUs, refused: $(refusals_counted)"
	verdict_is_fine "$verdict" && [ -z "$(unexplained)" ] && return $moved
	return 1
}

# $1: who moves CPUs, the rest: module and parameters
check()
{
	movers=$1
	shift
	if there "$1"; then
		ktap_test_result "$*, $movers" tortured "$movers" "$@"
	else
		ktap_test_skip "$*, $movers: there is no $1"
	fi
}

both_ways()
{
	check batches "$@"
	check onoff "$@"
}

begin_tests
need_batch_of 2

if [ $# -gt 1 ]; then
	ktap_set_plan 1
	check "$@"
else
	ktap_set_plan 8
	both_ways scftorture
	both_ways rcutorture
	both_ways rcutorture gp_exp=1
	both_ways locktorture
fi
ktap_finished
