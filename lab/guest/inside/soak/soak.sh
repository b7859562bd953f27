#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# soak.sh MODE SECONDS [SEED]
#
# A real C project is built with make -j8, again and again, while CPUs come and
# go beside it, in the mode MODE of hotplug/quiesce: lock, freezer, or mixed for both in
# turn and everything else that moves CPUs. Every build must come out as the one that was
# made in peace. Beside it, tasks change their affinity, read a disk and write files.

mode=$1
seconds=$2
seed=$3
# Milliseconds at most from one operation to the next, or nothing would be built
# in mode freezer
pause=200
[ "$mode" != mixed ] || pause=20
# Seconds in which caches fill that stay filled
warming=20

sys=/sys/devices/system/cpu
cpuhp=/sys/kernel/debug/cpuhp
here=/soak
source=$here/src/tools/power/acpi
out=/tmp/soak/out
peace=/tmp/soak/peace
log=/tmp/soak/make.log
n=0
bad=0

result()
{
	n=$((n + 1))
	if "$1"; then
		echo "ok $n $2"
	else
		echo "not ok $n $2"
		bad=$((bad + 1))
	fi
}

# Hundredths of a second
now()
{
	read -r up rest < /proc/uptime
	echo "${up%.*}${up#*.}"
}

build()
{
	rm -rf $out
	mkdir -p $out
	make -j8 -C $source O=$out acpidump > $log 2>&1 && return
	echo "# make failed:"
	tail -n 20 $log | sed 's/^/# /'
	return 1
}

sums()
{
	(cd $out && find . -type f \( -name '*.o' -o -name acpidump \) | sort | xargs sha256sum)
}

build_in_peace()
{
	[ -s $peace ] && return
	begun=$(now)
	build || return 1
	sums > $peace.new && mv $peace.new $peace
	echo "# in peace: $(wc -l < $peace) files in $(($(now) - begun))0 ms"
}

# A build as above, and nothing is lost: the same files with the same contents.
build_again()
{
	begun=$(now)
	build || return 1
	sums | diff $peace - > $log.diff || {
		echo "# build $builds differs:"
		sed 's/^/# /' $log.diff
		return 1
	}
	echo "# build $builds in $(($(now) - begun))0 ms"
}

# $1: how long
stir_for()
{
	$here/stir "$1" $pause "$mode" $seed
}

builds_are_the_same()
{
	builds=0
	lost=0
	stir_for "$seconds" &
	stir=$!
	# The last one begins beside moving CPUs, and may end after them.
	while kill -0 $stir 2>/dev/null; do
		builds=$((builds + 1))
		build_again || lost=$((lost + 1))
	done
	wait $stir
	stirred=$?
	echo "# $builds builds, $lost lost"
	[ $lost = 0 ]
}

every_operation_succeeded()
{
	[ "$stirred" = 0 ]
}

all_cpus_are_back()
{
	[ "$(cat $sys/online)" = "$online" ]
}

what_goes_on_beside_goes_well()
{
	kill $load
	wait $load
}

moves()
{
	sed -n 's/^cpus  *//p' $cpuhp/counters
}

# Each second move may lose something small before this shows.
nothing_is_left_behind()
{
	rm -rf $out $log $log.diff
	/lab/weigh compare /tmp/soak/weight $moved
}

# The longest that a callback took since boot: its name, the direction and microseconds.
slowest_step()
{
	awk -F'\t' 'NR == 1 {
		for (i = 1; i <= NF; i++)
			column[$i] = i
		next
	}
	$column["up-max-us"] > most {
		most = $column["up-max-us"]
		what = $column["name"] " up"
	}
	$column["down-max-us"] > most {
		most = $column["down-max-us"]
		what = $column["name"] " down"
	}
	END { print what, most }' $cpuhp/steps
}

# What the project prints as the time of its build is no difference.
export SOURCE_DATE_EPOCH=0

mkdir -p /tmp/soak
online=$(cat $sys/online)
echo "TAP version 13"
echo "1..6"
echo lock > $sys/hotplug/quiesce
result build_in_peace "a build in peace"
[ "$mode" = mixed ] || echo "$mode" > $sys/hotplug/quiesce || exit 1
stir_for $warming > /dev/null
rm -rf $out $log
/lab/weigh take /tmp/soak/weight
moved=$(moves)
begun=$(now)
$here/load &
load=$!
result builds_are_the_same "$mode: builds beside moving CPUs come out the same"
result every_operation_succeeded "$mode: every operation did what it was asked for"
result all_cpus_are_back "$mode: all CPUs are back"
result what_goes_on_beside_goes_well "$mode: what goes on beside goes well"
echo lock > $sys/hotplug/quiesce
moved=$(($(moves) - moved))
echo "# moved $moved CPUs in $((($(now) - begun) / 100)) s"
echo "# slowest step: $(slowest_step) us"
result nothing_is_left_behind "$mode: memory, threads and slab are as before"
echo "$((n - bad)) passed, $bad failed, 0 skipped"
exit $((bad != 0))
