#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One SMT switch off and one on, recorded; the recordings go to the console.
for to in off on; do
	cpuhp trace -o "/tmp/smt-$to" -- cpuhp smt $to 2>/tmp/messages || {
		cat /tmp/messages
		exit 1
	}
	echo "recording smt-$to"
	gzip -c "/tmp/smt-$to.json" | base64
	echo "end"
done
