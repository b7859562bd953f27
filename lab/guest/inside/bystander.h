/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bystander: what a CPU that is not concerned notices of an operation.
 *
 * Two things run on CPU 0, each with the same period:
 *
 *  - a SCHED_FIFO thread that sleeps and looks at the clock. Its gap is the
 *    time between two wake-ups beyond the period: the CPU ran nothing for it.
 *  - an hrtimer of the kernel's own, as a sampling "cpu-clock" perf event. The
 *    time between two samples beyond the period is how long the CPU took no
 *    timer interrupt: interrupts were off.
 *
 * Neither needs an option that a kernel might lack, and neither spins: a CPU of
 * the guest that spins would take the host's time from the others. What is
 * shorter than a period may pass unseen. On a translator both also contain the
 * time in which the host ran other CPUs of the guest.
 *
 * A window is the time between bystander_begin() and bystander_end(), and
 * contains the gaps that lie in it at least in part.
 */
#ifndef LAB_GUEST_BYSTANDER_H
#define LAB_GUEST_BYSTANDER_H

#include <errno.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cpus.h"

#define BYSTANDER_CPU		0
#define BYSTANDER_PRIORITY	80
#define BYSTANDER_PERIOD_NS	1000000LL
/* Samples of a minute, so that none is lost while the thread does not run. */
#define BYSTANDER_RING		(1024 * 1024)

/* The longest of each kind, in nanoseconds; -1 where it cannot be told. */
struct bystander_seen {
	long long gap, off;
};

static struct {
	struct perf_event_mmap_page *ring;
	unsigned long long read_to;
	long long last_sample, last_wakeup;
	struct bystander_seen longest;
	atomic_ulong wakeups;
	atomic_bool forget;
	/* Called once when the time is beyond; 0: never. */
	atomic_llong deadline;
	void (*late)(void);
} bystander;

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(long long when)
{
	struct timespec until = { when / 1000000000LL, when % 1000000000LL };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* Returns an error's text, or NULL: the timer's samples go to a ring. */
static const char *open_samples(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = BYSTANDER_PERIOD_NS,
		.sample_type = PERF_SAMPLE_TIME,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, BYSTANDER_CPU, -1, PERF_FLAG_FD_CLOEXEC);
	void *ring;

	if (fd < 0)
		return strerror(errno);
	ring = mmap(NULL, sysconf(_SC_PAGESIZE) + BYSTANDER_RING, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		return strerror(errno);
	bystander.ring = ring;
	return NULL;
}

static void copy_from_ring(void *to, unsigned long long from, size_t size)
{
	const char *data = (const char *)bystander.ring + bystander.ring->data_offset;

	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = data[(from + i) % bystander.ring->data_size];
}

static void longer(long long *longest, long long from, long long to)
{
	if (from && to - from - BYSTANDER_PERIOD_NS > *longest)
		*longest = to - from - BYSTANDER_PERIOD_NS;
}

/* All samples there are; a hole in them says nothing about the CPU. */
static void take_samples(void)
{
	unsigned long long head;
	struct { struct perf_event_header header; unsigned long long time; } sample;

	if (!bystander.ring)
		return;
	head = __atomic_load_n(&bystander.ring->data_head, __ATOMIC_ACQUIRE);
	while (bystander.read_to < head) {
		copy_from_ring(&sample, bystander.read_to, sizeof(sample));
		bystander.read_to += sample.header.size;
		if (sample.header.type != PERF_RECORD_SAMPLE) {
			bystander.last_sample = 0;
			continue;
		}
		longer(&bystander.longest.off, bystander.last_sample, sample.time);
		bystander.last_sample = sample.time;
	}
	__atomic_store_n(&bystander.ring->data_tail, bystander.read_to, __ATOMIC_RELEASE);
}

static void *stand_by(void *unused)
{
	long long now, deadline;

	(void)unused;
	for (;;) {
		sleep_until(bystander.last_wakeup + BYSTANDER_PERIOD_NS);
		now = now_ns();
		longer(&bystander.longest.gap, bystander.last_wakeup, now);
		bystander.last_wakeup = now;
		take_samples();
		if (atomic_exchange(&bystander.forget, false))
			bystander.longest = (struct bystander_seen){ 0, bystander.ring ? 0 : -1 };
		deadline = atomic_load(&bystander.deadline);
		if (deadline && now > deadline) {
			atomic_store(&bystander.deadline, 0);
			bystander.late();
		}
		atomic_fetch_add(&bystander.wakeups, 1);
	}
	return NULL;
}

/* @late is called by the bystander when an operation takes longer than it may. */
static void bystander_start(void (*late)(void))
{
	struct sched_param priority = { .sched_priority = BYSTANDER_PRIORITY };
	const char *error = open_samples();
	pthread_t thread;

	if (error)
		printf("no samples of a timer on CPU %d: %s\n", BYSTANDER_CPU, error);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	bystander.late = late;
	bystander.last_wakeup = now_ns();
	errno = pthread_create(&thread, NULL, stand_by, NULL);
	if (!errno) {
		pin(thread, BYSTANDER_CPU);
		errno = pthread_setschedparam(thread, SCHED_FIFO, &priority);
	}
	if (!errno)
		return;
	printf("no real-time thread on CPU %d: %s\n", BYSTANDER_CPU, strerror(errno));
	exit(1);
}

/* The bystander has slept and woken up since the call: it has seen what was before. */
static void let_it_look(void)
{
	unsigned long seen = atomic_load(&bystander.wakeups);

	while (atomic_load(&bystander.wakeups) < seen + 2)
		sleep_until(now_ns() + BYSTANDER_PERIOD_NS);
}

/* @limit_ns: how long the operation may take before late() is called */
static void bystander_begin(long long limit_ns)
{
	let_it_look();
	atomic_store(&bystander.forget, true);
	let_it_look();
	atomic_store(&bystander.deadline, now_ns() + limit_ns);
}

static struct bystander_seen bystander_end(void)
{
	atomic_store(&bystander.deadline, 0);
	let_it_look();
	return bystander.longest;
}

#endif
