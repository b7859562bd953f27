/* SPDX-License-Identifier: GPL-2.0 */
/* System calls that wait, which a signal ends with EINTR. */
#ifndef CPUHP_EINTR_CALLS_H
#define CPUHP_EINTR_CALLS_H

#include <sys/socket.h>
#include <sys/un.h>

/**
 * struct place - what a call waits for
 * @fd:		two ends: [0] for the waiter, [1] for the test
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
 * struct call - a system call that waits
 * @prepare:	run by the test: make the place; returns 0 or -errno
 * @wait:	run by the waiter: the call itself, with its return value
 * @finish:	run by the test: make the call return; returns 0 or -errno
 */
struct call {
	int (*prepare)(struct place *place);
	long (*wait)(const struct place *place);
	int (*finish)(const struct place *place);
};

extern const struct call
	call_epoll_wait, call_epoll_wait_often, call_epoll_wait_timeout, call_poll,
	call_io_getevents, call_io_uring_enter, call_semop, call_semtimedop,
	call_msgrcv, call_recv, call_recv_datagram, call_recvmsg, call_read,
	call_send, call_sendmsg, call_write, call_accept, call_connect;

long result_of(long ret);

#endif /* CPUHP_EINTR_CALLS_H */
