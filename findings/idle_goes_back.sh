#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: the idle time of the whole machine in the
# first line of /proc/stat falls when a CPU goes offline or comes back. What an offline CPU adds
# is taken from another clock than what an online one adds, and the two drift apart. A tool that
# subtracts two readings gets a negative number or, unsigned, an enormous one. Seen: falls of
# 0.3 to 4 seconds within eight times off and on; nothing falls while the CPUs stay.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
guest <<'EOF'
# A fall of the idle total since the last call, in hundredths of a second, 0 for none.
look()
{
	now=$(awk '/^cpu /{ print $5 }' /proc/stat)
	[ "$now" -lt "$last" ] && [ $((last - now)) -gt "$fall" ] && fall=$((last - now))
	last=$now
}
last=0 fall=0
for i in 1 2 3 4 5 6 7 8; do
	sleep 1
	look
done
echo "still: $fall"
for i in 1 2 3 4 5 6 7 8; do
	echo 0 > $cpu/cpu2/online
	look
	sleep 1
	look
	echo 1 > $cpu/cpu2/online
	look
	sleep 0.5
	look
done
echo "moving: $fall"
EOF

expect "fall of the idle total, CPUs left alone" "$(value still)" 0
expect_true "the idle total falls by 0.2 s or more when CPU 2 goes and comes" \
	[ "$(value moving)" -ge 20 ]
finish
