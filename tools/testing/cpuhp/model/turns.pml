// SPDX-License-Identifier: GPL-2.0
/*
 * A takedown that stops nobody: members wait in limbo, and take turns to move
 * their interrupts away and then to leave.
 *
 * The claim: never are two members in a turn; nobody halts for ever; at the end
 * each member is where its state says, and no call data is in use.
 *
 * What stands for what
 *
 *   bp		the BP's half: gather, clear, the two chains, and the way back of members
 *		that were refused on the way
 *   member	the member's half, in its stopper: limbo(), with the turn in it, and the
 *		close of the call queue in cpuhp_report_idle_dead()
 *   grant	pass(): the turn goes to the next member, or the chain is done
 *   kick	the claim of rec->kick, then smp_call_function_single_async()
 *   take	the handler: the call data is free, its function gives the claim back,
 *		and the loop looks at its state again
 *
 * A turn is granted first and the kick follows. So a member that another interrupt
 * has woken may be through with its turn, or dead, before its kick is sent, and a
 * second kick may be on its way from elsewhere: hence the claim. TICKS says how
 * often another interrupt comes.
 *
 * A member halts with interrupts off until one is pending: to enable them and to
 * halt is one step. The grace period does not occur, the bits are cleared at once.
 */
#ifndef TICKS
#define TICKS	2
#endif
#define N	3

mtype = { OUT, IN, MOVE, MOVED, REFUSED, GO, LEFT, BACK };

mtype leave[N] = OUT;		/* rec->leave */
bool asked[N];			/* limbo() is queued */
bool shut[N];			/* the stopper takes no other work */
bool claimed[N], queued[N];	/* rec->kick: it is used, it is in the call queue */
bool ipi[N];			/* its interrupt is pending */
bool closed[N];			/* so is the call queue */
bool online[N] = true;
bool idle[N];			/* rec->idle */
bool stage;			/* the completion at the end of a chain */
byte ticks;			/* other interrupts that have come */

/* for the assertions alone */
byte in_turn;
bool moved[N], disabled[N], bp_done;

/* smp_call_function_single_async() */
inline send(m)
{
	atomic {
		if
#ifndef CLAIM_KEPT
		:: closed[m] -> claimed[m] = false	/* -ENXIO */
#else
		:: closed[m] -> skip
#endif
		:: else ->
			assert(!queued[m]);
			queued[m] = true;
			ipi[m] = true
		fi
	}
}

inline kick(m)
{
#ifdef KICK_UNCLAIMED
	if
	:: !claimed[m] -> claimed[m] = true; send(m)
	:: else
	fi
#else
	if
	:: atomic { !claimed[m] -> claimed[m] = true }; send(m)
	:: atomic { claimed[m] }	/* one that is on its way will do */
	fi
#endif
}

#define READY(m, what)	(what == MOVE -> leave[m] == IN : leave[m] == MOVED)

inline grant(from, what)
{
	k = from;
	do
	:: atomic { k < N && READY(k, what) ->
#ifdef KICK_BEFORE_GRANT
			skip }; kick(k); leave[k] = what; break
#else
			leave[k] = what };
#ifndef NO_KICK
		kick(k);
#endif
		break
#endif
	:: atomic { k < N && !READY(k, what) -> k++ }
	:: atomic { k == N -> assert(!stage); stage = true; break }
	od;
	k = 0
}

/* A member's turn ends when it says so; then the next one gets it. */
inline end_turn(new, what)
{
#ifdef STATE_AFTER_GRANT
	in_turn--;
	grant(me + 1, what);
	leave[me] = new
#else
	atomic { in_turn--; leave[me] = new };
	grant(me + 1, what)
#endif
}

inline take(m)
{
	atomic {
		ipi[m] = false; queued[m] = false;
#ifdef UNLOCK_LATE
		late = true
#else
		claimed[m] = false
#endif
	}
}

/* safe_halt(), and the interrupt that ends it */
inline halt(m)
{
#ifdef HALT_IN_TWO_STEPS
	if
	:: ipi[m] -> take(m)
	:: skip
	fi;
#endif
	if
	:: atomic { ipi[m] -> skip }; take(m)
	:: atomic { ticks < TICKS -> ticks++ }
	fi
}

proctype member(byte me)
{
	byte k;
	mtype now;
	bool late;

	asked[me];
	atomic { shut[me] = true; leave[me] = IN };
	do
	:: now = leave[me];
#ifdef UNLOCK_LATE
		if
		:: late -> claimed[me] = false; late = false
		:: else
		fi;
#endif
		if
		:: atomic { now == MOVE -> in_turn++; assert(in_turn == 1) };
			if
			:: moved[me] = true; end_turn(MOVED, MOVE)
			:: end_turn(REFUSED, MOVE)
			fi
		:: atomic { now == GO || now == BACK -> break }
		:: else -> halt(me)
		fi
	od;
	if
	:: atomic { now == GO -> in_turn++; assert(in_turn == 1 && moved[me]) };
		if
		:: disabled[me] = true; end_turn(LEFT, GO)
		:: online[me] = true; end_turn(BACK, GO)
		fi
	:: atomic { now == BACK }
	fi;
	if
	:: disabled[me] ->
		atomic {
			closed[me] = true;
			claimed[me] = claimed[me] && !queued[me];
			queued[me] = false; ipi[me] = false
		};
		idle[me] = true
	:: else ->
		if		/* interrupts are on again */
		:: atomic { ipi[me] -> skip }; take(me)
		:: atomic { !ipi[me] }
		fi;
		shut[me] = false
	fi;
	do			/* alive, it takes what still comes */
	:: atomic { !closed[me] && ipi[me] -> skip }; take(me)
	:: atomic { bp_done && !ipi[me] -> break }
	od
}

inline send_back(m)
{
	online[m] = true;
	leave[m] = BACK;
	kick(m)
}

inline back_if_refused(m)
{
	if
	:: leave[m] == REFUSED -> send_back(m)
	:: else
	fi
}

inline await(m)
{
	if
	:: leave[m] == LEFT -> idle[m]
	:: leave[m] == BACK ->
		assert(online[m]);	/* its hotplug thread is unparked */
#ifndef BACK_NOT_AWAITED
		!shut[m]
#endif
	fi
}

inline check(m)
{
	assert(leave[m] == LEFT || leave[m] == BACK);
	assert((leave[m] == LEFT) == disabled[m]);
	assert(online[m] == !disabled[m] && shut[m] == disabled[m]);
	assert(!disabled[m] || (moved[m] && !claimed[m] && !queued[m]))
}

active proctype bp()
{
	byte k;

	atomic {
		run member(0); run member(1); run member(2);
		asked[0] = true; asked[1] = true; asked[2] = true
	};
	leave[0] == IN; leave[1] == IN; leave[2] == IN;
	if
	:: skip ->			/* no room for their interrupts: none may go */
		send_back(0); send_back(1); send_back(2)
	:: atomic { online[0] = false; online[1] = false; online[2] = false };
		kick(0); kick(1); kick(2);
		grant(0, MOVE);
		atomic { stage -> stage = false };
		back_if_refused(0); back_if_refused(1); back_if_refused(2);
		grant(0, GO);
		atomic { stage -> stage = false }
	fi;
	await(0); await(1); await(2);
	atomic {
		check(0); check(1); check(2);
		assert(!in_turn && !stage);
		bp_done = true
	}
}
