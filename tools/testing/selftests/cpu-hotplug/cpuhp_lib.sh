# SPDX-License-Identifier: GPL-2.0
#
# What the shell tests of CPU hotplug share; sourced behind ktap_helpers.sh.
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

# echo to a file; the shell's own words about a failure are not wanted
put()
{
	echo "$2" 2>/dev/null > "$1"
}

# Sets movable and list to the CPUs that can go, and brings them all up.
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
