#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A module registers hotplug states and removes them, while CPUs are left half-way,
# move and fail. Its books (see test_modules/cpuhp_test.c) must balance each time.
#
# CPUHP_ROUNDS in the environment: loads while CPUs cycle.

dir=$(dirname "$0")
. "$dir/../kselftest/ktap_helpers.sh"
. "$dir/cpuhp_lib.sh"
. "$dir/module_lib.sh"

slow_ms=/sys/module/cpuhp/parameters/slow_ms
effective=/sys/fs/cgroup/cpuset.cpus.effective
power=/sys/power
rounds=${CPUHP_ROUNDS:-10}

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

# The record of a failure still names the callback when the module is gone.
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

# One member of a batch fails in the module's state: all of them go back.
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

# The memory types of an x86 CPU $1: its PAT and its default MTRR.
caching()
{
	for msr in 631 767; do
		dd "if=/dev/cpu/$1/msr" bs=8 count=1 skip=$msr iflag=skip_bytes 2>/dev/null |
			od -A n -t x1
	done
}

# A failure after the CPUs have died: they come back, with the memory types of the others.
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

# A step below the module's fails, and on the way back the module's does: the CPU
# stays there, the log names both, the record the first one, and the CPU can go on
# once the module's step succeeds.
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

# The command to run while a step of the module does not end.
while_slow=true

# $1: the function of the module that does not end, the rest: a command that calls it.
# The function is reported while it runs, and once.
is_slow()
{
	line="$1 [cpuhp_test] runs for more than"
	shift
	before=$(said "$line")
	limit=$(cat $slow_ms)
	put $slow_ms 50
	"$@" &
	mover=$!
	wait_until said_since "$line" "$before"
	$while_slow
	seen=$?
	put $params/slow -1
	wait $mover
	moved=$?
	put $slow_ms "$limit"
	[ $seen = 0 ] && [ $moved = 0 ] && [ "$(said "$line")" = $((before + 1)) ]
}

# The stack of the task that runs the step is in the log, next to the line of cpuhp.
has_stack()
{
	dmesg | sed -n '/online_down .cpuhp_test. runs for more than/,$p' |
		grep -q ' online_down+0x'
}

# While a step does not end, files are read, and tasks begin and end on all CPUs.
is_usable()
{
	for file in online offline present possible hotplug/states smt/control; do
		[ ! -e "$sys/$file" ] || cat "$sys/$file" > /dev/null || return 1
	done
	for cpu in 0 $movable; do
		cat "$sys/cpu$cpu/hotplug/state" > /dev/null || return 1
		[ "$cpu" = "$one" ] || taskset -c "$cpu" true || return 1
	done
}

# hotplug/progress/ while one CPU is on its way down.
one_leaves()
{
	[ "$(cat $sys/hotplug/progress/operation)" = offline ] || return 1
	[ "$(cat $sys/hotplug/progress/cpus)" = 1 ] || return 1
	[ "$(cat $sys/hotplug/progress/crossed)" = 0 ] || return 1
	[ "$(cat $sys/hotplug/progress/segment)" -ge 1 ] || return 1
	[ "$(cat $sys/hotplug/progress/segment)" -le "$(cat $sys/hotplug/progress/segments)" ] ||
		return 1
	has_stack && is_usable
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

# Cpusets, and with them scheduling domains, have only the CPUs that stay.
only_who_stays()
{
	[ "$(cat $effective)" = "$stay" ]
}

# Domains lose CPUs that leave before the callbacks of drivers run.
domains_follow_first()
{
	stay=$(those_that_stay) || return 1
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

# A state fails while it is set up: the CPUs that had it are taken back.
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

# A wakeup event comes while CPUs leave for a suspend: it ends, and all are back.
woken_while_cpus_leave()
{
	line="Wakeup pending. Abort CPU freeze"
	load || return 1
	before=$(said "$line")
	put $params/wake "$one"
	put $power/mem_sleep deep
	put $power/pm_test processors
	put $power/state mem
	slept=$?
	put $power/pm_test none
	[ $slept != 0 ] || return 1
	[ "$(said "$line")" = $((before + 1)) ] || return 1
	[ "$(cat $sys/online)" = "$online" ] || return 1
	all_live "$online" || return 1
	unload
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

begin_tests
find_movable
one=${movable##* }
top=$(sed -n '$s/^ *\([0-9]*\):.*/\1/p' $sys/hotplug/states)
online=$(cat $sys/online)

need_module "$ko"
unload || ktap_exit_fail_msg "the module does not go, or its books are wrong"

off "$one"
others=$(cat $sys/online)
on "$one"

ktap_set_plan 23
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
if [ -w $power/pm_test ] && grep -qs deep $power/mem_sleep; then
	check "woken while CPUs leave for a suspend" woken_while_cpus_leave
else
	ktap_test_skip "woken while CPUs leave for a suspend: no suspend to test"
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
