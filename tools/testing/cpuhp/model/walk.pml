// SPDX-License-Identifier: GPL-2.0
/*
 * A batch: how three CPUs cross the line, fail, stop, and go back.
 *
 * Operations follow each other without end. Each goes up or down, to one of three
 * targets, with either policy; any step may fail, on the way out and on the way
 * back, and any operation may be given up at any moment.
 *
 * What stands for what
 *
 *   bp		cpuhp_batch() and cpuhp_walk_run(), with the ops of batch.c:
 *		  set_out, crossing	walk.c: may_set_out(), cross_start_wait()
 *		  go_down		walk.c: cross_takedown(); down.c:
 *					cpuhp_takedown(), leave_or_refuse(), see_dead()
 *		  stop_round		takedown.c: cpuhp_stop_members()
 *		  come_up		up.c: cpuhp_handover_up(); kick.c: cpuhp_start()
 *		  go_back		walk.c: undo()
 *		  post, await		thread.c: thread_post(), cpuhp_thread_wait()
 *   thread	smpboot.c: smpboot_thread_fn(); thread.c: thread_should_run(),
 *		thread_fn(); invoke.c: cpuhp_run_steps(); kthread_parkme()
 *   cpu	the CPU below its threads: sync_alive.c: cpuhp_ap_sync_alive(); up.c:
 *		notify_cpu_starting(), cpuhp_online_idle(); takedown.c: leave(),
 *		leave_in_turn(); down.c: cpuhp_report_idle_dead(); sync_dead.c:
 *		cpuhp_ap_report_dead()
 *
 * The line
 *
 *   1  PREPARE		the BP
 *   2  HANDOVER	the BP: kick going up, death going down
 *   3  HANDOVER	the CPU, interrupts off: STARTING, DYING
 *   4  THREAD		one by one
 *   5  THREAD		side by side; all members meet behind it
 *   6  THREAD		side by side
 *
 * The CPUs that stay do not occur, though stop_machine() stops them as well. Both
 * sides of the handshake answer in time; sync.pml has the time-outs.
 */
#ifndef FAULTS
#define FAULTS	1
#endif
#define N	3
#define UP	0
#define DOWN	1
#define TOP	6
#define IDLE	3		/* CPUHP_AP_ONLINE_IDLE */
#define ALL_UP	126		/* the bits of steps 1 to TOP */

#define PREPARE		0
#define HANDOVER	1
#define THREAD		2

#define RUNS	0		/* states of a thread */
#define SLEEPS	1
#define PARKED	2

#define AHEAD(d, p, t)	((d == UP && p < t) || (d == DOWN && p > t))

/* struct cpuhp_member */
byte pos[N], origin[N], target[N];
bool moving[N], returning[N], result[N], err[N], undo_err[N];
/* the mailbox, and the rest of struct cpuhp_rec */
bool order[N], done[N], idle[N], dir[N];
byte to[N];
mtype = { DEAD, KICKED, ALIVE, SHOULD_ONLINE, ONLINE, SHOULD_DIE };
mtype sync[N];
bool kicked[N];
/* the hotplug threads */
byte task[N];
bool should_park[N], parked[N];
/* one stop */
bool online[N], in_round[N], stop_asked[N], refused[N], cleared;
byte need, gathered, gone, turn;

/* for the assertions alone */
byte steps[N];			/* bit s: step s is up */
byte in_turn;
byte faults;			/* things that went wrong */

/* No member runs a step before all that walk the same way have come to its segment. */
#define SEG_START(s, d)	(d == UP -> (s == 3 -> 1 : s - 1) : (s == 2 -> 3 : (s == 5 -> 6 : s)))
#define BEHIND(m, p, d)	(!undo_err[m] && AHEAD(d, pos[m], target[m]) && AHEAD(d, pos[m], p))

inline check_step(m, s, d)
{
	assert(((steps[m] >> s) & 1) == (d == DOWN));
	assert(!BEHIND(0, SEG_START(s, d), d));
	assert(!BEHIND(1, SEG_START(s, d), d));
	assert(!BEHIND(2, SEG_START(s, d), d));
	/* One by one: no other member's thread is at work. */
	assert(s != 4 || order[0] + order[1] + order[2] == 1);
}

/* Something goes wrong, which happens only so often in one run. */
inline fault()
{
	faults < FAULTS -> faults++
}

/* invoke.c: cpuhp_invoke(); the position is committed by the caller */
inline run_step(m, s, d, bad)
{
	check_step(m, s, d);
	if
	:: fault(); bad = true
	:: bad = false; steps[m] = steps[m] ^ (1 << s)
	fi
}

/* As run_step(), for steps 2 and 3: a failure there is reported and passed. */
inline pass_step(m, s, d)
{
	check_step(m, s, d);
	steps[m] = steps[m] ^ (1 << s)
}

/* wake_up_state(): the lock makes it one step */
inline wake(m, state)
{
	d_step {
		if
		:: task[m] == state -> task[m] = RUNS
		:: else
		fi
	}
}

proctype thread(byte me)
{
	bool bad;
	byte s;

	if
	:: should_park[me] -> goto end_parked
	:: else
	fi;
again:
#ifdef SLEEP_AFTER_LOOK
	if
	:: !should_park[me] && !order[me] -> skip
	:: else -> goto work
	fi;
	task[me] = SLEEPS;
	goto end_asleep;
#else
	task[me] = SLEEPS;
#endif
	if
	:: atomic { should_park[me] || order[me] -> task[me] = RUNS }
	:: atomic { !should_park[me] && !order[me] -> goto end_asleep }
	fi;
work:
	if
	:: atomic { should_park[me] -> goto park }
	:: atomic { !should_park[me] }
	fi;
	do
	:: atomic { !bad && AHEAD(dir[me], pos[me], to[me]) ->
			assert(pos[me] >= IDLE && online[me]);
			s = (dir[me] == UP -> pos[me] + 1 : pos[me]);
			run_step(me, s, dir[me], bad);
			pos[me] = (bad -> pos[me] : (dir[me] == UP -> s : s - 1));
			s = 0 }
	:: atomic { bad || !AHEAD(dir[me], pos[me], to[me]) ->
			result[me] = bad; bad = false; break }
	od;
#ifdef DONE_BEFORE_EMPTY
	done[me] = true;
	order[me] = false;
#else
	order[me] = false;
	done[me] = true;
#endif
	goto again;
end_asleep:
	task[me] == RUNS;
	goto again;
park:
	task[me] = PARKED;
	if
	:: atomic { !should_park[me] -> task[me] = RUNS; goto again }
	:: atomic { should_park[me] -> parked[me] = true }
	fi;
end_parked:
	task[me] == RUNS;
	goto park
}

inline take_turn(m)
{
#ifdef NO_TURNS
	atomic { in_turn++; assert(in_turn == 1) }
#else
	atomic { turn == 0 -> turn = m + 1; in_turn++; assert(in_turn == 1) }
#endif
}

inline end_turn()
{
	atomic { in_turn--; turn = 0 }
}

/* takedown.c: clear_online() */
inline clear_online(m)
{
#ifdef CLEAR_OWN_BIT
	online[m] = false
#else
	atomic {
		if
		:: !cleared ->
			online[0] = online[0] && !in_round[0];
			online[1] = online[1] && !in_round[1];
			online[2] = online[2] && !in_round[2];
			cleared = true
		:: else
		fi
	}
#endif
}

proctype cpu(byte me)
{
	bool no;

	if
	:: online[me] -> goto end_on
	:: else
	fi;
end_off:
	atomic { kicked[me] -> kicked[me] = false };
	atomic { assert(sync[me] == KICKED); sync[me] = ALIVE };
	sync[me] == SHOULD_ONLINE;
	atomic { assert(pos[me] == 1); pos[me] = 2; pass_step(me, 3, UP) };
	online[me] = true;
	sync[me] = ONLINE;
	pos[me] = IDLE;
	idle[me] = true;
end_on:
	atomic { stop_asked[me] -> stop_asked[me] = false; gathered++ };
	gathered == need;
	take_turn(me);
	clear_online(me);
	if		/* __cpu_disable() */
	:: atomic { fault(); no = true; refused[me] = true; online[me] = true }
	:: skip
	:: end_turn();	/* its interrupts settle */
		take_turn(me)
	fi;
	if
	:: atomic { !no ->
			/* Nothing is handed over to a member that is about to leave. */
			assert(!online[0] || !in_round[0] || refused[0]);
			assert(!online[1] || !in_round[1] || refused[1]);
			assert(!online[2] || !in_round[2] || refused[2]);
			assert(task[me] == PARKED && pos[me] == IDLE);
			pass_step(me, 3, DOWN);
			pos[me] = 2 }
	:: atomic { no }
	fi;
	end_turn();
	if
	:: atomic { no -> result[me] = true; gone++; no = false; goto end_on }
	:: atomic { !no -> result[me] = false; gone++ }
	fi;
	atomic { assert(pos[me] == 2); idle[me] = true };
	sync[me] = DEAD;
	goto end_off
}

#define DUE(m)		(!undo_err[m] && AHEAD(sdir, pos[m], target[m]) && \
			 AHEAD(sdir, pos[m], sto) && AHEAD(sdir, sfrom, target[m]))
#define LEAVE(m)	(AHEAD(sdir, target[m], sto) -> target[m] : sto)

/* thread.c: thread_post() */
inline post(m)
{
	dir[m] = sdir;
	to[m] = LEAVE(m);
#ifdef WAKE_BEFORE_POST
	wake(m, SLEEPS);
	order[m] = true
#else
	order[m] = true;
	wake(m, SLEEPS)
#endif
}

inline unpark(m)
{
	should_park[m] = false;
	wake(m, PARKED)
}

/* up.c: cpuhp_handover_up(), bring_online(); kick.c: cpuhp_start() */
inline come_up(m)
{
	if
	:: atomic { fault(); result[m] = true }
	:: atomic {
			check_step(m, 2, UP);
			assert(sync[m] == DEAD);
			sync[m] = KICKED;
			steps[m] = steps[m] ^ 4
		};
		kicked[m] = true;
		atomic { sync[m] == ALIVE -> sync[m] = SHOULD_ONLINE };
		atomic { idle[m] -> idle[m] = false };
		assert(online[m]);
		unpark(m);
		if
		:: result[m] = false
		:: atomic { !returning[m] && faults < FAULTS -> fault(); result[m] = true }	/* SMT control keeps it off */
		fi
	fi
}

/* takedown.c: cpuhp_stop_members() */
inline stop_round()
{
	atomic {
		need = in_round[0] + in_round[1] + in_round[2];
		gathered = 0; gone = 0; cleared = false;
		j = 0;
		do
		:: j < N && in_round[j] -> result[j] = false; refused[j] = false; j++
		:: j < N && !in_round[j] -> j++
		:: j == N -> break
		od;
		j = 0
	};
	if
	:: atomic {		/* stop_machine() fails, and nothing has run */
			fault();
			result[0] = result[0] || in_round[0];
			result[1] = result[1] || in_round[1];
			result[2] = result[2] || in_round[2]
		}
	:: atomic {
			stop_asked[0] = in_round[0];
			stop_asked[1] = in_round[1];
			stop_asked[2] = in_round[2]
		};
		gone == need
	fi
}

/* Nobody reads these any more: fewer states. */
inline forget_round()
{
	atomic {
		need = 0; gathered = 0; gone = 0; cleared = false;
		refused[0] = false; refused[1] = false; refused[2] = false
	}
}

/* down.c: leave_or_refuse() and see_dead() */
inline leave_or_refuse(m)
{
	if
	:: in_round[m] && result[m] -> in_round[m] = false;
#ifndef REFUSED_STAYS_PARKED
		unpark(m)
#endif
	:: in_round[m] && !result[m] ->
#ifndef IDLE_NOT_AWAITED
		atomic { idle[m] -> idle[m] = false }
#else
		skip
#endif
	:: else
	fi
}

inline should_die(m)
{
	if
	:: in_round[m] ->
#ifdef SHOULD_DIE_STORED
		sync[m] = SHOULD_DIE
#else
		atomic {
			if
			:: sync[m] != DEAD -> sync[m] = SHOULD_DIE
			:: else
			fi
		}
#endif
	:: else
	fi
}

inline see_dead(m)
{
	if
	:: in_round[m] ->
		atomic {
			sync[m] == DEAD ->
			assert(pos[m] == 2);
			check_step(m, 2, DOWN);
			steps[m] = steps[m] ^ 4;
			pos[m] = 1;
			in_round[m] = false
		}
	:: else
	fi
}

/* plan.c: the segments of this line, in walking order; done when there is none */
inline segment(d, nr, none)
{
	none = false; one_by_one = true; sdir = d;
	if
	:: d == DOWN && nr == 0 -> kind = THREAD; sfrom = 6; sto = 4; one_by_one = false
	:: d == DOWN && nr == 1 -> kind = THREAD; sfrom = 4; sto = 3
	:: d == DOWN && nr == 2 -> kind = HANDOVER; sfrom = 3; sto = 1
	:: d == DOWN && nr == 3 -> kind = PREPARE; sfrom = 1; sto = 0
	:: d == UP && nr == 0 -> kind = PREPARE; sfrom = 0; sto = 1
	:: d == UP && nr == 1 -> kind = HANDOVER; sfrom = 1; sto = 3
	:: d == UP && nr == 2 -> kind = THREAD; sfrom = 3; sto = 4
#ifdef MEETING_MISSED
	:: d == UP && nr == 3 -> kind = THREAD; sfrom = 4; sto = 6; one_by_one = false
#else
	:: d == UP && nr == 3 -> kind = THREAD; sfrom = 4; sto = 5; one_by_one = false
	:: d == UP && nr == 4 -> kind = THREAD; sfrom = 5; sto = 6; one_by_one = false
#endif
	:: else -> none = true
	fi
}

/* walk.c: may_set_out(); the result is in ok */
inline set_out()
{
	ok = true;
	if
	:: sdir == wdir && failed && all_or_nothing -> ok = false
	:: sdir == wdir && !(failed && all_or_nothing) ->
		if
#ifdef STOP_AFTER_TAKEDOWN
		:: !stopped && faults < FAULTS -> fault(); stopped = true; assert(!no_return)
#else
		:: !stopped && !no_return && faults < FAULTS -> fault(); stopped = true
#endif
		:: skip
		fi;
		ok = !stopped
	:: else
	fi
}

inline rests(m)
{
	moving[m] = false;
	if
	:: result[m] && returning[m] -> undo_err[m] = true
	:: result[m] && !returning[m] -> err[m] = true; failed = true
	:: else
	fi;
	result[m] = false
}

inline await(m)
{
	if
	:: atomic { moving[m] && (kind != THREAD || done[m]) ->
			done[m] = false; dir[m] = 0; to[m] = 0; rests(m) }
	:: atomic { !moving[m] }
	fi
}

/* walk.c: cross_start_wait() */
inline crossing()
{
	do
	:: atomic { i < N && DUE(i) -> set_out();
			if
			:: ok -> moving[i] = true
			:: else -> break
			fi };
		if
		:: atomic { kind == PREPARE ->
				run_step(i, 1, sdir, result[i]);
				pos[i] = (result[i] -> pos[i] : sto) }
		:: kind == HANDOVER -> come_up(i)
		:: kind == THREAD -> post(i)
		fi;
		if
		:: one_by_one -> await(i)
		:: else
		fi;
		i++
	:: atomic { i < N && !DUE(i) -> i++ }
	:: atomic { i == N -> break }
	od;
#ifndef NOBODY_WAITS
	await(0); await(1); await(2);
#endif
	atomic { i = 0; ok = false }
}

/* down.c: cpuhp_takedown() */
inline takedown()
{
	do
	:: i < N && moving[i] -> should_park[i] = true; wake(i, SLEEPS); i++
	:: i < N && !moving[i] -> i++
	:: i == N -> break
	od;
	i = 0;
	do
	:: i < N && moving[i] ->
		atomic { parked[i] -> parked[i] = false };
		atomic { task[i] == PARKED -> i++ }
	:: i < N && !moving[i] -> i++
	:: i == N -> break
	od;
	i = 0;
	do
	:: i < N ->
		atomic {		/* fill_round() */
			if
			:: room = 2
			:: room = 3
			fi;
			do
			:: i < N && moving[i] && room > 0 -> in_round[i] = true; room--; i++
			:: i < N && !moving[i] -> i++
			:: i == N || (moving[i] && room == 0) -> break
			od;
			room = 0
		};
		stop_round();
		leave_or_refuse(0); leave_or_refuse(1); leave_or_refuse(2);
		should_die(0); should_die(1); should_die(2);
		see_dead(0); see_dead(1); see_dead(2);
		forget_round()
	:: i == N -> break
	od;
	atomic {
		i = 0;
		do
		:: i < N && moving[i] -> rests(i); i++
		:: i < N && !moving[i] -> i++
		:: i == N -> break
		od;
		i = 0; ok = false; any = false
	}
}

/* walk.c: cross_takedown() */
inline go_down()
{
	atomic {
		ok = false;
		if
		:: DUE(0) || DUE(1) || DUE(2) -> set_out()
		:: else
		fi
	};
	if
	:: ok ->
		atomic {
			no_return = no_return || sdir == wdir;
			any = false; ok = true;
			do
			:: i < N && DUE(i) ->
				if
				:: moving[i] = true; any = true
				:: fault(); result[i] = true; ok = false; rests(i)
				fi;
				i++
			:: i < N && !DUE(i) -> i++
			:: i == N -> break
			od;
			i = 0;
			if
			:: !ok && sdir == wdir && all_or_nothing ->
				moving[0] = false; moving[1] = false; moving[2] = false;
				any = false
			:: else
			fi
		};
		if
		:: any -> takedown()
		:: else
		fi
	:: else
	fi
}

inline cross()
{
	if
	:: kind == HANDOVER && sdir == DOWN -> go_down()
	:: else -> crossing()
	fi
}

/* walk.c: must_go_back(), for member m */
inline send_back(m)
{
	if
	:: !undo_err[m] && AHEAD(wdir, origin[m], target[m]) &&
#ifdef OTHERS_GO_ON
	   (err[m] || (stopped && pos[m] != target[m])) ->
#else
	   (all_or_nothing || err[m] || (stopped && pos[m] != target[m])) ->
#endif
		assert(pos[m] != 2);
		target[m] = origin[m];
		returning[m] = true
	:: else
	fi
}

/* batch.c: collect() and join(), for member m */
inline join(m, goal)
{
	origin[m] = pos[m];
	target[m] = (AHEAD(wdir, pos[m], goal) -> goal : pos[m])
}

inline check_end(m, goal)
{
	/* Every tear_down had its bring_up, and all of it shows. */
	assert(steps[m] == ((2 << pos[m]) - 2));
	assert(online[m] == (pos[m] >= IDLE));
	assert(should_park[m] == (pos[m] < IDLE));
	assert(!idle[m] && !done[m] && !parked[m] && !order[m] && !in_round[m] && !moving[m]);
	/* It is at its target, or where it began, or broken. */
	assert(undo_err[m] || pos[m] == target[m]);
	assert(undo_err[m] || pos[m] == origin[m] || !AHEAD(wdir, origin[m], goal) ||
	       (pos[m] == goal && !err[m]));
	if
	:: all_or_nothing && (stopped || err[0] || err[1] || err[2]) ->
		assert(undo_err[m] || pos[m] == origin[m])
	:: !stopped && !err[m] && !(all_or_nothing && (err[0] || err[1] || err[2])) ->
		assert(pos[m] == goal || !AHEAD(wdir, origin[m], goal))
	:: else
	fi
}

/* A CPU at rest */
inline begin_at(m, p)
{
	pos[m] = p;
	steps[m] = (2 << pos[m]) - 2;
	online[m] = (pos[m] >= IDLE);
	should_park[m] = !online[m];
	task[m] = (online[m] -> RUNS : PARKED);
	sync[m] = (online[m] -> ONLINE : DEAD);
	run thread(m);
	run cpu(m)
}

active proctype bp()
{
	byte i, j, out, back, room, goal, sfrom, sto, kind;
	bool wdir, sdir, one_by_one, ok, any, none, failed, stopped, no_return, all_or_nothing;

	atomic {
		if
		:: goal = 0
		:: goal = TOP
		fi;
		if
		:: i = goal
#ifdef APART
		:: i = 1
		:: i = IDLE
		:: i = 5
#endif
		fi;
		begin_at(0, i); begin_at(1, goal); begin_at(2, goal);
		i = 0;
		if
		:: goal = 0; wdir = DOWN
		:: goal = IDLE; wdir = DOWN
		:: goal = IDLE; wdir = UP
		:: goal = TOP; wdir = UP
		fi;
		if
		:: all_or_nothing = true
		:: all_or_nothing = false
		fi;
		join(0, goal); join(1, goal); join(2, goal)
	};
	do
	:: atomic { segment(wdir, out, none) };
		if
		:: none -> break
		:: else
		fi;
		cross();
		if
		:: failed || stopped ->
			atomic {
				send_back(0); send_back(1); send_back(2);
				failed = false
			};
			do
			:: atomic { segment(1 - wdir, back, none) };
				if
				:: none -> break
				:: else
				fi;
				cross();
				back++
			od;
			back = 0;
			if
			:: stopped || all_or_nothing -> break
			:: else
			fi
		:: else
		fi;
		out++
	od;
	check_end(0, goal); check_end(1, goal); check_end(2, goal)
}
