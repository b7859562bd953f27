// SPDX-License-Identifier: GPL-2.0
/*
 * Block requests under way, when all CPUs of a hardware queue leave together.
 *
 * Needs a disk with fewer queues than CPUs, best a slow one:
 *	-device virtio-blk-pci,drive=d,num-queues=2
 *	-blockdev driver=null-co,node-name=d,latency-ns=150000000
 *
 * Guards these patches:
 *	blk-mq: drain a hardware queue when its last CPUs leave together
 *	x86/irq: Let CPUs that die together wait for interrupts together
 */
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "util/hazard.h"

/**
 * struct reader - a process that reads a disk past the page cache
 * @pid:	its process
 * @done:	requests completed; shared with it, atomic
 */
struct reader {
	pid_t pid;
	unsigned long *done;
};

static void read_on(const char *disk, unsigned long *done)
{
	unsigned long at;
	int fd = open(disk, O_RDONLY | O_DIRECT);
	void *block;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd < 0 || posix_memalign(&block, 4096, 4096))
		_exit(1);
	for (at = 0;; at++) {
		if (pread(fd, block, 4096, at % 64 * 4096) != 4096)
			_exit(1);
		__atomic_add_fetch(done, 1, __ATOMIC_RELAXED);
	}
}

static int reader_start(struct reader *reader, const char *disk, int cpu)
{
	cpu_set_t at;

	reader->done = mmap(NULL, sizeof(*reader->done), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reader->done == MAP_FAILED)
		return -errno;
	reader->pid = fork();
	if (!reader->pid) {
		CPU_ZERO(&at);
		CPU_SET(cpu, &at);
		sched_setaffinity(0, sizeof(at), &at);
		read_on(disk, reader->done);
	}
	return reader->pid < 0 ? -errno : 0;
}

static void reader_stop(struct reader *reader)
{
	kill(reader->pid, SIGKILL);
	waitpid(reader->pid, NULL, 0);
	munmap(reader->done, sizeof(*reader->done));
}

struct progress {
	const struct reader *reader;
	unsigned long goal;
};

static unsigned long reads(const struct reader *reader)
{
	return __atomic_load_n(reader->done, __ATOMIC_RELAXED);
}

static bool has_read(void *arg)
{
	struct progress *progress = arg;

	return reads(progress->reader) >= progress->goal;
}

static int reader_runs(const struct reader *reader)
{
	struct progress progress = { reader, reads(reader) + 2 };

	return cpuhp_wait(has_read, &progress);
}

/* All CPUs of a queue go offline, each with a request under way. */
static void queue_leaves(struct __test_metadata *_metadata, const char *disk,
			 const cpu_set_t *cpus, unsigned long rounds)
{
	static struct reader readers[CPU_SETSIZE];
	int nr = CPU_COUNT(cpus), i;

	while (rounds--) {
		for (i = 0; i < nr; i++) {
			ASSERT_EQ(0, reader_start(&readers[i], disk,
						  cpuhp_mask_nth(cpus, i)));
			EXPECT_EQ(0, reader_runs(&readers[i])) {
				TH_LOG("%s cannot be read", disk);
			}
		}
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, cpus));
		for (i = 0; i < nr; i++) {
			EXPECT_EQ(0, reader_runs(&readers[i])) {
				TH_LOG("a request of %s is lost", disk);
			}
		}
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, cpus));
		for (i = 0; i < nr; i++) {
			EXPECT_EQ(0, reader_runs(&readers[i]));
			reader_stop(&readers[i]);
		}
	}
}

/*
 * Without "blk-mq: drain a hardware queue when its last CPUs leave together": the
 * last CPU of a hardware queue waits for the queue's requests before its interrupt
 * is shut down. Of CPUs that leave together, none takes itself for the last, and
 * requests are lost. They are lost as well if the interrupts that have come to a
 * dying CPU are not sent on, see "x86/irq: Let CPUs that die together wait for
 * interrupts together".
 */
TEST_F_TIMEOUT(hazard, block_queues, 900)
{
	char disk[64], name[32];
	cpu_set_t cpus;
	glob_t queues;
	int tested = 0;
	size_t i;

	if (glob("/sys/block/*/mq/*/cpu_list", 0, NULL, &queues))
		SKIP(return, "no disk with blk-mq queues");
	for (i = 0; i < queues.gl_pathc; i++) {
		if (sscanf(queues.gl_pathv[i], "/sys/block/%31[^/]", name) != 1)
			continue;
		snprintf(disk, sizeof(disk), "/dev/%s", name);
		if (cpuhp_list_read(queues.gl_pathv[i], &cpus) ||
		    CPU_COUNT(&cpus) < 2 || !cpuhp_mask_subset(&cpus, &self->movable))
			continue;
		queue_leaves(_metadata, disk, &cpus, self->rounds);
		tested++;
	}
	globfree(&queues);
	if (!tested)
		SKIP(return, "no queue with several CPUs that can all go offline");
}

CPUHP_HARNESS_MAIN
