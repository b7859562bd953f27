#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A module registers hotplug states and goes again, while CPUs rest, move and
# fail. Its books (see test_modules/cpuhp_test.c) must balance each time.
#
# CPUHP_ROUNDS in the environment: loads while CPUs cycle.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"

ko=$dir/test_modules/cpuhp_test.ko
params=/sys/module/cpuhp_test/parameters
slow_ms=/sys/module/cpuhp/parameters/slow_ms
effective=/sys/fs/cgroup/cpuset.cpus.effective
rounds=${CPUHP_ROUNDS:-10}
cycler=

finish()
{
	stop_cycling
	put $params/slow -1
	rmmod cpuhp_test 2>/dev/null
	for cpu in $movable; do
		put "$sys/cpu$cpu/hotplug/fail" -1
		to "$cpu" "$top"
		on "$cpu"
	done
	print_totals
}

load()
{
	insmod "$ko" "$@" 2>/dev/null
}

# Unload, and let the last report of the module decide.
unload()
{
	rmmod cpuhp_test || return 1
	balanced
}

balanced()
{
	report=$(dmesg | grep 'cpuhp_test: books' | tail -n 1)
	case $report in
	*"books balanced, 0 wrong calls") return 0;;
	esac
	ktap_print_msg "$report"
	return 1
}

# Move CPU $1 off, on, or to the state $2.
off()
{
	put "$sys/cpu$1/online" 0
}

on()
{
	put "$sys/cpu$1/online" 1
}

to()
{
	put "$sys/cpu$1/hotplug/target" "$2"
}

state_of()
{
	cat "$sys/cpu$1/hotplug/state"
}

number_of()
{
	sed -n "s,^ *\\([0-9]*\\): $1\$,\\1,p" $sys/hotplug/states
}

# The CPUs that are up in state $1.
live()
{
	sed -n "s/^$1 //p" $params/live
}

# In every state of the module the CPUs of list $1 are up.
all_live()
{
	for state in prepare online instance0 instance1 instance2; do
		[ "$(live $state)" = "$1" ] && continue
		ktap_print_msg "$state: $(live $state) up, expected $1"
		return 1
	done
	[ "$(cat $params/wrong)" = 0 ]
}

start_cycling()
{
	(
		while :; do
			for cpu in $movable; do
				off "$cpu"
				on "$cpu"
			done
		done
	) &
	cycler=$!
}

start_batches()
{
	(
		while :; do
			put $sys/hotplug/offline "$list"
			put $sys/hotplug/online "$list"
		done
	) &
	cycler=$!
}

stop_cycling()
{
	[ -n "$cycler" ] || return
	kill "$cycler"
	wait "$cycler" 2>/dev/null
	cycler=
	for cpu in $movable; do
		on "$cpu"
	done
}

follows_the_cpus()
{
	load || return 1
	all_live "$online" || return 1
	for cpu in $movable; do
		off "$cpu" || return 1
		all_live "$(cat $sys/online)" || return 1
	done
	for cpu in $movable; do
		on "$cpu" || return 1
		all_live "$(cat $sys/online)" || return 1
	done
	unload
}

loaded_and_unloaded_while_a_cpu_is_off()
{
	off "$one" || return 1
	load || return 1
	all_live "$(cat $sys/online)" || return 1
	on "$one" || return 1
	all_live "$online" || return 1
	off "$one" || return 1
	unload || return 1
	on "$one"
}

# $1: parameter of the module, $2: its instance or -1
up_fails()
{
	load "fail_instance=$2" || return 1
	off "$one" || return 1
	put "$params/$1" "$one"
	on "$one" && return 1
	[ "$(state_of "$one")" = 0 ] || return 1
	all_live "$(cat $sys/online)" || return 1
	put "$params/$1" -1
	on "$one" || return 1
	all_live "$online" || return 1
	unload
}

# $1: instance or -1
down_fails()
{
	load "fail_instance=$1" || return 1
	put $params/fail_down "$one"
	off "$one" && return 1
	[ "$(state_of "$one")" = "$top" ] || return 1
	all_live "$online" || return 1
	put $params/fail_down -1
	off "$one" || return 1
	all_live "$(cat $sys/online)" || return 1
	on "$one" || return 1
	all_live "$online" || return 1
	unload
}

# $*: files of the record of the latest failure
record()
{
	for file in "$@"; do
		echo "$(cat "$sys/hotplug/last_failure/$file") "
	done | tr -d '\n'
}

# The record of a failure still says who it was when the module has gone.
record_outlives_the_module()
{
	load || return 1
	put $params/fail_down "$one"
	off "$one" && return 1
	all="cpu step step_name direction undo callback error left_at left_at_name"
	# shellcheck disable=SC2086 # the words of it
	before=$(record $all)
	put $params/fail_down -1
	unload || return 1
	[ "$(record cpu direction callback)" = "$one down online_down [cpuhp_test] " ] || return 1
	case $(record step_name) in
	cpuhp_test:*) ;;
	*) return 1;;
	esac
	# shellcheck disable=SC2086
	[ "$(record $all)" = "$before" ]
}

# One member of a batch refuses in the module's state: all of them go back.
batch_fails()
{
	load || return 1
	put $params/fail_down "$one"
	put $sys/hotplug/offline "$list" && return 1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	all_live "$online" || return 1
	put $params/fail_down -1
	put $sys/hotplug/offline "$list" || return 1
	all_live "$(cat $sys/online)" || return 1
	put $params/fail_up "$one"
	put $sys/hotplug/online "$list" && return 1
	all_live "$(cat $sys/online)" || return 1
	put $params/fail_up -1
	put $sys/hotplug/online "$list" || return 1
	all_live "$online" || return 1
	unload
}

# What an x86 CPU $1 makes of memory types: its PAT, its default MTRR.
caching()
{
	for msr in 631 767; do
		dd "if=/dev/cpu/$1/msr" bs=8 count=1 skip=$msr iflag=skip_bytes 2>/dev/null |
			od -A n -t x1
	done
}

# The dead refuse: CPUs that are gone come back, and have what all others have.
batch_fails_behind_its_takedown()
{
	load || return 1
	put $params/fail_dead "$one"
	put $sys/hotplug/offline "$list" && return 1
	put $params/fail_dead -1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	all_live "$online" || return 1
	for cpu in $movable; do
		[ "$(caching "$cpu")" = "$(caching 0)" ] || return 1
	done
	put $sys/hotplug/offline "$list" || return 1
	put $sys/hotplug/online "$list" || return 1
	all_live "$online" || return 1
	unload
}

# Lines of the kernel log that hold $1.
said()
{
	dmesg | grep -c -F "$1"
}

# A step below the module's refuses, and on the way back the module's does: the
# CPU stays there, the log names both, the record who refused first, and the CPU
# can go on once the reason is gone.
undo_fails()
{
	line="up while undoing: online_up [cpuhp_test] failed with"
	load || return 1
	before=$(said "$line")
	put $params/fail_up "$one"
	put "$sys/cpu$one/hotplug/fail" "$(number_of workqueue:online)"
	off "$one" && return 1
	stuck=$(($(number_of cpuhp_test:online) - 1))
	[ "$(state_of "$one")" = $stuck ] || return 1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	[ "$(live online)" = "$others" ] || return 1
	[ "$(said "$line")" = $((before + 1)) ] || return 1
	[ "$(record cpu direction callback error left_at)" = \
		"$one down workqueue_offline_cpu -11 $stuck " ] || return 1
	put $params/fail_up -1
	to "$one" "$top" || return 1
	all_live "$online" || return 1
	unload
}

# What is to be looked at while a step of the module does not end.
while_slow=true

# $1: the module's function that does not end, the rest: what makes it be called.
# It is reported while it runs, and once.
is_slow()
{
	line="$1 [cpuhp_test] runs for more than"
	shift
	before=$(said "$line")
	limit=$(cat $slow_ms)
	put $slow_ms 50
	"$@" &
	mover=$!
	left=600
	until [ "$(said "$line")" -gt "$before" ] || [ $left = 0 ]; do
		left=$((left - 1))
		sleep 0.1
	done
	$while_slow
	seen=$?
	put $params/slow -1
	wait $mover
	moved=$?
	put $slow_ms "$limit"
	[ $seen = 0 ] && [ $moved = 0 ] && [ "$(said "$line")" = $((before + 1)) ]
}

# hotplug/progress/ while one CPU is on its way down.
one_leaves()
{
	[ "$(cat $sys/hotplug/progress/operation)" = offline ] || return 1
	[ "$(cat $sys/hotplug/progress/cpus)" = 1 ] || return 1
	[ "$(cat $sys/hotplug/progress/crossed)" = 0 ] || return 1
	[ "$(cat $sys/hotplug/progress/segment)" -ge 1 ] || return 1
	[ "$(cat $sys/hotplug/progress/segment)" -le "$(cat $sys/hotplug/progress/segments)" ]
}

slow_step()
{
	load || return 1
	put $params/slow "$one"
	while_slow=one_leaves
	is_slow online_down off "$one"
	result=$?
	while_slow=true
	[ $result = 0 ] || return 1
	[ "$(cat $sys/hotplug/progress/operation)" = idle ] || return 1
	[ "$(cat $sys/hotplug/progress/segments)" = 0 ] || return 1
	on "$one" || return 1
	all_live "$online" || return 1
	unload
}

# What cpusets, and with them scheduling domains, take for the CPUs that are there.
only_who_stays()
{
	[ "$(cat $effective)" = "$stay" ]
}

# Nothing is placed on CPUs that leave while drivers are still asked.
domains_follow_first()
{
	put $sys/hotplug/offline "$list" || return 1
	stay=$(cat $sys/online)
	put $sys/hotplug/online "$list" || return 1
	load || return 1
	put $params/slow "$one"
	while_slow=only_who_stays
	is_slow online_down put $sys/hotplug/offline "$list"
	result=$?
	while_slow=true
	put $sys/hotplug/online "$list" || return 1
	[ $result = 0 ] && unload
}

slow_setup()
{
	is_slow online_up load "slow=$one" || return 1
	all_live "$online" || return 1
	unload
}

# The state is refused while it is set up: the CPUs before are taken back.
setup_fails()
{
	load "$@" && return 1
	balanced
}

# A state is set up for exactly the CPUs that have reached it.
set_up_at_rest()
{
	low=$(number_of workqueue:online)
	to "$one" "$low" || return 1
	load || return 1
	[ "$(live prepare)" = "$online" ] || return 1
	[ "$(live online)" = "$others" ] || return 1
	[ "$(live instance1)" = "$others" ] || return 1
	to "$one" "$top" || return 1
	all_live "$online" || return 1
	to "$one" "$low" || return 1
	[ "$(live online)" = "$others" ] || return 1
	unload || return 1
	to "$one" "$top"
}

# $1: what starts the CPUs moving
comes_and_goes()
{
	$1
	i=0
	while [ $i -lt "$rounds" ]; do
		load || break
		unload || break
		i=$((i + 1))
	done
	stop_cycling
	[ $i -eq "$rounds" ] && [ "$(cat $sys/online)" = "$online" ]
}

# One test: its name, then the function with its arguments.
check()
{
	name=$1
	shift
	ktap_test_result "$name" "$@"
	rmmod cpuhp_test 2>/dev/null
	to "$one" "$top"
	on "$one"
}

ktap_print_header
trap finish EXIT
trap 'exit $KSFT_FAIL' HUP INT TERM

[ "$(id -u)" = 0 ] || skip_all "must be run as root"
[ -e $sys/hotplug/states ] || skip_all "kernel without CPU hotplug"
[ -e "$ko" ] || skip_all "$ko was not built"

find_movable
one=${movable##* }
top=$(sed -n '$s/^ *\([0-9]*\):.*/\1/p' $sys/hotplug/states)
online=$(cat $sys/online)

load || skip_all "this kernel does not take the module"
unload || ktap_exit_fail_msg "the module does not go, or its books are wrong"

off "$one"
others=$(cat $sys/online)
on "$one"

ktap_set_plan 22
check "states follow the CPUs" follows_the_cpus
check "loaded and unloaded while a CPU is off" \
	loaded_and_unloaded_while_a_cpu_is_off
check "up fails in the prepare section" up_fails fail_prepare -1
check "up fails in the online section" up_fails fail_up -1
for i in 0 1 2; do
	check "up fails in instance $i" up_fails fail_up $i
done
check "down fails in the online section" down_fails -1
check "down fails in an instance" down_fails 1
if [ -e $sys/hotplug/last_failure ]; then
	check "the undo of a failure fails" undo_fails
	check "a failure is on record when the module has gone" record_outlives_the_module
	check "a slow step is reported" slow_step
	check "a slow step of a registration is reported" slow_setup
else
	ktap_test_skip "the undo of a failure fails: no hotplug/last_failure"
	ktap_test_skip "a failure is on record when the module has gone: no hotplug/last_failure"
	ktap_test_skip "a slow step is reported: no cpuhp.slow_ms"
	ktap_test_skip "a slow step of a registration is reported: no cpuhp.slow_ms"
fi
check "setup fails in the prepare section" setup_fails "fail_prepare=$one"
check "setup fails in the online section" setup_fails "fail_up=$one"
check "setup fails in an instance" setup_fails "fail_up=$one" fail_instance=1
if to "$one" "$(number_of sched:active)"; then
	check "set up while a CPU rests" set_up_at_rest
else
	ktap_test_skip "set up while a CPU rests: no CONFIG_CPU_HOTPLUG_STATE_CONTROL"
fi
check "comes and goes while CPUs cycle" comes_and_goes start_cycling
if [ -e $sys/hotplug/offline ]; then
	check "a batch fails in the module's state" batch_fails
	check "a batch fails behind its takedown" batch_fails_behind_its_takedown
	check "comes and goes while batches move" comes_and_goes start_batches
	if [ -e $effective ]; then
		check "domains follow before a driver is asked" domains_follow_first
	else
		ktap_test_skip "domains follow before a driver is asked: no $effective"
	fi
else
	ktap_test_skip "a batch fails in the module's state: no hotplug/offline"
	ktap_test_skip "a batch fails behind its takedown: no hotplug/offline"
	ktap_test_skip "comes and goes while batches move: no hotplug/offline"
	ktap_test_skip "domains follow before a driver is asked: no hotplug/offline"
fi
ktap_finished
