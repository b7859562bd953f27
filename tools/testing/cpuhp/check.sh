#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs all tests of planner and walker, and adds them up.
#
# Usage: check.sh VARIANT...	called by the Makefile, which has built
#				$OUTPUT/main, $OUTPUT/scale/main and
#				$OUTPUT/busted-VARIANT
# CHECK=busted runs the variants only.

. "$(dirname "$0")/verdicts.sh"

# A program of tests: it prints its own verdicts and its own sum.
run_tests() {
	log=$OUTPUT/$1.log
	"$OUTPUT/$1" >"$log" 2>&1
	status=$?
	sum=$(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p' "$log")
	sed '${/ skipped$/d}' "$log"
	if [ -z "$sum" ] || [ $status -gt 1 ]; then
		bad "$1 came to an end (status $status)"
		return
	fi
	# shellcheck disable=SC2086
	set -- $sum
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

# Broken code has to make the tests fail: not crash, not hang, not pass.
run_busted() {
	timeout 300 "$OUTPUT/busted-$1" >"$OUTPUT/busted-$1.log" 2>&1
	status=$?
	caught=$(grep -c '^not ok' "$OUTPUT/busted-$1.log")
	if [ $status -eq 1 ] && [ "$caught" -gt 0 ]; then
		good "busted $1: $caught tests notice"
	else
		bad "busted $1: not noticed (status $status, see $OUTPUT/busted-$1.log)"
	fi
}

run_fuzz() {
	if ! command -v "$FUZZ_CC" >/dev/null; then
		skip "fuzz: $FUZZ_CC is not installed"
	elif "$MAKE" -s fuzz OUTPUT="$OUTPUT" RUNS="$RUNS" SEED="$SEED" \
	     >"$OUTPUT/fuzz.log" 2>&1; then
		good "fuzz: $RUNS inputs, seed $SEED"
	else
		tail -50 "$OUTPUT/fuzz.log"
		bad "fuzz: see $OUTPUT/fuzz.log"
	fi
}

if [ "$CHECK" != busted ]; then
	run_tests main
	run_tests scale/main
fi
for variant; do
	run_busted "$variant"
done
[ "$CHECK" = busted ] || run_fuzz

print_sum
