// SPDX-License-Identifier: GPL-2.0
/*
 * The call queue of a CPU that closes it when it dies and opens it when it is back.
 *
 * The claim: a node that was added is run, once; a sender whose node was not added
 * knows, and never waits for it; a sender is refused only if the CPU was not there
 * all the time.
 *
 * What stands for what
 *
 *   x		the CPU. serve: the handler, __flush_smp_call_function_queue(); die:
 *		smpcfd_dying_cpu(), cpuhp_report_idle_dead() up to the close, and the
 *		flush of the idle task behind it
 *   up		the control CPU at bring-up: the queue opens, then the reach bit is set
 *   sync	smp_call_function_single() and smp_call_function_many_cond() that wait
 *   async	smp_call_function_single_async(), whose node is in use until it has run
 *   irq_work	irq_work_queue_on() and irq_work_sync(); S4 of its claim
 *   add	__smp_call_single_queue()
 *
 * Promela has no weak memory. One stale read is put in by hand: the first look at
 * the head may find what was there before the queue opened. The litmus tests have
 * the rest.
 */
#define EMPTY	0
#define CLOSED	9
#define SYNC	1		/* nodes */
#define ASYNC	2
#define WORK	3
#define NODES	4

#ifndef LIVES
#define LIVES	2
#endif
#ifndef USES
#define USES	2
#endif

byte head, nxt[NODES];
bool locked[NODES];		/* CSD_FLAG_LOCK */
bool pending, busy;		/* IRQ_WORK_PENDING, IRQ_WORK_BUSY */
bool ipi, reach = true, dead;

/* for the assertions alone */
byte owed[NODES];		/* sent, and neither run nor refused */
bool there[NODES];		/* the CPU has been there since the sender began */
bool up_now = true;
byte lives = 1, senders_done;

inline add(n, ok)
{
	if
	:: atomic { old = head }
	:: atomic { lives > 1 -> old = CLOSED }	/* (E') what was there before */
	fi;
#ifndef ONE_LOOK
	if
	:: atomic { old == CLOSED -> old = head }
	:: atomic { old != CLOSED }
	fi;
#endif
	do
	:: atomic { old == CLOSED -> ok = false; break }
	:: atomic { old != CLOSED ->
			nxt[n] = old;
			if
			:: head == old -> head = n; ok = true; break
			:: else -> old = head
			fi }				/* (E) */
	od;
	if
	:: atomic { ok && old == EMPTY -> ipi = true; old = 0 }
	:: atomic { !ok || old != EMPTY -> old = 0 }
	fi
}

inline owe(n)
{
	owed[n]++; there[n] = up_now
}

/* Test the reach bit, add, and say what became of it. */
inline send(n, ok)
{
	if
	:: reach -> add(n, ok)
	:: atomic { !reach -> ok = false }
	fi;
	d_step {
		if
		:: !ok -> assert(!there[n]); owed[n]--
		:: else
		fi;
		there[n] = false
	}
}

active proctype sync()
{
	byte old;
	bool ok;

	atomic { locked[SYNC] = true; owe(SYNC) };
	send(SYNC, ok);
#ifndef REFUSED_WAITS
	atomic { locked[SYNC] = locked[SYNC] && ok };
#endif
	atomic { !locked[SYNC] -> assert(!owed[SYNC]); senders_done++ }
}

active proctype async()
{
	byte i, old;
	bool ok;

	do
	:: i < USES ->
		if
		:: atomic { locked[ASYNC] -> i++ }		/* -EBUSY */
		:: atomic { !locked[ASYNC] -> locked[ASYNC] = true; owe(ASYNC) };
			send(ASYNC, ok);
			atomic {
				locked[ASYNC] = locked[ASYNC] && ok;
				ok = false;
				i++
			}
		fi
	:: atomic { i == USES -> senders_done++; break }
	od
}

active proctype irq_work()
{
	byte i, old;
	bool ok;

	do
	:: i < USES ->
		if
		:: atomic { !pending -> pending = true; busy = true; owe(WORK) };
			send(WORK, ok);
			if
#ifndef CLAIM_KEPT
			:: !ok -> atomic { pending = false; busy = false }
#endif
			:: else
			fi;
			atomic { ok = false; i++ }
		:: atomic { pending -> i++ }
		fi
	:: i == USES -> break
	od;
	atomic { !busy -> senders_done++ }	/* irq_work_sync() */
}

inline work(n)
{
	d_step { assert(!dead && owed[n]); owed[n]-- }
}

/* Run the nodes of a list that is out of the queue. */
inline run_all()
{
	do
	:: atomic { l != EMPTY ->
			n = l;
#ifndef NEXT_READ_LATE
			l = nxt[n]; nxt[n] = EMPTY;
#endif
			assert(n == WORK || locked[n]) };
		if
		:: atomic { n == SYNC -> work(n); locked[n] = false }
		:: atomic { n == ASYNC -> locked[n] = false }; work(n)
		:: atomic { n == WORK -> pending = false };
			atomic { work(n); busy = pending }
		fi;
#ifdef NEXT_READ_LATE
		l = nxt[n];
#endif
		n = 0
	:: atomic { l == EMPTY -> break }
	od
}

/* __flush_smp_call_function_queue() */
inline serve()
{
#ifdef FLUSH_OPENS
	atomic { l = (head == CLOSED -> EMPTY : head); head = EMPTY };
#else
	if
	:: head == CLOSED -> l = EMPTY
	:: else -> atomic { l = head; head = EMPTY }
	fi;
#endif
	run_all()
}

/* The BP opens the queue of a CPU that is about to come up. */
inline open()
{
	d_step { dead = false; ipi = false; lives++ };
#ifdef OPEN_LATE
	d_step { reach = true; up_now = true };
	head = EMPTY
#else
	head = EMPTY;
	d_step { reach = true; up_now = true }
#endif
}

active proctype x()
{
	byte l, n;

end_up:
	do
	:: atomic { ipi -> ipi = false };
		serve()
	:: d_step { up_now = false; there[SYNC] = false; there[ASYNC] = false; there[WORK] = false };
		serve();		/* smpcfd_dying_cpu(): interrupts are off */
#ifdef HEAD_LEFT_OPEN
		serve();
		reach = false;
#else
		reach = false;
#ifdef CLOSED_BY_STORE
		l = head;
		head = CLOSED;
#else
		atomic { l = head; head = CLOSED };	/* (E) */
#endif
		run_all();
#endif
		serve();
		dead = true;
end_dead:
		lives < LIVES;
		open()
	od
}

/* When nothing happens any more, everything has been served. */
active proctype judge()
{
	timeout;
	assert(senders_done == 3);
	assert(!owed[SYNC] && !owed[ASYNC] && !owed[WORK]);
	assert(!locked[SYNC] && !locked[ASYNC] && !busy);
	assert(head == EMPTY || head == CLOSED)
}
