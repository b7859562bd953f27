// SPDX-License-Identifier: GPL-2.0
/*
 * System calls that wait, which a signal ends with EINTR: what each waits for, the
 * call, and how to make it return.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "eintr_calls.h"

/* Long enough that no wait ends by its timeout. */
#define LONG_SECONDS	1000

/* What a call has returned, with a negative errno for failure. */
long result_of(long ret)
{
	return ret < 0 ? -errno : ret;
}

/* --- waiting for a file to become readable --------------------------------------- */

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
	long ret = -1;

	if (ep >= 0 && !epoll_ctl(ep, EPOLL_CTL_ADD, place->fd[0], &event))
		ret = epoll_wait(ep, &event, 1, timeout);
	if (ep >= 0)
		close(ep);
	return ret;
}

static long wait_epoll_for_ever(const struct place *place)
{
	return wait_epoll(place, -1);
}

/* Short waits, one after the other: often not asleep when tasks are frozen. */
static long wait_epoll_often(const struct place *place)
{
	long ret;

	do {
		ret = wait_epoll(place, 1);
	} while (!ret);
	return ret;
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

/* Binding to no name makes the kernel choose a free one. */
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

/* A queue of connections that is full, so that the next one must wait. */
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

/* --- the calls ------------------------------------------------------------------- */

#define CALL(name, p, w, f) \
	const struct call call_##name = { .prepare = p, .wait = w, .finish = f }

CALL(epoll_wait, make_pipe, wait_epoll_for_ever, fill_pipe);
CALL(epoll_wait_often, make_pipe, wait_epoll_often, fill_pipe);
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
