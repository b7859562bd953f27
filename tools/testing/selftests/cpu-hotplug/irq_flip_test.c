// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts are directed to one CPU after the other, and disks are read and frames
 * exchanged, while CPUs leave and come back. Whatever was begun is completed, and
 * completed once.
 *
 * Wants two network devices that nobody uses and that are connected to each other,
 * and a disk whose interrupt may be directed, which that of a queue of blk-mq's may
 * not; one that has no message signalled interrupts:
 *	-netdev hubport,id=n0,hubid=0 -device virtio-net-pci,netdev=n0
 *	-netdev hubport,id=n1,hubid=0 -device virtio-net-pci,netdev=n1
 *	-blockdev driver=null-co,node-name=d,size=67108864 -device virtio-blk-pci,drive=d,vectors=0
 */
#include <arpa/inet.h>
#include <glob.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "util/beside.h"
#include "util/disk.h"
#include "util/irqs.h"

#define IRQS_MAX	64
#define DISKS_MAX	4
#define READERS		2	/* of each disk */

/* --- interrupts --- */

struct flips {
	struct cpuhp_irq irq[IRQS_MAX];
	int nr;
	cpu_set_t cpus;
};

static struct flips flips;

/* To CPUs that are offline, too: that is refused. */
static int flip(void *arg)
{
	int i;

	for (i = 0; i < flips.nr; i++)
		cpuhp_irq_direct(&flips.irq[i], cpuhp_random_cpu(&flips.cpus));
	return 0;
}

/* --- disks --- */

static int disks_find(struct cpuhp_disk *disks)
{
	glob_t found;
	int nr = 0;
	size_t i;

	if (glob("/sys/block/*/mq", 0, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc && nr < DISKS_MAX; i++) {
		if (!cpuhp_disk_open(&disks[nr], found.gl_pathv[i]) &&
		    !cpuhp_disk_read(&disks[nr]))
			nr++;
	}
	globfree(&found);
	return nr;
}

/* What the kernel has counted of a disk: reads that are completed, requests under way. */
static void count_requests(const struct cpuhp_disk *disk, unsigned long *reads,
			   unsigned long *under_way)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/sys/block/%s/stat", disk->name);
	cpuhp_file_read(path, text, sizeof(text));
	if (sscanf(text, "%lu %*u %*u %*u %*u %*u %*u %*u %lu", reads, under_way) != 2)
		*reads = 0;
}

TEST_F_TIMEOUT(hazard, disk_requests, 600)
{
	struct cpuhp_worker workers[DISKS_MAX * READERS + 1];
	unsigned long before[DISKS_MAX], reads, under_way, i;
	struct cpuhp_disk disks[DISKS_MAX];
	int nr_disks, disk, reader, nr = 0;

	nr_disks = disks_find(disks);
	if (!nr_disks)
		SKIP(return, "no disk with blk-mq queues that can be read");
	flips.nr = cpuhp_irqs_find(flips.irq, IRQS_MAX);
	flips.cpus = self->before.online;
	for (disk = 0; disk < nr_disks; disk++) {
		count_requests(&disks[disk], &before[disk], &under_way);
		for (reader = 0; reader < READERS; reader++)
			ASSERT_EQ(0, cpuhp_worker_start(&workers[nr++], disks[disk].name,
							cpuhp_disk_read, &disks[disk]));
	}
	ASSERT_EQ(0, cpuhp_worker_start(&workers[nr++], "interrupts", flip, NULL));

	for (i = 0; i < self->rounds; i++)
		move_beside(_metadata, &self->movable, i, workers, nr);
	stop_all(_metadata, workers, nr);

	for (disk = 0; disk < nr_disks; disk++) {
		for (reader = 0; reader < READERS; reader++)
			before[disk] += cpuhp_worker_done(&workers[disk * READERS + reader]);
		count_requests(&disks[disk], &reads, &under_way);
		EXPECT_EQ(before[disk], reads) {
			TH_LOG("%s", disks[disk].name);
		}
		EXPECT_EQ(0UL, under_way);
		close(disks[disk].fd);
	}
	for (i = 0; i < (unsigned long)flips.nr; i++)
		EXPECT_EQ(0, cpuhp_irq_restore(&flips.irq[i]));
}

/* --- network --- */

struct frame {
	struct ethhdr head;
	unsigned short number;
	char padding[ETH_ZLEN - ETH_HLEN - sizeof(short)];
};

/**
 * struct link - two network devices that are connected
 * @name:	of the devices
 * @fd:		a socket of each
 * @number:	of the latest frame
 */
struct link {
	char name[2][IFNAMSIZ];
	int fd[2];
	unsigned short number;
};

static struct link net;

static int set_up(const char *name, bool up)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), err;
	struct ifreq request = {};

	if (fd < 0)
		return -errno;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	err = ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
	err = err ?: ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return err ? -errno : 0;
}

/* Frames of a kind that is reserved for experiments, and from device @name only. */
static int open_device(const char *name)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_802_EX1),
		.sll_ifindex = if_nametoindex(name),
	};
	int fd;

	if (set_up(name, true))
		return -1;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

/* A frame from one device to the other; the next one that comes there is this one. */
static int send_frame(struct link *link, int from, int deadline_ms)
{
	struct pollfd event = { .fd = link->fd[!from], .events = POLLIN };
	struct frame sent = { .number = ++link->number }, got;

	memset(sent.head.h_dest, 0xff, ETH_ALEN);
	sent.head.h_proto = htons(ETH_P_802_EX1);
	if (send(link->fd[from], &sent, sizeof(sent), 0) != sizeof(sent))
		return -errno;
	if (poll(&event, 1, deadline_ms) != 1)
		return -ETIMEDOUT;
	if (recv(link->fd[!from], &got, sizeof(got), 0) != sizeof(got))
		return -errno;
	return got.number == sent.number ? 0 : -EPROTO;
}

static int there_and_back(void *arg)
{
	struct link *link = arg;
	int err = send_frame(link, 0, CPUHP_DEADLINE_MS);

	return err ?: send_frame(link, 1, CPUHP_DEADLINE_MS);
}

/* Of a device's flags in sysfs */
static bool is_in_use(const char *name)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/sys/class/net/%s/flags", name);
	cpuhp_file_read(path, text, sizeof(text));
	return strtoul(text, NULL, 16) & IFF_UP;
}

static bool link_find(struct link *link)
{
	int nr = 0;
	glob_t found;
	size_t i;

	if (glob("/sys/class/net/*/device", 0, NULL, &found))
		return false;
	for (i = 0; i < found.gl_pathc && nr < 2; i++) {
		if (sscanf(found.gl_pathv[i], "/sys/class/net/%15[^/]", link->name[nr]) != 1 ||
		    is_in_use(link->name[nr]))
			continue;
		link->fd[nr] = open_device(link->name[nr]);
		if (link->fd[nr] >= 0)
			nr++;
	}
	globfree(&found);
	return nr == 2;
}

TEST_F_TIMEOUT(hazard, network_frames, 600)
{
	struct cpuhp_worker workers[2];
	unsigned long i;

	if (!link_find(&net))
		SKIP(return, "no two network devices that nobody uses");
	if (send_frame(&net, 0, 10000))
		SKIP(return, "%s is not connected to %s", net.name[0], net.name[1]);
	flips.nr = cpuhp_irqs_find(flips.irq, IRQS_MAX);
	flips.cpus = self->before.online;
	ASSERT_EQ(0, cpuhp_worker_start(&workers[0], "frames", there_and_back, &net));
	ASSERT_EQ(0, cpuhp_worker_start(&workers[1], "interrupts", flip, NULL));

	for (i = 0; i < self->rounds; i++)
		move_beside(_metadata, &self->movable, i, workers, 2);
	stop_all(_metadata, workers, 2);

	for (i = 0; i < (unsigned long)flips.nr; i++)
		EXPECT_EQ(0, cpuhp_irq_restore(&flips.irq[i]));
	for (i = 0; i < 2; i++) {
		close(net.fd[i]);
		set_up(net.name[i], false);
	}
}

CPUHP_HARNESS_MAIN
