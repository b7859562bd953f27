// SPDX-License-Identifier: GPL-2.0
/*
 * What goes wrong when several CPUs leave together and each of them believes
 * to be the only one: one test for each mistake that can be seen from here.
 *
 * Some need a certain machine and skip without it:
 *	smt_siblings	threads: -smp 8,sockets=1,cores=4,threads=2
 *	numa_nodes	nodes: -numa node,nodeid=0,cpus=0-3,memdev=m0 -numa ...
 *	block_queues	a disk with fewer queues than CPUs, best a slow one:
 *			-device virtio-blk-pci,drive=d,num-queues=2
 *			-blockdev driver=null-co,node-name=d,latency-ns=150000000
 *	rcu_kthreads	small leaves of RCU's tree: rcutree.rcu_fanout_leaf=2
 *	last_stays	the lowest CPU can go offline: arm64, s390x
 *
 * In the environment: CPUHP_ROUNDS, how often each test repeats itself.
 */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/types.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpuhp_util.h"

#define SCHED_VERBOSE	"/sys/kernel/debug/sched/verbose"
#define DOMAINS		"/sys/kernel/debug/sched/domains"
#define SNAPSHOT_LEN	(256 * 1024)

FIXTURE(hazard) {
	struct cpuhp_machine before;
	cpu_set_t movable;
	unsigned long rounds;
	char verbose[8];
	int kmsg;
};

FIXTURE_SETUP(hazard)
{
	ASSERT_EQ(0, cpuhp_restore());
	cpuhp_movable(&self->movable);
	cpuhp_machine_read(&self->before);
	self->rounds = cpuhp_env("CPUHP_ROUNDS", 5);
	self->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->kmsg);
	lseek(self->kmsg, 0, SEEK_END);
	/* Only a verbose scheduler shows its domains. */
	cpuhp_file_read(SCHED_VERBOSE, self->verbose, sizeof(self->verbose));
	cpuhp_file_write(SCHED_VERBOSE, "Y");
	if (!cpuhp_has_batch())
		SKIP(return, "no hotplug/online and hotplug/offline");
	if (CPU_COUNT(&self->movable) < 2)
		SKIP(return, "fewer than two CPUs can go offline");
}

/* What the kernel says when it has noticed that something is wrong. */
static const char *const complaints[] = {
	"WARNING: ", "BUG: ", "Oops", "INFO: task ", "negative count",
	"contains only offline CPUs", "stall", "imbalanced", "Call Trace",
};

static bool complains(const char *record)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(complaints); i++)
		if (strstr(record, complaints[i]))
			return true;
	return false;
}

FIXTURE_TEARDOWN(hazard)
{
	char record[8192];
	ssize_t len;

	EXPECT_EQ(0, cpuhp_restore());
	cpuhp_file_write(SCHED_VERBOSE, self->verbose);
	/* -EPIPE: records were overwritten; the next read goes on behind them. */
	while ((len = read(self->kmsg, record, sizeof(record) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		record[len < 0 ? 0 : len] = '\0';
		EXPECT_FALSE(complains(record)) {
			TH_LOG("kernel: %s", record);
		}
	}
	close(self->kmsg);
}

/* Off and on again as one operation each. */
static void cycle(struct __test_metadata *_metadata, const cpu_set_t *set)
{
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, set));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, set));
}

static bool is_subset(const cpu_set_t *part, const cpu_set_t *whole)
{
	cpu_set_t beyond;

	cpuhp_mask_andnot(&beyond, part, whole);
	return !CPU_COUNT(&beyond);
}

static bool cpu_list_at(const char *path, cpu_set_t *set)
{
	char text[CPUHP_LIST_LEN];
	char *blank = text;

	if (cpuhp_file_read(path, text, sizeof(text)))
		return false;
	/* blk-mq separates with ", ". */
	while ((blank = strchr(blank, ' ')))
		memmove(blank, blank + 1, strlen(blank));
	return !cpuhp_list_parse(text, set);
}

/* The contents of all files that match, each behind its name. */
static char *snapshot(const char *pattern)
{
	char *text = calloc(1, SNAPSHOT_LEN);
	size_t used = 0, i;
	char one[1024];
	glob_t found;

	if (!text || glob(pattern, 0, NULL, &found))
		return text;
	for (i = 0; i < found.gl_pathc; i++) {
		if (cpuhp_file_read(found.gl_pathv[i], one, sizeof(one)))
			continue;
		used += snprintf(text + used, SNAPSHOT_LEN - used, "%s: %s\n",
				 found.gl_pathv[i], one);
		if (used >= SNAPSHOT_LEN)
			break;
	}
	globfree(&found);
	return text;
}

/* Members of @movable that have an older sibling. */
static void secondaries(const cpu_set_t *movable, cpu_set_t *set)
{
	cpu_set_t siblings;
	char path[128];
	int cpu;

	CPU_ZERO(set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		snprintf(path, sizeof(path),
			 CPUHP_SYS "/cpu%d/topology/thread_siblings_list", cpu);
		if (CPU_ISSET(cpu, movable) && cpu_list_at(path, &siblings) &&
		    cpuhp_mask_nth(&siblings, 0) != cpu)
			CPU_SET(cpu, set);
	}
}

/* What the kernel makes of its count of cores with more than one thread. */
static bool smt_is_active(void)
{
	char text[8] = "";

	cpuhp_sys_read("smt/active", text, sizeof(text));
	return *text == '1';
}

/*
 * The kernel counts cores with more than one thread. Whole cores leave, then
 * one thread of each, then the rest: a count that went wrong warns, or it
 * contradicts the machine.
 */
TEST_F_TIMEOUT(hazard, smt_siblings, 600)
{
	cpu_set_t second, first;
	unsigned long i;

	secondaries(&self->movable, &second);
	if (!CPU_COUNT(&second))
		SKIP(return, "no core with two threads");
	cpuhp_mask_andnot(&first, &self->movable, &second);

	for (i = 0; i < self->rounds; i++) {
		cycle(_metadata, &self->movable);
		EXPECT_TRUE(smt_is_active());

		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &second));
		EXPECT_FALSE(smt_is_active());
		cycle(_metadata, &first);
		EXPECT_FALSE(smt_is_active());
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &first));
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
		EXPECT_TRUE(smt_is_active());
	}
}

/* One after the other, so that each is once the last of its kind; back at once. */
static void leave_singly(struct __test_metadata *_metadata, const cpu_set_t *cpus)
{
	cpu_set_t one;
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, cpus))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &one));
	}
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, cpus));
}

static bool is_member_node(const char *path, const cpu_set_t *movable,
			   cpu_set_t *cpus)
{
	return cpu_list_at(path, cpus) && CPU_COUNT(cpus) &&
	       is_subset(cpus, movable);
}

/*
 * Nodes lose all their CPUs, at once or one after the other, and get them back at
 * once. The scheduler's tables must follow; with the node forgotten on the way up
 * it crashes.
 */
TEST_F_TIMEOUT(hazard, numa_nodes, 600)
{
	char *before = snapshot(DOMAINS "/*/*/name"), *now;
	cpu_set_t cpus, all;
	glob_t nodes;
	size_t i;

	if (glob("/sys/devices/system/node/node*/cpulist", 0, NULL, &nodes))
		SKIP(return, "no NUMA nodes");
	CPU_ZERO(&all);
	for (i = 0; i < nodes.gl_pathc; i++) {
		if (!is_member_node(nodes.gl_pathv[i], &self->movable, &cpus))
			continue;
		CPU_OR(&all, &all, &cpus);
		cycle(_metadata, &cpus);
		leave_singly(_metadata, &cpus);
		now = snapshot(DOMAINS "/*/*/name");
		EXPECT_STREQ(before, now);
		free(now);
	}
	if (!CPU_COUNT(&all)) {
		globfree(&nodes);
		free(before);
		SKIP(return, "no node whose CPUs can all go offline");
	}

	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &all));
	now = snapshot(DOMAINS "/*/*/name");
	if (nodes.gl_pathc == 2)
		EXPECT_EQ(NULL, strstr(now, "NUMA"));
	free(now);
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &all));
	now = snapshot(DOMAINS "/*/*/name");
	EXPECT_STREQ(before, now);
	free(now);
	free(before);
	globfree(&nodes);
}

/* Sched domains are made once for the whole set; they must be the right ones. */
TEST_F_TIMEOUT(hazard, sched_domains, 300)
{
	char *before = snapshot(DOMAINS "/*/*/name"), *now;
	unsigned long i;

	if (!*before) {
		free(before);
		SKIP(return, "no " DOMAINS);
	}
	for (i = 0; i < self->rounds; i++) {
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
		if (CPU_COUNT(&self->before.online) ==
		    CPU_COUNT(&self->movable) + 1) {
			now = snapshot(DOMAINS "/*/*/name");
			EXPECT_STREQ("", now);
			free(now);
		}
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
		now = snapshot(DOMAINS "/*/*/name");
		EXPECT_STREQ(before, now);
		free(now);
	}
	free(before);
}

/* Caches are shared by the same CPUs as before, as all of them see it. */
TEST_F_TIMEOUT(hazard, caches, 300)
{
	static const char pattern[] =
		CPUHP_SYS "/cpu*/cache/index*/shared_cpu_list";
	char *before = snapshot(pattern), *now;
	unsigned long i;

	if (!*before) {
		free(before);
		SKIP(return, "no cache information");
	}
	for (i = 0; i < self->rounds; i++) {
		cycle(_metadata, &self->movable);
		now = snapshot(pattern);
		EXPECT_STREQ(before, now);
		free(now);
	}
	free(before);
}

/* MSRs of x86: what a CPU makes of memory types. */
#define MTRR_CAP	0xfe
#define MTRR_VARIABLE	0x200
#define MTRR_DEFAULT	0x2ff
#define PAT		0x277

static unsigned long long msr(int file, unsigned int nr)
{
	uint64_t value;

	/* What a CPU does not have reads as a number that no register holds. */
	return pread(file, &value, sizeof(value), nr) == sizeof(value) ? value : ~0ULL;
}

static void msr_path(char *path, size_t size, int cpu)
{
	snprintf(path, size, "/dev/cpu/%d/msr", cpu);
}

/* The registers of @cpu, as words; NULL where they cannot be read. */
static char *memory_types(int cpu)
{
	static const unsigned int nrs[] = {
		PAT, MTRR_DEFAULT,
		/* the fixed ranges */
		0x250, 0x258, 0x259,
		0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f,
	};
	unsigned int i, variable;
	char path[64], *text;
	size_t size;
	FILE *words;
	int file;

	msr_path(path, sizeof(path), cpu);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return NULL;
	words = open_memstream(&text, &size);
	if (!words) {
		close(file);
		return NULL;
	}
	for (i = 0; i < sizeof(nrs) / sizeof(*nrs); i++)
		fprintf(words, "%llx ", msr(file, nrs[i]));
	variable = 2 * (msr(file, MTRR_CAP) & 0xff);
	for (i = 0; i < variable; i++)
		fprintf(words, "%llx ", msr(file, MTRR_VARIABLE + i));
	fclose(words);
	close(file);
	return text;
}

/* All CPUs make the same of them. */
static void expect_one_mind(struct __test_metadata *_metadata, const cpu_set_t *cpus)
{
	char *first = memory_types(cpuhp_mask_nth(cpus, 0)), *other;
	int i;

	ASSERT_NE(NULL, first);
	for (i = 1; i < CPU_COUNT(cpus); i++) {
		other = memory_types(cpuhp_mask_nth(cpus, i));
		ASSERT_NE(NULL, other);
		EXPECT_STREQ(first, other);
		free(other);
	}
	free(first);
}

/* Where no memory is, below what QEMU's CPUs can address. */
#define RANGE		"base=0x7e0000000 size=0x1000000"

/* The number that /proc/mtrr has for RANGE, -1 if it is not there. */
static int range_number(void)
{
	char text[8192], *line;
	int number;

	if (cpuhp_file_read("/proc/mtrr", text, sizeof(text)))
		return -1;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, "base=0x7e0000000") && sscanf(line, "reg%d", &number) == 1)
			return number;
	return -1;
}

static void expect_same_afterwards(struct __test_metadata *_metadata, const cpu_set_t *away,
				   const char *request)
{
	cpu_set_t all;

	ASSERT_EQ(0, cpuhp_mask_write(OFFLINE, away));
	EXPECT_EQ(0, cpuhp_file_write("/proc/mtrr", request));
	ASSERT_EQ(0, cpuhp_mask_write(ONLINE, away));
	ASSERT_EQ(0, cpuhp_mask_read("online", &all));
	expect_one_mind(_metadata, &all);
}

/*
 * What changes while some CPUs are away reaches them when they come back, and
 * not only those that were away are as if nothing had been when it is undone.
 */
static void change_while_away(struct __test_metadata *_metadata, const cpu_set_t *movable)
{
	cpu_set_t away;
	char request[32];
	int number;

	if (access("/proc/mtrr", W_OK))
		return;
	CPU_ZERO(&away);
	CPU_SET(cpuhp_mask_nth(movable, 0), &away);
	expect_same_afterwards(_metadata, &away, RANGE " type=write-combining\n");
	number = range_number();
	ASSERT_LE(0, number);
	snprintf(request, sizeof(request), "disable=%d", number);
	expect_same_afterwards(_metadata, &away, request);
}

/*
 * An upcoming CPU programs its memory types itself or with all others; either
 * way none is left out: at boot, in a batch, in a resume. (module_test.sh looks
 * after a batch that comes back from behind its takedown.)
 */
TEST_F_TIMEOUT(hazard, memory_types, 300)
{
	const char *reason;
	char path[64];

	msr_path(path, sizeof(path), cpuhp_mask_nth(&self->before.online, 0));
	if (access(path, R_OK))
		SKIP(return, "no /dev/cpu/N/msr");

	expect_one_mind(_metadata, &self->before.online);
	cycle(_metadata, &self->movable);
	expect_one_mind(_metadata, &self->before.online);
	change_while_away(_metadata, &self->movable);
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	EXPECT_EQ(0, cpuhp_suspend_once());
	expect_one_mind(_metadata, &self->before.online);
}

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

/* All CPUs of a queue go, with requests of each of them under way. */
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
 * The last CPU of a hardware queue waits for its requests before the queue's
 * interrupt goes away. Together, all of its CPUs are the last.
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
		if (!cpu_list_at(queues.gl_pathv[i], &cpus) ||
		    CPU_COUNT(&cpus) < 2 || !is_subset(&cpus, &self->movable))
			continue;
		queue_leaves(_metadata, disk, &cpus, self->rounds);
		tested++;
	}
	globfree(&queues);
	if (!tested)
		SKIP(return, "no queue of which all of several CPUs can go");
}

/*
 * Interrupts are bound to CPUs that leave. Each goes to a CPU that stays, moved
 * by the CPU that had it; another one that finds it there too early warns.
 */
TEST_F_TIMEOUT(hazard, interrupts, 300)
{
	char path[300], *before = snapshot("/proc/irq/*/smp_affinity_list");
	cpu_set_t effective, stay;
	unsigned int moved = 0;
	glob_t irqs;
	size_t i;

	ASSERT_EQ(0, glob("/proc/irq/*/smp_affinity_list", 0, NULL, &irqs));
	for (i = 0; i < irqs.gl_pathc; i++) {
		int cpu = cpuhp_mask_nth(&self->movable,
					 i % CPU_COUNT(&self->movable));

		snprintf(path, sizeof(path), "%d", cpu);
		moved += !cpuhp_file_write(irqs.gl_pathv[i], path);
	}
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_mask_andnot(&stay, &self->before.online, &self->movable);
	for (i = 0; i < irqs.gl_pathc; i++) {
		int dir = strrchr(irqs.gl_pathv[i], '/') - irqs.gl_pathv[i];

		snprintf(path, sizeof(path), "%.*s/effective_affinity_list",
			 dir, irqs.gl_pathv[i]);
		/* A managed interrupt whose CPUs are gone is shut down. */
		snprintf(path + dir, sizeof(path) - dir, "/smp_affinity_list");
		if (!cpu_list_at(path, &effective) ||
		    is_subset(&effective, &self->movable))
			continue;
		snprintf(path + dir, sizeof(path) - dir,
			 "/effective_affinity_list");
		if (cpu_list_at(path, &effective) && CPU_COUNT(&effective)) {
			EXPECT_TRUE(is_subset(&effective, &stay)) {
				TH_LOG("%s", path);
			}
		}
	}
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	for (i = 0; i < irqs.gl_pathc; i++) {
		char *line = strstr(before, irqs.gl_pathv[i]);

		if (!line)
			continue;
		line += strlen(irqs.gl_pathv[i]) + 2;
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(line, "\n"),
			 line);
		cpuhp_file_write(irqs.gl_pathv[i], path);
	}
	globfree(&irqs);
	free(before);
	if (!moved)
		SKIP(return, "no interrupt can be moved");
}

/* Is this a kthread that RCU binds to the CPUs of a leaf? */
static bool is_rcu_bound(const char *pid)
{
	char path[300], name[64];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	return !cpuhp_file_read(path, name, sizeof(name)) &&
	       (!strncmp(name, "rcub/", 5) || !strncmp(name, "rcu_exp_par", 11));
}

/* Threads of RCU must not be left with CPUs that have gone. */
TEST_F_TIMEOUT(hazard, rcu_kthreads, 300)
{
	struct cpuhp_machine now;
	struct dirent *entry;
	cpu_set_t allowed;
	int seen = 0;
	DIR *proc;

	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_machine_read(&now);
	proc = opendir("/proc");
	ASSERT_NE(NULL, proc);
	while ((entry = readdir(proc))) {
		if (!is_rcu_bound(entry->d_name) ||
		    sched_getaffinity(atoi(entry->d_name), sizeof(allowed),
				      &allowed))
			continue;
		seen++;
		EXPECT_FALSE(is_subset(&allowed, &self->movable));
	}
	closedir(proc);
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &self->movable));
	if (!seen)
		SKIP(return, "RCU has no bound kthread");
}

/* As the kernel's struct sched_attr begins; its header clashes with libc's. */
struct deadline_attr {
	__u32 size;
	__u32 policy;
	__u64 flags;
	__s32 nice;
	__u32 priority;
	__u64 runtime;
	__u64 deadline;
	__u64 period;
};

/* A deadline task that takes so many percent of a CPU. */
static pid_t deadline_task(int percent)
{
	struct deadline_attr attr = {
		.size = sizeof(attr),
		.policy = 6,	/* SCHED_DEADLINE */
		.runtime = percent * 1000 * 1000,
		.deadline = 100 * 1000 * 1000,
		.period = 100 * 1000 * 1000,
	};
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	if (pid > 0 && syscall(SYS_sched_setattr, pid, &attr, 0)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return -1;
	}
	return pid;
}

/* Has the scheduler taken back what dead deadline tasks had been promised? */
static bool may_leave(void *arg)
{
	return cpuhp_mask_write(OFFLINE, arg) != -EBUSY;
}

/*
 * End deadline tasks. Each keeps its bandwidth until what it has used of it is
 * paid for, up to a period after its death, and nothing but the veto shows it.
 */
static void deadline_end(struct __test_metadata *_metadata, const pid_t *task,
			 int count, cpu_set_t *movable)
{
	int i;

	for (i = 0; i < count; i++) {
		kill(task[i], SIGKILL);
		waitpid(task[i], NULL, 0);
	}
	EXPECT_EQ(0, cpuhp_wait(may_leave, movable));
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, movable));
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, movable));
}

/*
 * What deadline tasks were promised is asked for all that leave, before any of
 * them moves: one too many and nobody goes.
 */
TEST_F_TIMEOUT(hazard, deadline, 300)
{
	struct cpuhp_machine now;
	pid_t task[2];
	cpu_set_t fewer;
	int i;

	if (CPU_COUNT(&self->before.online) != CPU_COUNT(&self->movable) + 1)
		SKIP(return, "more than one CPU stays");
	for (i = 0; i < 2; i++)
		task[i] = deadline_task(90);
	if (task[1] < 0) {
		if (task[0] > 0)
			deadline_end(_metadata, task, 1, &self->movable);
		SKIP(return, "two deadline tasks are not admitted");
	}

	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->movable));
	cpuhp_machine_read(&now);
	EXPECT_STREQ("", cpuhp_machine_diff(&self->before, &now));

	fewer = self->movable;
	CPU_CLR(cpuhp_mask_nth(&fewer, 0), &fewer);
	cycle(_metadata, &fewer);
	deadline_end(_metadata, task, 2, &self->movable);
}

/*
 * A CPU also promises something to all that have no deadline. A task that would
 * fit without that keeps the last CPU but one from leaving, also after a suspend,
 * which makes the sums anew.
 */
TEST_F_TIMEOUT(hazard, deadline_after_suspend, 300)
{
	const char *reason;
	pid_t task;

	if (CPU_COUNT(&self->before.online) != CPU_COUNT(&self->movable) + 1)
		SKIP(return, "more than one CPU stays");
	if (cpuhp_suspend_prepare(&reason))
		SKIP(return, "%s", reason);
	task = deadline_task(92);
	if (task < 0)
		SKIP(return, "a deadline task is not admitted");

	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->movable));
	EXPECT_EQ(0, cpuhp_suspend_once());
	EXPECT_EQ(-EBUSY, cpuhp_mask_write(OFFLINE, &self->movable));
	deadline_end(_metadata, &task, 1, &self->movable);
}

/*
 * Everything that lies with low CPUs by habit (timekeeping, timers of idle
 * CPUs) has to find the one CPU that stays, which is the last.
 */
TEST_F_TIMEOUT(hazard, last_stays, 600)
{
	struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	cpu_set_t all_but_last = self->movable;
	int cpu, value, lowest;
	unsigned long i;

	lowest = cpuhp_mask_nth(&self->before.online, 0);
	if (cpuhp_cpu_get(lowest, "online", &value))
		SKIP(return, "the lowest CPU cannot go offline");
	CPU_SET(lowest, &all_but_last);
	cpu = cpuhp_mask_nth(&self->movable, CPU_COUNT(&self->movable) - 1);
	CPU_CLR(cpu, &all_but_last);

	for (i = 0; i < self->rounds; i++) {
		EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, &all_but_last));
		EXPECT_EQ(0, nanosleep(&pause, NULL));
		EXPECT_EQ(0, cpuhp_mask_write(ONLINE, &all_but_last));
	}
}

CPUHP_HARNESS_MAIN
