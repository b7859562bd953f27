// SPDX-License-Identifier: GPL-2.0
/*
 * With "freezer" in hotplug/quiesce all tasks are frozen while CPUs move. A system
 * call that waits goes on waiting afterwards, if a signal ends it with EINTR and it
 * is never restarted: nobody has sent a signal. It still returns when what it waits
 * for is there, and for a real signal.
 *
 * One variant for each call. In the environment: CPUHP_ROUNDS, how often a CPU
 * goes offline and comes back.
 *
 * Guards these patches:
 *	eventpoll: do not end a wait because of a freeze	epoll_wait*
 *	ipc/sem: do not end a wait because of a freeze		semop, semtimedop
 *	fs/aio: do not end a wait because of a freeze		io_getevents
 *	io_uring: do not end a wait because of a freeze		io_uring_enter
 *	net: do not end a wait with a timeout because of a freeze
 *			recv*, read, send*, write, accept, connect
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eintr_calls.h"
#include "util/harness.h"

#define QUIESCE		"hotplug/quiesce"

/**
 * struct record - how far the waiter is, in memory shared with the test
 * @ready:	it is about to call
 * @done:	the call has returned
 * @ret:	what the call returned, a negative errno for failure
 */
struct record {
	int ready;
	int done;
	long ret;
};

static struct record *shared_record(void)
{
	return mmap(NULL, sizeof(struct record), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void end_waiter(pid_t pid)
{
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

static int move_cpu(unsigned long rounds)
{
	int cpu = cpuhp_test_cpu(), err = 0;

	while (rounds-- && !err) {
		err = cpuhp_cpu_write(cpu, "online", "0");
		err = err ?: cpuhp_cpu_write(cpu, "online", "1");
	}
	return err;
}

FIXTURE(eintr) {
	struct place place;
	struct record *record;
	pid_t waiter;
	unsigned long rounds;
};

/*
 * A call, and how many times as often CPUs move for it: one that is not always
 * asleep has to be met at the right moment.
 */
FIXTURE_VARIANT(eintr) {
	const struct call *call;
	int times;
};

#define VARIANT(name, n) \
	FIXTURE_VARIANT_ADD(eintr, name) { .call = &call_##name, .times = n }

VARIANT(epoll_wait, 1);
VARIANT(epoll_wait_often, 5);
VARIANT(epoll_wait_timeout, 1);
VARIANT(poll, 1);
VARIANT(io_getevents, 1);
VARIANT(io_uring_enter, 1);
VARIANT(semop, 1);
VARIANT(semtimedop, 1);
VARIANT(msgrcv, 1);
VARIANT(recv, 1);
VARIANT(recv_datagram, 1);
VARIANT(recvmsg, 1);
VARIANT(read, 1);
VARIANT(send, 1);
VARIANT(sendmsg, 1);
VARIANT(write, 1);
VARIANT(accept, 1);
VARIANT(connect, 1);

FIXTURE_SETUP(eintr)
{
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 3) * variant->times;
	self->place.id = -1;
	self->record = shared_record();
	ASSERT_NE(MAP_FAILED, self->record);
	ASSERT_EQ(0, cpuhp_restore());
	if (cpuhp_sys_write(QUIESCE, "freezer"))
		SKIP(return, "no mode freezer in " QUIESCE);
}

FIXTURE_TEARDOWN(eintr)
{
	end_waiter(self->waiter);
	if (self->place.id >= 0 && semctl(self->place.id, 0, IPC_RMID))
		msgctl(self->place.id, IPC_RMID, NULL);
	cpuhp_sys_write(QUIESCE, "lock");
	EXPECT_EQ(0, cpuhp_restore());
}

static void on_signal(int sig)
{
}

static void wait_and_tell(const struct call *call, const struct place *place,
			  struct record *record)
{
	struct sigaction action = { .sa_handler = on_signal };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGUSR1, &action, NULL);
	__atomic_store_n(&record->ready, 1, __ATOMIC_RELEASE);
	record->ret = result_of(call->wait(place));
	__atomic_store_n(&record->done, 1, __ATOMIC_RELEASE);
	_exit(0);
}

static bool is_done(void *arg)
{
	const struct record *record = arg;

	return __atomic_load_n(&record->done, __ATOMIC_ACQUIRE);
}

/* The waiter sleeps in the call, or is back from it. */
static bool waits(void *arg)
{
	const FIXTURE_DATA(eintr) * self = arg;
	char path[64], text[512], *state;

	if (is_done(self->record))
		return true;
	if (!__atomic_load_n(&self->record->ready, __ATOMIC_ACQUIRE))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", self->waiter);
	if (cpuhp_file_read(path, text, sizeof(text)))
		return false;
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

/* Returns 0 with a waiter in the call, -ENOSYS if the kernel has no such call. */
static int start_waiter(FIXTURE_DATA(eintr) * self, const struct call *call)
{
	int err = call->prepare(&self->place);

	if (err)
		return err;
	self->waiter = fork();
	if (!self->waiter)
		wait_and_tell(call, &self->place, self->record);
	if (self->waiter < 0)
		return -errno;
	err = cpuhp_wait(waits, self);
	if (!err && is_done(self->record))
		err = self->record->ret < 0 ? self->record->ret : -EPROTO;
	return err;
}

TEST_F_TIMEOUT(eintr, waits_on, 300)
{
	int err = start_waiter(self, variant->call);

	if (err == -ENOSYS)
		SKIP(return, "the kernel has no such call");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, move_cpu(self->rounds));
	ASSERT_EQ(0, cpuhp_wait(waits, self));
	ASSERT_FALSE(is_done(self->record)) {
		TH_LOG("the call ended: %s", strerror(-self->record->ret));
	}
	ASSERT_EQ(0, variant->call->finish(&self->place));
	ASSERT_EQ(0, cpuhp_wait(is_done, self->record));
	ASSERT_LE(0, self->record->ret) {
		TH_LOG("the call failed: %s", strerror(-self->record->ret));
	}
}

/* A waiter that makes many calls may be between two of them: send another signal. */
static bool is_done_by_signal(void *arg)
{
	const FIXTURE_DATA(eintr) * self = arg;

	kill(self->waiter, SIGUSR1);
	return is_done(self->record);
}

TEST_F_TIMEOUT(eintr, a_signal_ends_it, 300)
{
	int err = start_waiter(self, variant->call);

	if (err == -ENOSYS)
		SKIP(return, "the kernel has no such call");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, move_cpu(self->rounds));
	ASSERT_EQ(0, cpuhp_wait(waits, self));
	ASSERT_EQ(0, cpuhp_wait(is_done_by_signal, self));
	ASSERT_EQ(-EINTR, self->record->ret);
}

CPUHP_HARNESS_MAIN
