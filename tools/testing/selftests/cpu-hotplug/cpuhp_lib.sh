# SPDX-License-Identifier: GPL-2.0
#
# What the shell tests of CPU hotplug share; sourced after ktap_helpers.sh.
# shellcheck shell=sh

sys=/sys/devices/system/cpu
core=/sys/module/cpuhp/parameters
counters=/sys/kernel/debug/cpuhp/counters
movable=
list=
loaded=

print_totals()
{
	echo "$KTAP_CNT_PASS passed, $KTAP_CNT_FAIL failed, $KTAP_CNT_SKIP skipped"
}

skip_all()
{
	ktap_skip_all "$1"
	KTAP_CNT_SKIP=1
	exit "$KSFT_SKIP"
}

# Restores the machine. A script that changes more than CPUs has its own.
finish()
{
	stretch_nothing
	all_online
	[ -z "$loaded" ] || rmmod "$loaded" 2>/dev/null
	print_totals
}

# Starts the output. finish() is called in any case.
begin_tests()
{
	ktap_print_header
	trap finish EXIT
	trap 'exit "$KSFT_FAIL"' HUP INT TERM
	[ "$(id -u)" = 0 ] || skip_all "must be run as root"
	[ -e $sys/hotplug/states ] || skip_all "kernel without CPU hotplug"
}

# Loads the file $1 of a module, with parameters, or skips all tests.
need_module()
{
	[ -e "$1" ] || skip_all "$1 was not built"
	loaded=$(basename "$1" .ko)
	insmod "$@" 2>/dev/null || skip_all "this kernel does not take the module"
}

# Writes $2 to file $1, without a message of the shell if that fails.
put()
{
	echo "$2" 2>/dev/null > "$1"
}

# Sets movable and list to the CPUs that can go offline, and brings them all up.
find_movable()
{
	for path in "$sys"/cpu[0-9]*; do
		cpu=${path##*cpu}
		[ "$cpu" != 0 ] || continue
		[ -e "$path/online" ] || continue
		put "$path/online" 1
		movable="$movable $cpu"
		list=$list${list:+,}$cpu
	done
	[ -n "$movable" ] || skip_all "no CPU that can go offline"
}

# As find_movable, for tests of batches: there are batches, and at least $1 such CPUs.
need_batch_of()
{
	[ -e $sys/hotplug/offline ] || skip_all "no hotplug/offline"
	find_movable
	nr_movable=$(echo "$movable" | wc -w)
	[ "$nr_movable" -ge "$1" ] || skip_all "fewer than $1 CPUs can go offline"
}

# The number of the state $1.
number_of()
{
	sed -n "s,^ *\\([0-9]*\\): $1\$,\\1,p" $sys/hotplug/states
}

# One test: its name, then the function with its arguments. If it fails, what the
# script's own report() prints goes with it.
check_and_report()
{
	what=$1
	shift
	if "$@"; then
		ktap_test_pass "$what"
	else
		ktap_print_msg "$(report)"
		ktap_test_fail "$what"
	fi
}

state_of()
{
	cat "$sys/cpu$1/hotplug/state"
}

# The CPUs that are online while all of $list are away; these go and come.
those_that_stay()
{
	put $sys/hotplug/offline "$list" && cat $sys/online && put $sys/hotplug/online "$list"
}

all_online()
{
	for cpu in $movable; do
		put "$sys/cpu$cpu/online" 1
	done
}

# Members of a takedown wait no longer than they have to.
stretch_nothing()
{
	[ ! -e $core/stretch ] || put $core/stretch none:0
}

# The counter $1 of the kernel, 0 without one.
counter()
{
	sed -n "s/^$1  *//p" $counters 2>/dev/null | grep . || echo 0
}

# Do the CPUs of the list leave while all others go on? They come back.
leave_quietly()
{
	quiet_so_far=$(counter quiet-takedowns)
	put $sys/hotplug/offline "$list"
	all_online
	[ "$(counter quiet-takedowns)" -gt "$quiet_so_far" ]
}

# Repeats a command until it succeeds; fails after a minute without success. The
# first tries follow each other without a pause.
wait_until()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 700 ] || return 1
		[ $tries -lt 100 ] || sleep 0.1
	done
}
