#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# soak.sh MODE SECONDS [SEED]
#
# A real C project is built with make -j8, again and again, while CPUs come and
# go beside it, in the mode MODE of hotplug/quiesce. Every build must come out as
# the one that was made in peace.

mode=$1
seconds=$2
seed=$3
# Milliseconds at most from one operation to the next, or nothing would be built
# in mode freezer
pause=200

sys=/sys/devices/system/cpu
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

builds_are_the_same()
{
	builds=0
	lost=0
	$here/stir "$seconds" $pause $seed &
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

# What the project prints as the time of its build is no difference.
export SOURCE_DATE_EPOCH=0

mkdir -p /tmp/soak
online=$(cat $sys/online)
echo "TAP version 13"
echo "1..4"
echo lock > $sys/hotplug/quiesce
result build_in_peace "a build in peace"
echo "$mode" > $sys/hotplug/quiesce || exit 1
result builds_are_the_same "$mode: builds beside moving CPUs come out the same"
result every_operation_succeeded "$mode: every operation did what it was asked for"
result all_cpus_are_back "$mode: all CPUs are back"
echo lock > $sys/hotplug/quiesce
echo "$((n - bad)) passed, $bad failed, 0 skipped"
exit $((bad != 0))
