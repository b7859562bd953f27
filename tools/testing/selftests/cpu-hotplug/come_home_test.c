// SPDX-License-Identifier: GPL-2.0
/*
 * The threads of pktgen and of BPF cpumaps belong to CPUs. While a CPU is away
 * they go on elsewhere, so that nobody waits for them, and when it is back they
 * come home. Without NET_PKTGEN and DUMMY, or without BPF_SYSCALL, the tests of
 * the one or the other are skipped.
 *
 * CPUHP_CYCLES in the environment: how often the CPUs go and come.
 */
#include <linux/bpf.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"

#define PKTGEN		"/proc/net/pktgen"
#define PKTGEN_DEV	"dummy0"

/* Frames for each CPU and round; its queue must hold them all. */
#define FRAMES		32
#define QUEUE		256

#define for_each_cpu_in(cpu, set)					\
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)				\
		if (CPU_ISSET(cpu, set))

static int all_set(const cpu_set_t *set, const char *value)
{
	int cpu, err = 0;

	if (cpuhp_has_batch())
		return cpuhp_mask_write(*value == '0' ? "hotplug/offline" : "hotplug/online",
					set);
	for_each_cpu_in(cpu, set)
		err = err ?: cpuhp_cpu_write(cpu, "online", value);
	return err;
}

struct thread {
	pid_t pid;
	int cpu;
};

/* What stands behind @key in its status, put into @text; NULL if nothing does. */
static char *status_of(const struct thread *thread, const char *key, char *text, size_t size)
{
	char path[64], *value;

	snprintf(path, sizeof(path), "/proc/%d/status", thread->pid);
	value = cpuhp_file_read(path, text, size) ? NULL : strstr(text, key);
	if (!value)
		return NULL;
	value += strlen(key);
	value += strspn(value, " \t");
	value[strcspn(value, "\n")] = '\0';
	return value;
}

/* Allowed on its CPU and on no other. */
static bool is_bound(const struct thread *thread)
{
	char text[4096], *list = status_of(thread, "Cpus_allowed_list:", text, sizeof(text));
	cpu_set_t seen;

	return list && !cpuhp_list_parse(list, &seen) && CPU_COUNT(&seen) == 1 &&
	       CPU_ISSET(thread->cpu, &seen);
}

/* The CPU where it was last, -1 if that cannot be told. */
static int cpu_of(const struct thread *thread)
{
	char path[64], text[1024], *field;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", thread->pid);
	if (cpuhp_file_read(path, text, sizeof(text)))
		return -1;
	/* Field 2 is the name and ends with the last parenthesis; the CPU is field 39. */
	field = strrchr(text, ')');
	for (i = 2; field && i < 39; i++)
		field = strchr(field + 1, ' ');
	return field ? atoi(field) : -1;
}

FIXTURE(threads) {
	cpu_set_t movable;
	struct thread thread[CPU_SETSIZE];
	unsigned long rounds;
	pid_t starter;
};

static bool all_at_home(void *arg)
{
	const FIXTURE_DATA(threads) * self = arg;
	const struct thread *thread;
	int cpu;

	for_each_cpu_in(cpu, &self->movable) {
		thread = &self->thread[cpu];
		if (!is_bound(thread) || cpu_of(thread) != cpu)
			return false;
	}
	return true;
}

FIXTURE_SETUP(threads)
{
	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	self->rounds = cpuhp_env("CPUHP_CYCLES", 10);
}

FIXTURE_TEARDOWN(threads)
{
	/* First, for whoever hangs because a CPU is away. */
	EXPECT_EQ(0, cpuhp_restore());
	/* A signal ends the wait for the generators, and with it the run. */
	if (self->starter > 0) {
		kill(self->starter, SIGTERM);
		waitpid(self->starter, NULL, 0);
	}
}

/* --- pktgen --------------------------------------------------------------------- */

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

/* Ask for a device of the kind dummy to be made, or to be removed. */
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

/* One generator for each CPU, a packet in a millisecond. */
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

static long packets_of(int cpu)
{
	char path[64], text[4096], *sofar;

	snprintf(path, sizeof(path), PKTGEN "/" PKTGEN_DEV "@%d", cpu);
	if (cpuhp_file_read(path, text, sizeof(text)))
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

static pid_t start_generators(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	signal(SIGTERM, SIG_DFL);
	/* The last character is taken for a newline. Returns when the run ends. */
	_exit(cpuhp_file_write(PKTGEN "/pgctrl", "start\n") ? 1 : 0);
}

/* Find the threads, give each a generator, and let them run. */
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
	ASSERT_EQ(0, cpuhp_wait(more_packets, &packets));
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

/* Do something that may hang, in a process that can be left behind. */
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

/* Everything that waits for the threads, while their CPUs are away. */
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

/* --- cpumap --------------------------------------------------------------------- */

/* Instructions, in the notation of the kernel's documentation. */
#define INSN(c, d, s, o, i)						\
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV_IMM(d, i)		INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define MOV_REG(d, s)		INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define ADD_IMM(d, i)		INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define STORE_W(d, s, o)	INSN(BPF_STX | BPF_MEM | BPF_W, d, s, o, 0)
#define ATOMIC_ADD(d, s)	INSN(BPF_STX | BPF_ATOMIC | BPF_DW, d, s, 0, BPF_ADD)
#define JUMP_EQ(d, i, o)	INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define MAP_FD(d, fd)		INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_FD, 0, fd), \
				INSN(0, 0, 0, 0, 0)
#define CALL(f)			INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT()			INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int bpf(int command, union bpf_attr *attr)
{
	int ret = syscall(__NR_bpf, command, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

static int map_create(unsigned int type, unsigned int value_size, unsigned int entries)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = sizeof(uint32_t),
		.value_size = value_size,
		.max_entries = entries,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int map_access(int command, int map, uint32_t key, void *value)
{
	union bpf_attr attr = {
		.map_fd = map,
		.key = (uintptr_t)&key,
		.value = (uintptr_t)value,
	};

	return bpf(command, &attr);
}

static int load_xdp(const struct bpf_insn *code, unsigned int count, unsigned int attach_type)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.expected_attach_type = attach_type,
		.insns = (uintptr_t)code,
		.insn_cnt = count,
		.license = (uintptr_t)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

/* Counts a frame in slot 0 of @counts where it runs on @cpu, else in slot 1. */
static int load_counter(int counts, int cpu)
{
	const struct bpf_insn code[] = {
		CALL(BPF_FUNC_get_smp_processor_id),
		MOV_IMM(BPF_REG_1, 0),
		JUMP_EQ(BPF_REG_0, cpu, 1),
		MOV_IMM(BPF_REG_1, 1),
		STORE_W(BPF_REG_10, BPF_REG_1, -4),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),
		MAP_FD(BPF_REG_1, counts),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_EQ(BPF_REG_0, 0, 2),
		MOV_IMM(BPF_REG_1, 1),
		ATOMIC_ADD(BPF_REG_0, BPF_REG_1),
		MOV_IMM(BPF_REG_0, XDP_DROP),
		EXIT(),
	};

	return load_xdp(code, ARRAY_SIZE(code), BPF_XDP_CPUMAP);
}

/* Hands each frame to the thread that @cpumap has for @cpu. */
static int load_sender(int cpumap, int cpu)
{
	const struct bpf_insn code[] = {
		MAP_FD(BPF_REG_1, cpumap),
		MOV_IMM(BPF_REG_2, cpu),
		MOV_IMM(BPF_REG_3, 0),
		CALL(BPF_FUNC_redirect_map),
		EXIT(),
	};

	return load_xdp(code, ARRAY_SIZE(code), BPF_XDP);
}

/* @count frames go through @prog as if a network card had received them. */
static int send_frames(int prog, unsigned int count)
{
	static const char frame[64];
	union bpf_attr attr = {
		.test.prog_fd = prog,
		.test.data_in = (uintptr_t)frame,
		.test.data_size_in = sizeof(frame),
		.test.repeat = count,
		.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES,
	};

	return bpf(BPF_PROG_TEST_RUN, &attr);
}

struct frames {
	const cpu_set_t *set;
	const int *counts;
	uint64_t expected;
};

static uint64_t frames_in(int counts, uint32_t slot)
{
	uint64_t count = 0;

	return map_access(BPF_MAP_LOOKUP_ELEM, counts, slot, &count) ? ~0ULL : count;
}

/* In the right place, or anywhere: the wait is over when none is missing. */
static bool all_frames(void *arg)
{
	const struct frames *frames = arg;
	int cpu;

	for_each_cpu_in(cpu, frames->set)
		if (frames_in(frames->counts[cpu], 0) + frames_in(frames->counts[cpu], 1) <
		    frames->expected)
			return false;
	return true;
}

TEST_F_TIMEOUT(threads, cpumap, 600)
{
	int cpu, cpumap, last = 0;
	uint64_t elsewhere[CPU_SETSIZE];
	int counts[CPU_SETSIZE], sender[CPU_SETSIZE];
	struct frames frames = { .set = &self->movable, .counts = counts };
	unsigned long round;

	for_each_cpu_in(cpu, &self->movable)
		last = cpu;
	cpumap = map_create(BPF_MAP_TYPE_CPUMAP, sizeof(struct bpf_cpumap_val), last + 1);
	if (cpumap == -ENOSYS || cpumap == -EINVAL)
		SKIP(return, "the kernel has no BPF cpumaps");
	ASSERT_LE(0, cpumap);

	for_each_cpu_in(cpu, &self->movable) {
		struct bpf_cpumap_val value = { .qsize = QUEUE };
		union bpf_attr info = { .info.bpf_fd = cpumap };
		struct bpf_map_info map = { 0 };
		char comm[32];

		counts[cpu] = map_create(BPF_MAP_TYPE_ARRAY, sizeof(uint64_t), 2);
		ASSERT_LE(0, counts[cpu]);
		value.bpf_prog.fd = load_counter(counts[cpu], cpu);
		ASSERT_LE(0, value.bpf_prog.fd);
		ASSERT_EQ(0, map_access(BPF_MAP_UPDATE_ELEM, cpumap, cpu, &value));
		sender[cpu] = load_sender(cpumap, cpu);
		ASSERT_LE(0, sender[cpu]);

		info.info.info = (uintptr_t)&map;
		info.info.info_len = sizeof(map);
		ASSERT_EQ(0, bpf(BPF_OBJ_GET_INFO_BY_FD, &info));
		snprintf(comm, sizeof(comm), "cpumap/%d/map:%u", cpu, map.id);
		self->thread[cpu].cpu = cpu;
		self->thread[cpu].pid = cpuhp_thread_find(comm);
		ASSERT_LT(0, self->thread[cpu].pid) {
			TH_LOG("no thread %s", comm);
		}
	}

	for (round = 0; round < self->rounds; round++) {
		frames.expected += FRAMES;
		for_each_cpu_in(cpu, &self->movable) {
			elsewhere[cpu] = frames_in(counts[cpu], 1);
			ASSERT_EQ(0, send_frames(sender[cpu], FRAMES));
		}
		ASSERT_EQ(0, cpuhp_wait(all_frames, &frames));
		ASSERT_TRUE(all_at_home(self));
		for_each_cpu_in(cpu, &self->movable)
			ASSERT_EQ(elsewhere[cpu], frames_in(counts[cpu], 1)) {
				TH_LOG("frames for CPU %d ran elsewhere", cpu);
			}

		/* Sent to a CPU that is away: none is lost, none has to wait. */
		ASSERT_EQ(0, all_set(&self->movable, "0"));
		frames.expected += FRAMES;
		for_each_cpu_in(cpu, &self->movable)
			ASSERT_EQ(0, send_frames(sender[cpu], FRAMES));
		ASSERT_EQ(0, cpuhp_wait(all_frames, &frames)) {
			TH_LOG("frames wait for a CPU that is away");
		}
		ASSERT_EQ(0, all_set(&self->movable, "1"));
	}
	for_each_cpu_in(cpu, &self->movable)
		EXPECT_EQ(frames.expected,
			  frames_in(counts[cpu], 0) + frames_in(counts[cpu], 1));
	close(cpumap);
}

CPUHP_HARNESS_MAIN
