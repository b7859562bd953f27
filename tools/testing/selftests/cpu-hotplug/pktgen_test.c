// SPDX-License-Identifier: GPL-2.0
/*
 * The threads of pktgen come home when their CPUs are back, and go on elsewhere
 * meanwhile. Skipped without NET_PKTGEN and DUMMY.
 *
 * Guards these patches:
 *	kthread: Let a thread return to the CPU it was bound to
 *	pktgen: return to the CPU of the thread
 */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "util/home.h"

#define PKTGEN		"/proc/net/pktgen"
#define PKTGEN_DEV	"dummy0"

static int raise_device(const char *name)
{
	struct ifreq request = { 0 };
	int fd, err = 0;

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return -errno;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &request))
		err = -errno;
	request.ifr_flags |= IFF_UP;
	if (!err && ioctl(fd, SIOCSIFFLAGS, &request))
		err = -errno;
	close(fd);
	return err;
}

/* Add or delete a network device of the kind "dummy". */
static int dummy_request(const char *name, int type, int flags)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
		char attrs[64];
	} request = {
		.head.nlmsg_type = type,
		.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	struct rtattr *attr = (void *)request.attrs, *kind;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), err;

	if (fd < 0)
		return -errno;
	attr->rta_type = IFLA_IFNAME;
	attr->rta_len = RTA_LENGTH(strlen(name) + 1);
	memcpy(RTA_DATA(attr), name, strlen(name) + 1);
	request.head.nlmsg_len += RTA_ALIGN(attr->rta_len);

	attr = (void *)(request.attrs + RTA_ALIGN(attr->rta_len));
	kind = RTA_DATA(attr);
	kind->rta_type = IFLA_INFO_KIND;
	kind->rta_len = RTA_LENGTH(strlen("dummy"));
	memcpy(RTA_DATA(kind), "dummy", strlen("dummy"));
	attr->rta_type = IFLA_LINKINFO;
	attr->rta_len = RTA_LENGTH(RTA_ALIGN(kind->rta_len));
	request.head.nlmsg_len += RTA_ALIGN(attr->rta_len);

	if (send(fd, &request, request.head.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		err = -errno;
	else
		err = answer.error.error;
	close(fd);
	return err;
}

/* Add a generator to the thread of a CPU: one packet in a millisecond. */
static int prepare_generator(int cpu)
{
	static const char * const settings[] = {
		"count 0", "delay 1000000", "dst_mac 02:00:00:00:00:01",
	};
	char path[64], command[64];
	unsigned int i;
	int err;

	snprintf(path, sizeof(path), PKTGEN "/kpktgend_%d", cpu);
	snprintf(command, sizeof(command), "add_device " PKTGEN_DEV "@%d", cpu);
	err = cpuhp_file_write(path, "rem_device_all");
	err = err ?: cpuhp_file_write(path, command);
	snprintf(path, sizeof(path), PKTGEN "/" PKTGEN_DEV "@%d", cpu);
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		err = err ?: cpuhp_file_write(path, settings[i]);
	return err;
}

/* What pktgen says of the generator of a CPU. */
static int read_generator(int cpu, char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), PKTGEN "/" PKTGEN_DEV "@%d", cpu);
	return cpuhp_file_read(path, text, size);
}

static long packets_of(int cpu)
{
	char text[4096], *sofar;

	if (read_generator(cpu, text, sizeof(text)))
		return -1;
	sofar = strstr(text, "pkts-sofar:");
	return sofar ? atol(sofar + strlen("pkts-sofar:")) : -1;
}

struct packets {
	const cpu_set_t *set;
	long beyond[CPU_SETSIZE];
};

static void count_packets(struct packets *packets)
{
	int cpu;

	for_each_cpu_in(cpu, packets->set)
		packets->beyond[cpu] = packets_of(cpu);
}

static bool more_packets(void *arg)
{
	struct packets *packets = arg;
	int cpu;

	for_each_cpu_in(cpu, packets->set)
		if (packets_of(cpu) <= packets->beyond[cpu])
			return false;
	return true;
}

/* What a test says of threads that send nothing. */
static void print_generators(struct __test_metadata *_metadata, const cpu_set_t *set)
{
	char text[4096];
	int cpu;

	for_each_cpu_in(cpu, set) {
		if (!read_generator(cpu, text, sizeof(text)))
			TH_LOG("CPU %d: %s", cpu, text);
	}
}

static pid_t start_generators(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	signal(SIGTERM, SIG_DFL);
	/* pktgen drops the last character. The write returns when the run ends. */
	_exit(cpuhp_file_write(PKTGEN "/pgctrl", "start\n") ? 1 : 0);
}

/* Find the threads, give each a generator, and start them. */
static void run_generators(struct __test_metadata *_metadata, FIXTURE_DATA(threads) * self)
{
	struct packets packets = { .set = &self->movable };
	char comm[32];
	int cpu;

	for_each_cpu_in(cpu, &self->movable) {
		snprintf(comm, sizeof(comm), "kpktgend_%d", cpu);
		self->thread[cpu].cpu = cpu;
		self->thread[cpu].pid = cpuhp_thread_find(comm);
		ASSERT_LT(0, self->thread[cpu].pid);
		ASSERT_EQ(0, prepare_generator(cpu));
	}
	self->starter = start_generators();
	ASSERT_LT(0, self->starter);
	count_packets(&packets);
	ASSERT_EQ(0, cpuhp_wait(more_packets, &packets)) {
		print_generators(_metadata, &self->movable);
	}
}

static const char *no_pktgen(void)
{
	int err;

	if (access(PKTGEN "/pgctrl", W_OK))
		return "no " PKTGEN "/pgctrl";
	err = dummy_request(PKTGEN_DEV, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	if ((err && err != -EEXIST) || raise_device(PKTGEN_DEV))
		return "no network devices of the kind dummy";
	return NULL;
}

TEST_F_TIMEOUT(threads, pktgen, 600)
{
	struct packets packets = { .set = &self->movable };
	const char *reason = no_pktgen();
	unsigned long round;

	if (reason)
		SKIP(return, "%s", reason);
	run_generators(_metadata, self);
	for (round = 0; round < self->rounds; round++) {
		ASSERT_EQ(0, cpuhp_wait(all_at_home, self)) {
			TH_LOG("a thread of pktgen does not come home");
		}
		ASSERT_EQ(0, all_set(&self->movable, "0"));
		count_packets(&packets);
		ASSERT_EQ(0, cpuhp_wait(more_packets, &packets)) {
			TH_LOG("a thread of pktgen stands still while its CPU is away");
		}
		ASSERT_EQ(0, all_set(&self->movable, "1"));
	}
	ASSERT_EQ(0, cpuhp_wait(all_at_home, self));
	count_packets(&packets);
	ASSERT_EQ(0, cpuhp_wait(more_packets, &packets));
}

static bool has_ended(void *arg)
{
	return waitpid(*(pid_t *)arg, NULL, WNOHANG) != 0;
}

/* Do something that may hang in a process of its own, and expect it to end. */
#define EXPECT_TO_END(what)						\
do {									\
	pid_t pid = fork();						\
									\
	ASSERT_LE(0, pid);						\
	if (!pid)							\
		_exit(what);						\
	EXPECT_EQ(0, cpuhp_wait(has_ended, &pid)) {			\
		TH_LOG("does not end while CPUs are away: %s", #what);	\
	}								\
} while (0)

/* What waits for the threads also ends while their CPUs are offline. */
TEST_F_TIMEOUT(threads, pktgen_waits_for_no_cpu, 600)
{
	const char *reason = no_pktgen();
	char path[64];
	int cpu, first = cpuhp_mask_nth(&self->movable, 0);

	if (reason)
		SKIP(return, "%s", reason);
	run_generators(_metadata, self);
	ASSERT_EQ(0, all_set(&self->movable, "0"));

	snprintf(path, sizeof(path), PKTGEN "/kpktgend_%d", first);
	EXPECT_TO_END(cpuhp_file_write(PKTGEN "/pgctrl", "stop\n"));
	EXPECT_TO_END(cpuhp_file_write(path, "rem_device_all"));
	EXPECT_TO_END(dummy_request(PKTGEN_DEV, RTM_DELLINK, 0));
	EXPECT_NE(0, access("/sys/class/net/" PKTGEN_DEV, F_OK));
	for_each_cpu_in(cpu, &self->movable)
		EXPECT_EQ(-1, packets_of(cpu));
}

CPUHP_HARNESS_MAIN
