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
 *	genirq/cpuhotplug: Forget what has moved when CPUs leave again
 */
#include <glob.h>

#include "util/disk.h"
#include "util/hazard.h"
#include "util/line.h"
#include "util/worker.h"

#define TAKEDOWN	"/sys/module/cpuhp/parameters/takedown"
#define QUEUES_MAX	16

/**
 * struct queue - a hardware queue whose CPUs can all go offline
 * @disk:	the disk that has it
 * @cpus:	at least two
 */
struct queue {
	struct cpuhp_disk disk;
	cpu_set_t cpus;
};

static struct queue queues[QUEUES_MAX];

static int queues_find(const cpu_set_t *movable)
{
	glob_t found;
	int nr = 0;
	size_t i;

	if (glob("/sys/block/*/mq/*/cpu_list", 0, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc && nr < QUEUES_MAX; i++) {
		cpu_set_t *cpus = &queues[nr].cpus;

		if (!cpuhp_list_read(found.gl_pathv[i], cpus) && CPU_COUNT(cpus) > 1 &&
		    cpuhp_mask_subset(cpus, movable) &&
		    !cpuhp_disk_open(&queues[nr].disk, found.gl_pathv[i]))
			nr++;
	}
	globfree(&found);
	return nr;
}

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
	int nr = queues_find(&self->movable), i;

	if (!nr)
		SKIP(return, "no queue with several CPUs that can all go offline");
	for (i = 0; i < nr; i++) {
		queue_leaves(_metadata, &queues[i].disk, &queues[i].cpus, self->rounds);
		close(queues[i].disk.fd);
	}
}

/* The last state in which no managed interrupt has been started for the CPU. */
static int last_without_interrupts(void)
{
	static struct cpuhp_steps steps;
	int i;

	if (cpuhp_steps_read(&steps))
		return -EIO;
	for (i = 1; i < steps.count; i++)
		if (!strcmp(steps.step[i].name, "irq/affinity:online"))
			return steps.step[i - 1].nr;
	return -ENOENT;
}

/* @early goes as far as @state, @other all the way; then @early leaves again. */
static void one_leaves_early(struct __test_metadata *_metadata, struct queue *queue,
			     int early, int other, int state)
{
	struct cpuhp_worker reader;

	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, &queue->cpus));
	EXPECT_EQ(0, cpuhp_cpu_set(early, "hotplug/target", state));
	EXPECT_EQ(0, cpuhp_cpu_write(other, "online", "1"));
	EXPECT_EQ(0, cpuhp_cpu_set(early, "hotplug/target", 0));
	ASSERT_EQ(0, reader_start(&reader, &queue->disk, other));
	EXPECT_EQ(0, cpuhp_worker_works(&reader)) {
		TH_LOG("a request of %s is lost: CPU %d has left", queue->disk.name, early);
	}
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &queue->cpus));
	EXPECT_EQ(0, cpuhp_worker_stop(&reader));
}

/*
 * Without "genirq/cpuhotplug: Forget what has moved when CPUs leave again": the
 * interrupt of the queue is started when the first CPU comes up all the way. It may go
 * to one that is online and has not come so far. If this leaves with the machine
 * stopped, it counts as one whose interrupts have moved.
 */
TEST_F_TIMEOUT(hazard, block_queue_half_up, 300)
{
	int nr = queues_find(&self->movable), state = last_without_interrupts(), i;
	char way[16];

	if (!nr)
		SKIP(return, "no queue with several CPUs that can all go offline");
	if (state < 0)
		SKIP(return, "no state irq/affinity:online");
	if (cpuhp_file_read(TAKEDOWN, way, sizeof(way)) < 0)
		SKIP(return, "the kernel has one way to take CPUs down");
	EXPECT_EQ(0, cpuhp_file_write(TAKEDOWN, "stop"));
	for (i = 0; i < nr; i++) {
		int one = cpuhp_mask_nth(&queues[i].cpus, 0);
		int two = cpuhp_mask_nth(&queues[i].cpus, 1);

		one_leaves_early(_metadata, &queues[i], one, two, state);
		one_leaves_early(_metadata, &queues[i], two, one, state);
		close(queues[i].disk.fd);
	}
	EXPECT_EQ(0, cpuhp_file_write(TAKEDOWN, way));
}

CPUHP_HARNESS_MAIN
