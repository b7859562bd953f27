// SPDX-License-Identifier: GPL-2.0
/*
 * A takedown that stops nobody: members wait in limbo, and take turns to move
 * their interrupts away and then to leave.
 *
 * The claim: never are two members in a turn; nobody halts for ever; at the end
 * each member is where its result says, and no call data is in use. If an interrupt
 * cannot move, all members stay, unless tasks are frozen; any subset may refuse to
 * leave in its turn.
 *
 * What stands for what
 *
 *   bp		the BP's half, takedown_quiet.c; at the end leave_or_refuse() of down.c
 *   member	the member's half, in its stopper: limbo(), with the turn in it, and the
 *		close of the call queue in cpuhp_report_idle_dead()
 *   arrive	arrive_or_go()
 *   pass	pass_turn(): the turn goes to the next member, or the chain is done
 *   kick	the claim of a kick, then smp_call_function_single_async()
 *   take	the handler: the call data is free, its function gives the claim back,
 *		and the loop looks at its turn again
 *
 * A turn is given first and the kick follows. So a member that another interrupt
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

mtype = { WAIT, MOVE, LEAVE, STAY };

mtype turn[N] = WAIT;		/* rec->turn */
mtype chain;			/* limbo.turn */
bool mover[N];			/* limbo.turns, if the turn is MOVE */
bool result[N];			/* rec->m.result */
byte missing;			/* limbo.missing */
bool asked[N];			/* limbo() is queued */
bool shut[N];			/* the stopper takes no other work */
bool claimed[N], queued[N];	/* rec->kick: it is used, it is in the call queue */
bool ipi[N];			/* its interrupt is pending */
bool closed[N];			/* so is the call queue */
bool online[N] = true;
bool idle[N];			/* rec->idle */
bool stage;			/* limbo.stage */
byte ticks;			/* other interrupts that have come */

/* for the assertions alone */
byte in_turn;
bool disabled[N], bp_done;

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

inline complete_stage()
{
	assert(!stage);
	stage = true
}

inline arrive()
{
	atomic {
		missing--;
		if
		:: !missing -> complete_stage()
		:: else
		fi
	}
}

/* To the first of those whose turns it is, from @from on. */
inline pass(from)
{
	k = from;
	do
	:: atomic { k < N && (chain == LEAVE || mover[k]) ->
#ifdef KICK_BEFORE_TURN
			skip }; kick(k); turn[k] = chain; break
#else
			turn[k] = chain };
#ifndef NO_KICK
		kick(k);
#endif
		break
#endif
	:: atomic { k < N && chain == MOVE && !mover[k] -> k++ }
	:: atomic { k == N -> complete_stage(); break }
	od;
	k = 0
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
	shut[me] = true;
	arrive();
	do
	:: now = turn[me];
#ifdef UNLOCK_LATE
		if
		:: late -> claimed[me] = false; late = false
		:: else
		fi;
#endif
		if
		:: atomic { now == MOVE -> in_turn++; assert(in_turn == 1) };
			if
			:: result[me] = false
			:: result[me] = true
			fi;
#ifdef WAIT_AFTER_PASS
			in_turn--;
			pass(me + 1);
			turn[me] = WAIT
#else
			atomic { in_turn--; turn[me] = WAIT };
			pass(me + 1)
#endif
		:: atomic { now == LEAVE || now == STAY -> break }
		:: else -> halt(me)
		fi
	od;
	if
	:: atomic { now == LEAVE -> in_turn++; assert(in_turn == 1) };
		if
		:: disabled[me] = true; result[me] = false
		:: online[me] = true; result[me] = true;
#ifndef OPENED_LATE
			shut[me] = false
#endif
		fi;
		in_turn--;
		pass(me + 1)
	:: atomic { now == STAY };
		online[me] = true;
		shut[me] = false;
		arrive()
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
		fi
#ifdef OPENED_LATE
		; shut[me] = false
#endif
	fi;
	do			/* alive, it takes what still comes */
	:: atomic { !closed[me] && ipi[me] -> skip }; take(me)
	:: atomic { bp_done && !ipi[me] -> break }
	od
}

inline send_back(m)
{
	atomic { result[m] = true; turn[m] = STAY };
	kick(m)
}

inline check(m)
{
	assert(result[m] == !disabled[m] && !(err && disabled[m]));
	assert(online[m] == !disabled[m] && shut[m] == disabled[m])
}

/* Nobody will take what is in the queue of a dead member. */
#define UNUSED(m)	(!disabled[m] || (!claimed[m] && !queued[m]))

active proctype bp()
{
	byte k;
	bool err;

	atomic {
		run member(0); run member(1); run member(2);
		missing = N;				/* gather() */
		asked[0] = true; asked[1] = true; asked[2] = true
	};
	atomic { stage -> stage = false };
	if
	:: err = true			/* no room for their interrupts: none may go */
	:: atomic { online[0] = false; online[1] = false; online[2] = false };
		kick(0); kick(1); kick(2);
		atomic {
			if :: mover[0] = true :: true fi;
			if :: mover[1] = true :: true fi;
			if :: mover[2] = true :: true fi;
			chain = MOVE
		};
		if
		:: mover[0] || mover[1] || mover[2] ->
			pass(0);
			atomic { stage -> stage = false }
		:: else
		fi;
		if
		:: atomic { err = (mover[0] && result[0]) || (mover[1] && result[1]) ||
				  (mover[2] && result[2]) }
		:: skip			/* tasks are frozen */
		fi
	fi;
	if
	:: err ->
		missing = N;
		send_back(0); send_back(1); send_back(2)
	:: else ->
		chain = LEAVE;
		pass(0)
	fi;
	atomic { stage -> stage = false };
	result[0] || idle[0]; result[1] || idle[1]; result[2] || idle[2];
	atomic {
		check(0); check(1); check(2);
		assert(!in_turn && !stage);
		bp_done = true
	};
	atomic { _nr_pr == 1 ->		/* what is on its way has come */
		assert(UNUSED(0)); assert(UNUSED(1)); assert(UNUSED(2))
	}
}
