# SPDX-License-Identifier: GPL-2.0
#
# What the shell tests of CPU hotplug share; sourced after ktap_helpers.sh.
# shellcheck shell=sh

sys=/sys/devices/system/cpu
movable=
list=

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

# Starts the output. The script's own finish() restores the machine in any case.
begin_tests()
{
	ktap_print_header
	trap finish EXIT
	trap 'exit "$KSFT_FAIL"' HUP INT TERM
	[ "$(id -u)" = 0 ] || skip_all "must be run as root"
	[ -e $sys/hotplug/states ] || skip_all "kernel without CPU hotplug"
}

# Loads module $1 with parameters, or skips all tests.
need_module()
{
	[ -e "$1" ] || skip_all "$1 was not built"
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

all_online()
{
	for cpu in $movable; do
		put "$sys/cpu$cpu/online" 1
	done
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
