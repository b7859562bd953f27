// SPDX-License-Identifier: GPL-2.0
/*
 * With "freezer" in hotplug/quiesce everybody stands still while CPUs move. Who
 * waits in a system call waits on afterwards: a call that a signal ends with
 * EINTR, and that is never restarted, is not ended where there was no signal.
 * It still ends when what it waits for is there, and for a real signal.
 *
 * One variant for each call. In the environment: CPUHP_ROUNDS, how often a CPU
 * goes and comes.
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"

#define QUIESCE		"hotplug/quiesce"

/* No wait ends by its timeout, where it has one. */
#define LONG_SECONDS	1000

/**
 * struct place - where to wait, and what the test has to do to end it
 * @fd:		[0] is the waiter's, [1] the test's
 * @id:		of the semaphore or the message queue
 * @address:	of the socket
 * @len:	its length
 */
struct place {
	int fd[2];
	int id;
	struct sockaddr_un address;
	socklen_t len;
};

/**
 * struct call - a call that waits
 * @prepare:	in the test: make the place; a negative errno for failure
 * @wait:	in the waiter; returns as the call does
 * @finish:	in the test: end the wait
 */
struct call {
	int (*prepare)(struct place *place);
	long (*wait)(const struct place *place);
	int (*finish)(const struct place *place);
};

static long result_of(long ret)
{
	return ret < 0 ? -errno : ret;
}

/* --- what becomes readable ------------------------------------------------------- */

static int make_pipe(struct place *place)
{
	return result_of(pipe(place->fd));
}

static int fill_pipe(const struct place *place)
{
	return write(place->fd[1], "x", 1) == 1 ? 0 : -errno;
}

static long wait_epoll(const struct place *place, int timeout)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(0);

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, place->fd[0], &event))
		return -1;
	return epoll_wait(ep, &event, 1, timeout);
}

static long wait_epoll_for_ever(const struct place *place)
{
	return wait_epoll(place, -1);
}

static long wait_epoll_with_timeout(const struct place *place)
{
	return wait_epoll(place, LONG_SECONDS * 1000);
}

static long wait_poll(const struct place *place)
{
	struct pollfd pfd = { .fd = place->fd[0], .events = POLLIN };

	return poll(&pfd, 1, LONG_SECONDS * 1000);
}

static long wait_aio(const struct place *place)
{
	struct iocb request = {
		.aio_lio_opcode = IOCB_CMD_POLL,
		.aio_fildes = place->fd[0],
		.aio_buf = POLLIN,
	};
	struct iocb *requests[] = { &request };
	struct timespec timeout = { .tv_sec = LONG_SECONDS };
	aio_context_t context = 0;
	struct io_event event;

	if (syscall(__NR_io_setup, 1, &context) ||
	    syscall(__NR_io_submit, context, 1, requests) != 1)
		return -1;
	return syscall(__NR_io_getevents, context, 1, 1, &event, &timeout);
}

static void *ring_map(int ring, size_t size, unsigned long offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, offset);
}

static long wait_io_uring(const struct place *place)
{
	struct io_uring_params params = { 0 };
	int ring = syscall(__NR_io_uring_setup, 1, &params);
	struct io_uring_sqe *sqe;
	char *queue;

	if (ring < 0)
		return -1;
	queue = ring_map(ring, params.sq_off.array + sizeof(uint32_t), IORING_OFF_SQ_RING);
	sqe = ring_map(ring, sizeof(*sqe), IORING_OFF_SQES);
	if (queue == MAP_FAILED || sqe == MAP_FAILED)
		return -1;
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_POLL_ADD;
	sqe->fd = place->fd[0];
	sqe->poll32_events = POLLIN;
	*(uint32_t *)(queue + params.sq_off.array) = 0;
	*(uint32_t *)(queue + params.sq_off.tail) = 1;
	if (syscall(__NR_io_uring_enter, ring, 1, 0, 0, NULL, 0) != 1)
		return -1;
	return syscall(__NR_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
}

/* --- System V ------------------------------------------------------------------- */

static int make_semaphore(struct place *place)
{
	place->id = semget(IPC_PRIVATE, 1, 0600);
	return result_of(place->id) < 0 ? -errno : 0;
}

static long wait_semop(const struct place *place)
{
	struct sembuf down = { .sem_op = -1 };

	return semop(place->id, &down, 1);
}

static long wait_semtimedop(const struct place *place)
{
	struct timespec timeout = { .tv_sec = LONG_SECONDS };
	struct sembuf down = { .sem_op = -1 };

	return semtimedop(place->id, &down, 1, &timeout);
}

static int raise_semaphore(const struct place *place)
{
	struct sembuf up = { .sem_op = 1 };

	return result_of(semop(place->id, &up, 1));
}

struct message {
	long type;
	char text[8];
};

static int make_message_queue(struct place *place)
{
	place->id = msgget(IPC_PRIVATE, 0600);
	return result_of(place->id) < 0 ? -errno : 0;
}

static long wait_msgrcv(const struct place *place)
{
	struct message message;

	return msgrcv(place->id, &message, sizeof(message.text), 0, 0);
}

static int send_message(const struct place *place)
{
	struct message message = { .type = 1 };

	return result_of(msgsnd(place->id, &message, sizeof(message.text), 0));
}

/* --- sockets with a timeout ------------------------------------------------------- */

static int limit(int fd)
{
	struct timeval timeout = { .tv_sec = LONG_SECONDS };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)))
		return -errno;
	return 0;
}

static int make_sockets(struct place *place, int type)
{
	if (socketpair(AF_UNIX, type, 0, place->fd))
		return -errno;
	return limit(place->fd[0]);
}

static int make_streams(struct place *place)
{
	return make_sockets(place, SOCK_STREAM);
}

static int make_datagrams(struct place *place)
{
	return make_sockets(place, SOCK_DGRAM);
}

static long wait_recv(const struct place *place)
{
	char text;

	return recv(place->fd[0], &text, 1, 0);
}

static long wait_recvmsg(const struct place *place)
{
	char text;
	struct iovec memory = { .iov_base = &text, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &memory, .msg_iovlen = 1 };

	return recvmsg(place->fd[0], &msg, 0);
}

static long wait_read(const struct place *place)
{
	char text;

	return read(place->fd[0], &text, 1);
}

static int fill(int fd)
{
	static const char text[1024];

	while (send(fd, text, sizeof(text), MSG_DONTWAIT) > 0)
		;
	return errno == EAGAIN ? 0 : -errno;
}

static int make_full_streams(struct place *place)
{
	int err = make_streams(place);

	return err ?: fill(place->fd[0]);
}

static int make_full_datagrams(struct place *place)
{
	int err = make_datagrams(place);

	return err ?: fill(place->fd[0]);
}

static long wait_send(const struct place *place)
{
	return send(place->fd[0], "x", 1, 0);
}

static long wait_sendmsg(const struct place *place)
{
	struct iovec memory = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &memory, .msg_iovlen = 1 };

	return sendmsg(place->fd[0], &msg, 0);
}

static long wait_write(const struct place *place)
{
	return write(place->fd[0], "x", 1);
}

static int drain(const struct place *place)
{
	char text[1024];

	while (recv(place->fd[1], text, sizeof(text), MSG_DONTWAIT) > 0)
		;
	return errno == EAGAIN ? 0 : -errno;
}

/* A name that is free is chosen by the kernel. */
static int make_listener(struct place *place, int *listener, int *other)
{
	place->len = sizeof(place->address);
	*listener = socket(AF_UNIX, SOCK_STREAM, 0);
	*other = socket(AF_UNIX, SOCK_STREAM, 0);
	place->address.sun_family = AF_UNIX;
	if (*listener < 0 || *other < 0 ||
	    bind(*listener, (void *)&place->address, sizeof(sa_family_t)) ||
	    getsockname(*listener, (void *)&place->address, &place->len) ||
	    listen(*listener, 0))
		return -errno;
	return limit(place->fd[0]);
}

static int connect_to(const struct place *place, int fd)
{
	return connect(fd, (const void *)&place->address, place->len);
}

static int make_door(struct place *place)
{
	return make_listener(place, &place->fd[0], &place->fd[1]);
}

static long wait_accept(const struct place *place)
{
	return accept(place->fd[0], NULL, NULL);
}

static int knock(const struct place *place)
{
	return result_of(connect_to(place, place->fd[1]));
}

/* A queue that one has filled, so that the next must wait. */
static int make_queue(struct place *place)
{
	int err = make_listener(place, &place->fd[1], &place->fd[0]);
	int first = socket(AF_UNIX, SOCK_STREAM, 0);

	if (err)
		return err;
	return first < 0 ? -errno : result_of(connect_to(place, first));
}

static long wait_connect(const struct place *place)
{
	return connect_to(place, place->fd[0]);
}

static int let_one_in(const struct place *place)
{
	return result_of(accept(place->fd[1], NULL, NULL)) < 0 ? -errno : 0;
}

/* --- one who waits ---------------------------------------------------------------- */

/**
 * struct record - what the waiter says, in memory shared with the test
 * @ready:	it is about to call
 * @done:	the call has returned
 * @ret:	what the call returned, a negative errno for failure
 * @turns:	calls made so far, where there are many
 */
struct record {
	int ready;
	int done;
	long ret;
	unsigned long turns;
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

FIXTURE_VARIANT(eintr) {
	struct call call;
};

#define CALL(name, p, w, f) \
	FIXTURE_VARIANT_ADD(eintr, name) { .call = { .prepare = p, .wait = w, .finish = f } }

CALL(epoll_wait, make_pipe, wait_epoll_for_ever, fill_pipe);
CALL(epoll_wait_timeout, make_pipe, wait_epoll_with_timeout, fill_pipe);
CALL(poll, make_pipe, wait_poll, fill_pipe);
CALL(io_getevents, make_pipe, wait_aio, fill_pipe);
CALL(io_uring_enter, make_pipe, wait_io_uring, fill_pipe);
CALL(semop, make_semaphore, wait_semop, raise_semaphore);
CALL(semtimedop, make_semaphore, wait_semtimedop, raise_semaphore);
CALL(msgrcv, make_message_queue, wait_msgrcv, send_message);
CALL(recv, make_streams, wait_recv, fill_pipe);
CALL(recv_datagram, make_datagrams, wait_recv, fill_pipe);
CALL(recvmsg, make_datagrams, wait_recvmsg, fill_pipe);
CALL(read, make_datagrams, wait_read, fill_pipe);
CALL(send, make_full_streams, wait_send, drain);
CALL(sendmsg, make_full_datagrams, wait_sendmsg, drain);
CALL(write, make_full_streams, wait_write, drain);
CALL(accept, make_door, wait_accept, knock);
CALL(connect, make_queue, wait_connect, let_one_in);

FIXTURE_SETUP(eintr)
{
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 3);
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

/* In the call and asleep, or back from it. */
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

/* Return 0 with a waiter in the call, -ENOSYS where there is no such call. */
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
	int err = start_waiter(self, &variant->call);

	if (err == -ENOSYS)
		SKIP(return, "the kernel has no such call");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, move_cpu(self->rounds));
	ASSERT_EQ(0, cpuhp_wait(waits, self));
	ASSERT_FALSE(is_done(self->record)) {
		TH_LOG("the call ended: %s", strerror(-self->record->ret));
	}
	ASSERT_EQ(0, variant->call.finish(&self->place));
	ASSERT_EQ(0, cpuhp_wait(is_done, self->record));
	ASSERT_LE(0, self->record->ret) {
		TH_LOG("the call failed: %s", strerror(-self->record->ret));
	}
}

TEST_F_TIMEOUT(eintr, a_signal_ends_it, 300)
{
	int err = start_waiter(self, &variant->call);

	if (err == -ENOSYS)
		SKIP(return, "the kernel has no such call");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, move_cpu(self->rounds));
	ASSERT_EQ(0, cpuhp_wait(waits, self));
	ASSERT_EQ(0, kill(self->waiter, SIGUSR1));
	ASSERT_EQ(0, cpuhp_wait(is_done, self->record));
	ASSERT_EQ(-EINTR, self->record->ret);
}

/* --- those that are not asleep when they are asked -------------------------------- */

FIXTURE(busy) {
	struct record *record;
	pid_t waiter;
	unsigned long rounds;
};

FIXTURE_SETUP(busy)
{
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 3);
	self->record = shared_record();
	ASSERT_NE(MAP_FAILED, self->record);
	ASSERT_EQ(0, cpuhp_restore());
	if (cpuhp_sys_write(QUIESCE, "freezer"))
		SKIP(return, "no mode freezer in " QUIESCE);
}

FIXTURE_TEARDOWN(busy)
{
	end_waiter(self->waiter);
	cpuhp_sys_write(QUIESCE, "lock");
	EXPECT_EQ(0, cpuhp_restore());
}

/* Short waits, one after the other, until one of them ends in another way. */
static void wait_again_and_again(struct record *record)
{
	struct epoll_event event;
	int ep = epoll_create1(0);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	do {
		record->ret = result_of(epoll_wait(ep, &event, 1, 1));
		__atomic_add_fetch(&record->turns, 1, __ATOMIC_RELEASE);
	} while (!record->ret);
	__atomic_store_n(&record->done, 1, __ATOMIC_RELEASE);
	_exit(0);
}

static bool turns_or_ends(void *arg)
{
	struct record *record = arg;

	return is_done(record) || __atomic_load_n(&record->turns, __ATOMIC_ACQUIRE);
}

TEST_F_TIMEOUT(busy, epoll_wait, 300)
{
	unsigned long round;

	self->waiter = fork();
	ASSERT_LE(0, self->waiter);
	if (!self->waiter)
		wait_again_and_again(self->record);
	for (round = 0; round < 5 * self->rounds; round++) {
		__atomic_store_n(&self->record->turns, 0, __ATOMIC_RELEASE);
		ASSERT_EQ(0, cpuhp_wait(turns_or_ends, self->record));
		ASSERT_EQ(0, move_cpu(1));
	}
	ASSERT_FALSE(is_done(self->record)) {
		TH_LOG("the call ended: %s", strerror(-self->record->ret));
	}
}

CPUHP_HARNESS_MAIN
