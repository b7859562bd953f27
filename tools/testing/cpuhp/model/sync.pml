// SPDX-License-Identifier: GPL-2.0
/*
 * The handshake of one CPU through several lives, with answers that come too late.
 *
 * The claim: a CPU that was released runs on; the BP waits for nothing that cannot
 * come; a CPU is kicked only if it is dead or waits where a kick may reset it; a
 * report that the BP has not seen is never overwritten.
 *
 * What stands for what
 *
 *   bp		kick.c: cpuhp_start(), cpuhp_kick(), cpuhp_unkick(); sync_alive.c:
 *		cpuhp_sync_may_kick(), cpuhp_sync_alive(), cpuhp_sync_settle();
 *		sync_dead.c: cpuhp_sync_should_die(), cpuhp_sync_dead(); up.c:
 *		bring_online()
 *   ap		sync_alive.c: cpuhp_ap_sync_alive(); up.c: cpuhp_online_idle();
 *		down.c: cpuhp_report_idle_dead(); sync_dead.c: cpuhp_ap_report_dead()
 *   kick	what the architecture does: it starts the CPU, or resets one that waits
 *
 * A kick resets a CPU that waits at once: it does nothing else from then on. A wait
 * may end without an answer at any moment: that is the time-out.
 *
 * A CPU that has been given up may report between the moment at which the BP stores
 * KICKED and the kick itself. The BP takes that report for the new one, and releases
 * the CPU before it runs again: the CPU finds the release and does not report.
 */
#ifndef LIVES
#define LIVES	3
#endif

mtype = { DEAD, KICKED, ALIVE, SHOULD_ONLINE, ONLINE, SHOULD_DIE };
mtype sync = DEAD;
bool kicked;			/* the kick is on its way */
bool idle, leave, online;

/* for the assertions alone */
bool runs;			/* it runs code that a reset would break */

/* cpuhp_ap_sync_alive(), its report */
inline report_alive()
{
#ifndef ALIVE_STORED
	if
	:: sync == SHOULD_ONLINE
	:: else -> sync = ALIVE
	fi
#else
	sync = ALIVE
#endif
}

active proctype ap()
{
end_off:
	kicked;
reset:
	kicked = false;
	do
	:: atomic { kicked -> goto reset }
	:: atomic { !kicked -> report_alive(); break }
	od;
end_alive:
	do
	:: atomic { !kicked && sync == SHOULD_ONLINE -> runs = true; break }
	:: atomic { kicked -> goto reset }
	od;
	online = true;
	sync = ONLINE;
	idle = true;
end_online:
	atomic { leave -> leave = false };
	online = false;
	idle = true;
	atomic { runs = false; sync = DEAD };
	goto end_off
}

/* cpuhp_sync_may_kick() */
inline may_kick()
{
	do
	:: seen = sync;
		if
#ifndef KICK_ANY_STATE
		:: seen != DEAD && seen != KICKED && seen != ALIVE -> ok = false; break
		:: else ->
#else
		:: true ->
#endif
			atomic {
				if
				:: sync == seen -> sync = KICKED; ok = true; break
				:: else
				fi
			}
		fi
	od
}

/* cpuhp_sync_wait() for ALIVE */
inline wait_alive(answer)
{
	if
	:: atomic { sync == ALIVE -> sync = answer; ok = true }
	:: atomic { sync != ALIVE -> ok = false }
	fi
}

inline bring_down()
{
	leave = true;
	atomic { idle -> idle = false };
#ifdef SHOULD_DIE_STORED
	sync = SHOULD_DIE;
#else
	do
	:: seen = sync;
		if
		:: seen == DEAD -> break
		:: else
		fi;
		atomic {
			if
			:: sync == seen -> sync = SHOULD_DIE; break
			:: else
			fi
		}
	od;
#endif
	if
	:: sync == DEAD
	:: runs				/* it is given up */
	fi
}

active proctype bp()
{
	byte lives;
	mtype seen;
	bool ok;

	do
	:: lives < LIVES ->
		lives++;
		may_kick();
		if
		:: ok ->
			atomic { assert(!runs); kicked = true };
			if
			:: wait_alive(SHOULD_ONLINE);
				if
				:: ok ->
					atomic { idle -> idle = false };
					assert(online && sync == ONLINE);
					bring_down()
				:: else
				fi
#ifdef UNKICK_RELEASES
			:: wait_alive(SHOULD_ONLINE);
#else
			:: wait_alive(ALIVE);		/* cpuhp_unkick() */
#endif
				assert(!runs)
			fi
		:: else			/* it was given up, and it is not known what it does */
		fi
	:: lives == LIVES -> break
	od
}
