#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's linux-image-6.12.117+deb12-cloud-amd64: freezing and thawing a cgroup makes calls that
# wait without a limit return EINTR, though nobody sent a signal: epoll_wait(), semop() and
# io_getevents() in v1 and v2, sigtimedwait() in v2 alone. The kernel's text on v1
# (freezer-subsystem.rst) promises that tasks do not see a freeze, the one on v2 is silent, and
# signal(7) has such an EINTR after SIGSTOP and SIGCONT only. poll(), futex() and msgrcv() go on
# waiting in both. The caller is perl 5.36, which does not repeat a call.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

kernel linux-image-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1
closure "$work/root" perl-base=5.36.0-7+deb12u4
cat > "$work/root/wait.pl" <<'EOT'
# wait.pl NAME FILE: waits in the system call NAME, and when that returns says so in FILE.
my ($name, $file) = @ARGV;
my ($room, $zero) = ("\0" x 4096, "\0" x 8);	# what a call may write to
my ($take, $signals) = (pack('Sss', 0, -1, 0), pack('Q', 1 << 11));
my %wait = (
	poll => sub { syscall 7, 0, 0, -1 },
	semop => sub { syscall 65, syscall(64, 0, 1, 0600), $take, 1 },
	msgrcv => sub { syscall 70, syscall(68, 0, 0600), $room, 100, 0, 0 },
	sigtimedwait => sub { syscall 128, $signals, 0, 0, 8 },
	futex => sub { syscall 202, $zero, 128, 0, 0, 0, 0 },
	io_getevents => sub {
		syscall 206, 4, $zero;
		syscall 208, unpack('Q', $zero), 1, 1, $room, 0;
	},
	epoll_wait => sub { syscall 232, syscall(291, 0), $room, 4, -1 },
);
my $result = $wait{$name}->();
my $error = $result == -1 ? "$!" : "returned $result";
open my $out, '>', $file;
print $out "$error\n";
EOT
guest <<'EOT'
mkdir /tmp/v1 /tmp/v2 /tmp/said
mount -t cgroup -o freezer none /tmp/v1
mount -t cgroup2 none /tmp/v2
mkdir /tmp/v1/child /tmp/v2/child

# until_said TEXT COMMAND...: waits, half a minute at most, until COMMAND prints TEXT
until_said()
{
	text=$1 tries=0
	shift
	until "$@" 2> /dev/null | grep -q "^$text" || [ $tries -ge 150 ]; do
		sleep 0.2
		tries=$((tries + 1))
	done
}
for version in v1 v2; do
	child=/tmp/$version/child tasks=
	for call in poll.7 semop.65 msgrcv.70 sigtimedwait.128 futex.202 io_getevents.208 epoll_wait.232; do
		perl /wait.pl ${call%.*} /tmp/said/$version.${call%.*} &
		tasks="$tasks $!"
		echo $! > $child/cgroup.procs
		until_said "${call#*.} " cat /proc/$!/syscall
	done
	case $version in
	v1)
		echo FROZEN > $child/freezer.state
		until_said FROZEN cat $child/freezer.state
		echo THAWED > $child/freezer.state ;;
	v2)
		echo 1 > $child/cgroup.freeze
		until_said "frozen 1" cat $child/cgroup.events
		echo 0 > $child/cgroup.freeze ;;
	esac
	sleep 3
	for call in poll semop msgrcv sigtimedwait futex io_getevents epoll_wait; do
		echo "$version $call: $(cat /tmp/said/$version.$call 2> /dev/null || echo waits)"
	done
	kill -9 $tasks 2> /dev/null
done
EOT

eintr="Interrupted system call"
for version in v1 v2; do
	for call in epoll_wait semop io_getevents; do
		expect "$call() in $version" "$(value "$version $call")" "$eintr"
	done
	for call in poll futex msgrcv; do
		expect "$call() in $version" "$(value "$version $call")" waits
	done
done
expect "sigtimedwait() in v1" "$(value "v1 sigtimedwait")" waits
expect "sigtimedwait() in v2" "$(value "v2 sigtimedwait")" "$eintr"
finish
