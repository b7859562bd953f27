#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64 on 2 cores of 2 threads each: maxcpus=2 starts
# CPUs 0 and 2, the first thread of each core, so what is told to use CPU 1 cannot (taskset of
# util-linux 2.38.1). The documentation says how many CPUs start and not which ones. Linux
# starts them by cores since it can start them in parallel; cpuhp.parallel=0, described as being
# about parallel bringup only, makes them 0 and 1. nr_cpus=2 keeps 0 and 1 in both cases.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" util-linux=2.38.1-5+deb12u3
for append in maxcpus=2 "maxcpus=2 cpuhp.parallel=0" nr_cpus=2; do
	guest <<-'EOT'
		echo "online: $(cat $cpu/online)"
		echo "threads of CPU 0: $(cat $cpu/cpu0/topology/core_cpus_list)"
		taskset -c 1 true 2> /dev/null && echo "taskset: yes" || echo "taskset: no"
	EOT
	case $append in
	maxcpus=2)
		expect "online with $append" "$(value online)" 0,2
		expect "taskset -c 1" "$(value taskset)" no ;;
	*)
		expect "online with $append" "$(value online)" 0-1
		expect "taskset -c 1" "$(value taskset)" yes ;;
	esac
done
finish
