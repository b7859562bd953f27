#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Searches all states of the protocol models with spin.
#
# Usage: check.sh NAME...	NAME is a model, or MODEL:MUTANT for one that is broken on
#				purpose and in which spin has to find an error

here=$(dirname "$0")
. "$here/../verdicts.sh"

# Compile and search; the verdict is in $work/log.
search() {
	define=${2:+-D$2}
	work=$OUTPUT/model/$1${2:+-$2}
	rm -rf "$work"
	mkdir -p "$work"
	cp "$here/$1.pml" "$work" || return
	# shellcheck disable=SC2086 # one option, or none
	(cd "$work" && spin $define -a "$1.pml" &&
	 ${CC:-cc} -w -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -o search pan.c &&
	 timeout 900 ./search -n -m4000000 -w24) >"$work/log" 2>&1
}

result() { sed -nE "s/$1/\\1/p" "$work/log" | head -n 1; }

run() {
	search "${1%%:*}" "${2:-}"
	errors=$(result '.*errors: ([0-9]+)$')
	states=$(result ' *([^ ]+) states, stored$')
	what=$(result '^pan:1: (.*) \(at depth [0-9]+\)$' | cut -c 1-60)
	if grep -q 'Search not completed' "$work/log" && [ "$errors" = 0 ]; then
		errors=
	fi
	case ${2:+mutant}$errors in
	0)		good "$1: $states states" ;;
	mutant[1-9]*)	good "$1: $what" ;;
	mutant0)	bad "$1: nothing found in $states states" ;;
	*)		bad "$1: ${what:-the search did not come to an end}, see $work" ;;
	esac
	if [ "$errors" = 0 ]; then
		rm -f "$work/pan"*
	fi
}

for name; do
	if ! command -v spin >/dev/null; then
		skip "$name: spin is not installed"
		continue
	fi
	case $name in
	*:*)	run "$name" "${name#*:}" ;;
	*)	run "$name" ;;
	esac
done

print_sum
