# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the test scripts share: counting, and comparing what the tool said with
# what it should have said. Sourced; needs no more than busybox.

passed=0
failed=0
skipped=0

pass()
{
	passed=$((passed + 1))
	echo "ok: $1"
}

fail()
{
	failed=$((failed + 1))
	echo "FAILED: $1"
	[ -z "$2" ] || echo "$2" | sed 's/^/    /'
}

# skip NAME WHY
skip()
{
	skipped=$((skipped + 1))
	echo "skipped: $1: $2"
}

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:    $2
wanted: $3"
	fi
}

# has NAME GOT PATTERN: GOT contains a line that matches the basic regex PATTERN
has()
{
	if echo "$2" | grep -q -- "$3"; then
		pass "$1"
	else
		fail "$1" "in:     $2
wanted: $3"
	fi
}

# until_true COMMAND...: wait for it to succeed, 20 s at most
until_true()
{
	tries=200
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

finish()
{
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ]
}
