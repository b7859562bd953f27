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
#include <glob.h>

#include "util/disk.h"
#include "util/hazard.h"
#include "util/worker.h"

/* A process on a CPU that reads a disk. */
static int reader_start(struct cpuhp_worker *reader, struct cpuhp_disk *disk, int cpu)
{
	cpu_set_t at;
	int err = cpuhp_worker_start(reader, disk->name, cpuhp_disk_read, disk);

	CPU_ZERO(&at);
	CPU_SET(cpu, &at);
	if (!err && sched_setaffinity(reader->pid, sizeof(at), &at))
		err = -errno;
	return err;
}

/* All CPUs of a queue go offline, each with a request under way. */
static void queue_leaves(struct __test_metadata *_metadata, struct cpuhp_disk *disk,
			 const cpu_set_t *cpus, unsigned long rounds)
{
	static struct cpuhp_worker readers[CPU_SETSIZE];
	int nr = CPU_COUNT(cpus), i;

	while (rounds--) {
		for (i = 0; i < nr; i++) {
			ASSERT_EQ(0, reader_start(&readers[i], disk,
						  cpuhp_mask_nth(cpus, i)));
			EXPECT_EQ(0, cpuhp_worker_works(&readers[i])) {
				TH_LOG("%s cannot be read", disk->name);
			}
		}
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, cpus));
		for (i = 0; i < nr; i++) {
			EXPECT_EQ(0, cpuhp_worker_works(&readers[i])) {
				TH_LOG("a request of %s is lost", disk->name);
			}
		}
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, cpus));
		for (i = 0; i < nr; i++) {
			EXPECT_EQ(0, cpuhp_worker_works(&readers[i]));
			EXPECT_EQ(0, cpuhp_worker_stop(&readers[i]));
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
	struct cpuhp_disk disk;
	cpu_set_t cpus;
	glob_t queues;
	int tested = 0;
	size_t i;

	if (glob("/sys/block/*/mq/*/cpu_list", 0, NULL, &queues))
		SKIP(return, "no disk with blk-mq queues");
	for (i = 0; i < queues.gl_pathc; i++) {
		if (cpuhp_list_read(queues.gl_pathv[i], &cpus) ||
		    CPU_COUNT(&cpus) < 2 || !cpuhp_mask_subset(&cpus, &self->movable))
			continue;
		ASSERT_EQ(0, cpuhp_disk_open(&disk, queues.gl_pathv[i]));
		queue_leaves(_metadata, &disk, &cpus, self->rounds);
		close(disk.fd);
		tested++;
	}
	globfree(&queues);
	if (!tested)
		SKIP(return, "no queue with several CPUs that can all go offline");
}

CPUHP_HARNESS_MAIN
