// SPDX-License-Identifier: GPL-2.0
/*
 * A batch walks: orders and answers, segments, failures, and the way back.
 *
 * The claim: the BP waits for nothing that cannot come, and no answer is left over.
 * A step is brought up if it is down and torn down if it is up, where its CPU can run
 * it. No member runs a step while another one, that is to go the same way, has not
 * finished an earlier segment. At the end each member is at its target, or where it
 * began because it has failed or was stopped, or broken; if ALL_OR_NOTHING fails,
 * none is at its target.
 *
 * What stands for what
 *
 *   bp		walk.c: cpuhp_walk_run(), undo(), cross_start_wait(), cross_takedown();
 *		batch.c: its ops; thread.c: cpuhp_thread_walk(), cpuhp_thread_wait();
 *		up.c: cpuhp_handover_up(); down.c: cpuhp_takedown()
 *   SEG_TO	plan.c: cpuhp_plan_make(), where a segment ends
 *   thread	smpboot_thread_fn(), kthread_parkme(); thread.c: thread_fn()
 *   cpu	an AP: notify_cpu_starting() to cpuhp_online_idle(); its part in
 *		cpuhp_leave(), of either way; cpuhp_report_idle_dead() and its death
 *   steps	cpuhp_run_steps()
 *
 * Steps of the line. Each has both callbacks, and they may fail, except those of 4.
 *
 *   1, 2	PREPARE; going down, members meet behind each
 *   3, 4	HANDOVER: the kick, and death; a STARTING step
 *   5		THREAD, one by one
 *   6, 7	THREAD, concurrent; going down, members meet behind 7
 *
 * One operation, up or down, of each policy and with each window, from where one can
 * leave the CPUs. Members 0 and 2 are up or down at first; member 1 may also be where
 * one is left that is broken. Their threads may be slow to go to sleep. WRONGS says how
 * much goes wrong in all: a callback fails, a member refuses to start or to leave, or a
 * request to stop comes. With 2, an undo can fail.
 */
#ifndef WRONGS
#define WRONGS	2
#endif
#define MAY_GO_WRONG	wrongs < WRONGS
#define N	3
#define TOP	7

#define UP	0
#define DOWN	1
#define AHEAD(d, at, to)	(d == UP -> at < to : at > to)
#define STATE(d, at)		(d == UP -> at + 1 : at)

#define PREPARE(s)	(s <= 2)
#define HANDOVER(s)	(s == 3 || s == 4)
#define THREAD(s)	(s >= 5)
#define CONCURRENT(s)	(s >= 6)
#ifndef NO_MEETING
#define SEG_TO(d, p)	(d == UP -> (p < 2 -> 2 : (p < 4 -> 4 : (p < 5 -> 5 : TOP))) : \
				    (p == 4 -> 2 : p - 1))
#else
#define SEG_TO(d, p)	(d == UP -> (p < 2 -> 2 : (p < 4 -> 4 : (p < 5 -> 5 : TOP))) : \
				    (p == 7 -> 5 : (p == 4 -> 2 : p - 1)))
#endif

#define ALL(m, which, what)	for (m : 0 .. N - 1) { if :: which -> what :: else fi }

mtype = { RUNS, SLEEPS, PARKED };

byte pos[N], origin[N], target[N], to[N];
bool in[N];			/* it takes part in the operation */
bool returning[N], moving[N], result[N], err[N], undo_err[N];
bool order[N];			/* the mailbox is full */
byte done[N], idle[N], parked[N];	/* completions */
mtype task[N] = RUNS;		/* state of the hotplug thread */
bool park[N];			/* KTHREAD_SHOULD_PARK */
bool kick[N], leave[N], online[N];
bool dead[N];			/* CPUHP_SYNC_DEAD */

bool way, dir;			/* of the operation, and of what is walked */
bool each, stopped, failed, no_return;
byte window, aim;

/* for the assertions alone */
byte up[N];			/* a bit for each step */
bool hurt[N], broke[N];		/* a callback failed on the way out, or back */
byte running, wrongs;		/* callbacks that run; how much has gone wrong */
byte s, from;

/* Where the segment of a step begins, and how many may be in it. */
#define FROM(d, s)	(d == UP -> (s <= 2 -> 0 : (s <= 4 -> 2 : (s == 5 -> 4 : 5))) : \
				    (s == 3 -> 4 : s))
#define ROOM(d, s)	(CONCURRENT(s) -> window : (HANDOVER(s) && d == DOWN -> N : 1))

/* Who has to go back? What EACH has done stays. */
#define GOES_BACK(k)	(each -> hurt[k] || (stopped && pos[k] != aim) : \
				 stopped || hurt[0] || hurt[1] || hurt[2])
#define BACK(k)		(broke[k] || pos[k] == origin[k])

/* May a step of the segment that begins at @from run, for all that member k does? */
#define MAY_RUN(k, d)	(!in[k] || !AHEAD(d, pos[k], from) || \
			 (d == way -> each && hurt[k] && BACK(k) : !GOES_BACK(k) || BACK(k)))

/* The next callback in direction d runs. */
inline begins(m, d)
{
	s = STATE(d, pos[m]);
	from = FROM(d, s);
	running++;
	assert((up[m] >> (s - 1) & 1) == d);
	assert(d == dir && running <= ROOM(d, s));
	assert(MAY_RUN(0, d)); assert(MAY_RUN(1, d)); assert(MAY_RUN(2, d));
	assert(dead[m] == PREPARE(s));
	assert(online[m] || !THREAD(s));
	s = 0; from = 0
}

inline ends(m, d)
{
	running--;
	up[m] = up[m] ^ (1 << (STATE(d, pos[m]) - 1));
	pos[m] = (d == UP -> pos[m] + 1 : pos[m] - 1)
}

inline fails(m)
{
	wrongs++;
	result[m] = true;
	hurt[m] = hurt[m] || dir == way;
	broke[m] = dir != way
}

/* Run steps, of which the first has begun. */
inline steps(m)
{
	do
	:: atomic { ends(m, dir);
			if :: AHEAD(dir, pos[m], to[m]) -> begins(m, dir) :: else -> break fi }
	:: atomic { MAY_GO_WRONG -> running--; fails(m);
#ifdef PAST_A_FAILURE
			pos[m] = (dir == UP -> pos[m] + 1 : pos[m] - 1);
#endif
			break }
	od
}

#ifdef LOOKS_FIRST
#define LOOKING	RUNS
#else
#define LOOKING	SLEEPS
#endif

proctype thread(byte me)
{
	task[me] = LOOKING;
	do
	:: atomic { park[me] -> task[me] = PARKED };
		if
		:: atomic { park[me] -> parked[me]++ }
		:: atomic { !park[me] -> task[me] = RUNS }
		fi;
end_parked:	atomic { task[me] == RUNS -> task[me] = LOOKING }
	:: atomic { !park[me] && order[me] -> task[me] = RUNS; begins(me, dir) };
		steps(me);
#ifndef EMPTIED_LATE
		order[me] = false;
#endif
		done[me]++;
#ifdef EMPTIED_LATE
		order[me] = false;
#endif
		task[me] = LOOKING
	:: atomic { !park[me] && !order[me] };
#ifdef LOOKS_FIRST
		task[me] = SLEEPS;
#endif
end_asleep:	atomic { task[me] == RUNS -> task[me] = LOOKING }
	od
}

proctype cpu(byte me)
{
end:	do
	:: atomic { kick[me] -> kick[me] = false; up[me] = up[me] ^ 4; pos[me] = 3;
			begins(me, UP) };
		atomic { ends(me, UP); online[me] = true };
		idle[me]++
	:: atomic { leave[me] && MAY_GO_WRONG -> fails(me); leave[me] = false }
	:: atomic { leave[me] -> assert(task[me] == PARKED && !order[me]);
			online[me] = false;
			begins(me, DOWN) };
		atomic { ends(me, DOWN); leave[me] = false };
		idle[me]++;
		atomic { up[me] = up[me] ^ 4; dead[me] = true }
	od
}

#define WORK(m)		(in[m] && !undo_err[m] && AHEAD(dir, pos[m], target[m]))
#define DUE(m)		(WORK(m) && AHEAD(dir, pos[m], q) && AHEAD(dir, p, target[m]))

inline wake(m, state)
{
	task[m] = (task[m] == state -> RUNS : task[m])
}

inline unpark(m)
{
	assert(park[m]);
	park[m] = false;
	wake(m, PARKED)
}

/* member_rests() */
inline rests(m)
{
#ifndef WAITS_TWICE
	moving[m] = false;
#endif
	undo_err[m] = undo_err[m] || (result[m] && returning[m]);
	err[m] = err[m] || (result[m] && !returning[m]);
	failed = failed || (result[m] && !returning[m]);
	result[m] = false; to[m] = 0
}

inline wait_for(m)
{
	if :: THREAD(STATE(dir, p)) -> done[m]; done[m]-- :: else fi;
	rests(m)
}

inline may_set_out()
{
	if
#ifdef BACK_CUT_SHORT
	:: dir != way -> go = !stopped
#else
	:: dir != way -> go = true
#endif
#ifdef GOES_ON
	:: dir == way ->
#else
	:: dir == way && failed && !each -> go = false
	:: dir == way && !(failed && !each) ->
#endif
		if	/* batch_stop() */
		:: !no_return && !stopped && MAY_GO_WRONG -> stopped = true; wrongs++
		:: true
		fi;
		go = !stopped
	fi
}

inline handover_up(m)
{
	if
	:: atomic { MAY_GO_WRONG -> fails(m) }
	:: atomic { dead[m] = false; kick[m] = true };
		atomic { idle[m] -> idle[m]--; assert(online[m]); unpark(m) };
		if :: true :: atomic { !returning[m] && MAY_GO_WRONG -> fails(m) } fi	/* -ECANCELED */
	fi
}

inline next_due(from)
{
	m = from;
	do :: m < N && !DUE(m) -> m++ :: else -> break od
}

inline start(m)
{
	assert(!order[m]);
	assert(dir != way || each || !failed);
	moving[m] = true;
	to[m] = (AHEAD(dir, target[m], q) -> target[m] : q);
	if
	:: PREPARE(STATE(dir, p)) -> begins(m, dir)
	:: else -> order[m] = THREAD(STATE(dir, p))
	fi
}

inline cross_start_wait()
{
	atomic {
		go = true;
		room = (CONCURRENT(STATE(dir, p)) -> window : 1);
		next_due(0)
	};
	do
	:: atomic { m < N ->
			if
#ifndef NO_WINDOW
			:: !room ->
				do :: !moving[waited] -> waited++ :: else -> break od;
				wait_for(waited);
				room++
#endif
			:: else
			fi;
			may_set_out();
			if :: !go -> break :: else fi;
			start(m);
			c = m; next_due(m + 1);
			room = (room -> room - 1 : 0) };
		if
		:: PREPARE(STATE(dir, p)) -> steps(c)
		:: HANDOVER(STATE(dir, p)) -> handover_up(c)
		:: else -> wake(c, SLEEPS)
		fi
	:: atomic { m == N -> break }
	od;
	atomic {
#ifdef LEFT_BEHIND
		waited = (go -> waited : N);
#endif
#ifndef NO_BARRIER
		ALL(m, m >= waited && moving[m], wait_for(m));
#endif
		c = 0; waited = 0; room = 0; go = false
	}
}

/* Any subset may refuse beforehand. */
inline set_out_together()
{
	no_return = no_return || dir == way;
	for (m : 0 .. N - 1) {
		if
		:: DUE(m) -> moving[m] = true; any = true
		:: DUE(m) && MAY_GO_WRONG -> fails(m); rests(m); go = false
		:: !DUE(m)
		fi
	}
	if
#ifndef OTHERS_LEAVE
	:: !go && dir == way && !each ->
		any = false; moving[0] = false; moving[1] = false; moving[2] = false
#endif
	:: else
	fi
}

#define ROUND(m)	(moving[m] && begin <= m && m < first)

/* A round: fill_round(), leave_or_refuse(), see_dead() */
inline leave_together()
{
	atomic {
		begin = first;
		if :: room = 1 :: room = 2 :: room = N fi;
		do
		:: first < N && !moving[first] -> first++
		:: first < N && moving[first] && room -> leave[first] = true; room--; first++
		:: else -> break
		od;
		room = 0
	};
	atomic {
		!leave[0] && !leave[1] && !leave[2];
#ifndef STAYS_PARKED
		ALL(m, ROUND(m) && result[m], unpark(m));
#endif
#ifndef IDLE_LEFT
		ALL(m, ROUND(m) && !result[m], idle[m] -> idle[m]--);
#endif
#ifndef BURIED_EARLY
		ALL(m, ROUND(m) && !result[m], dead[m]);
#endif
		ALL(m, ROUND(m) && !result[m], pos[m] = q)
	}
}

inline takedown()
{
	assert(dir != way || each || !failed);
	atomic {
		ALL(m, moving[m], park[m] = true; wake(m, SLEEPS));
#ifndef PARK_NOT_AWAITED
		ALL(m, moving[m], parked[m] -> parked[m]--)
#endif
	};
	do :: first < N -> leave_together() :: first == N -> break od;
	atomic {
#ifdef PARK_NOT_AWAITED
		ALL(m, moving[m], parked[m] -> parked[m]--);
#endif
		ALL(m, moving[m], rests(m));
		begin = 0; first = 0; any = false
	}
}

inline cross_takedown()
{
	atomic {
		any = false; go = false;
		if :: DUE(0) || DUE(1) || DUE(2) -> may_set_out() :: else fi;
		if :: go -> set_out_together() :: else fi;
		go = false
	};
	if :: any -> takedown() :: else fi
}

/* plan_for_members() */
inline plan()
{
	any = false; p = 0; end = 0;
	ALL(m, WORK(m),
	    p = (!any || AHEAD(dir, pos[m], p) -> pos[m] : p);
	    end = (!any || AHEAD(dir, end, target[m]) -> target[m] : end);
	    any = true)
}

/* must_go_back() */
#ifdef FORGETS_A_MEMBER
#define MUST_GO_BACK(m)	(err[m] || pos[m] != target[m])
#else
#define MUST_GO_BACK(m)	(!each || err[m] || (stopped && pos[m] != target[m]))
#endif

/* undo(), until it walks */
inline turn_back()
{
	p_out = q; end_out = end;
	ALL(m, in[m] && !returning[m] && MUST_GO_BACK(m),
	    target[m] = origin[m]; returning[m] = true);
	failed = false;
	dir = !way;
	plan()
}

inline judge(m)
{
	assert(pos[m] == (in[m] && !GOES_BACK(m) -> aim : origin[m]) || broke[m]);
	assert(up[m] == (1 << pos[m]) - 1 && pos[m] != 3);
	assert(err[m] == hurt[m] && undo_err[m] == broke[m]);
	assert(online[m] == (pos[m] > 3) && park[m] != online[m] && dead[m] != online[m]);
	assert(!order[m] && !done[m] && !idle[m] && !parked[m])
}

inline join(m)
{
	in[m] = AHEAD(way, pos[m], aim);
	origin[m] = pos[m]; target[m] = (in[m] -> aim : pos[m])
}

inline begin_at(m, where)
{
	pos[m] = where; up[m] = (1 << where) - 1;
	online[m] = where > 3; dead[m] = !online[m]; park[m] = !online[m];
	run thread(m);
	run cpu(m)
}

active proctype bp()
{
	byte m, c, p, q, end, p_out, end_out, waited, begin, first, room;
	bool go, any;

	atomic {
		if :: begin_at(0, TOP) :: begin_at(0, 0) fi;
		if :: begin_at(2, TOP) :: begin_at(2, 0) fi;
		select (m : 0 .. TOP);
		q = (m == 3 -> 0 : m);
		begin_at(1, q)
	};
	atomic {
		ALL(m, park[m], parked[m] -> parked[m]--);
		if :: way = DOWN; aim = 0 :: way = UP; aim = TOP fi;
		if :: each = false :: each = true fi;
		if :: window = 2 :: window = N fi;
		join(0); join(1); join(2);
		dir = way;
		plan()
	};
	do
	:: atomic { p != end ->
			q = SEG_TO(dir, p);
			q = (AHEAD(dir, end, q) -> end : q) };
		if
		:: HANDOVER(STATE(dir, p)) && dir == DOWN -> cross_takedown()
		:: else -> cross_start_wait()
		fi;
		atomic { if :: dir == way && (failed || stopped) -> turn_back() :: else -> p = q fi }
	:: atomic { p == end && dir != way && !stopped && each ->
			dir = way; p = p_out; end = end_out }
	:: atomic { p == end && (dir == way || stopped || !each) -> break }
	od;
	atomic { judge(0); judge(1); judge(2) }
}
