# SPDX-License-Identifier: GPL-2.0
#
# Verdicts and their sum, for scripts that run tests; sourced.
# shellcheck shell=sh

passed=0
failed=0
skipped=0

good() { echo "ok     $1"; passed=$((passed + 1)); }
bad() { echo "not ok $1"; failed=$((failed + 1)); }
skip() { echo "skip   $1"; skipped=$((skipped + 1)); }

# The last line of the output, and the exit status.
print_sum() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
