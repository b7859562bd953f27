// SPDX-License-Identifier: GPL-2.0
/*
 * What goes on beside CPUs that move, until SIGTERM: tasks that choose other CPUs for
 * themselves all the time, one that reads a disk past the page cache, and one that writes
 * files and reads them again.
 *
 * Prints how often each has done its work. The status is 0 if all of it went well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define DISK		"/dev/vda"
#define FILE_NAME	"/tmp/soak/load"
#define BLOCK		4096
#define BLOCKS		256
#define MAX_CPUS	512

/**
 * struct job - a process
 * @name:	for its line
 * @work:	one piece of work; an errno ends the process
 * @pid:	its process
 * @done:	pieces of work; shared with the process
 */
struct job {
	const char *name;
	int (*work)(void);
	pid_t pid;
	unsigned long *done;
};

static int stop;		/* atomic: set by the signal */
static char *block;		/* aligned, for the disk */

/* EINVAL: all CPUs of the set are offline. */
static int choose_cpus(void)
{
	cpu_set_t set;
	int cpu, first = rand() % sysconf(_SC_NPROCESSORS_CONF);

	CPU_ZERO(&set);
	for (cpu = first; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu += 1 + rand() % 4)
		CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) && errno != EINVAL)
		return errno;
	sched_yield();
	usleep(rand() % 5000);
	return 0;
}

static int read_disk(void)
{
	static int disk = -1;

	if (disk < 0)
		disk = open(DISK, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (disk < 0)
		return errno;
	return pread(disk, block, BLOCK, (off_t)(rand() % BLOCKS) * BLOCK) == BLOCK ? 0 : EIO;
}

static int write_and_read(void)
{
	int file = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char written = rand(), seen[BLOCK];
	int i, error = file < 0 ? errno : 0;

	memset(block, written, BLOCK);
	for (i = 0; !error && i < BLOCKS; i++)
		error = pwrite(file, block, BLOCK, (off_t)i * BLOCK) == BLOCK ? 0 : EIO;
	for (i = 0; !error && i < BLOCKS; i++) {
		error = pread(file, seen, BLOCK, (off_t)i * BLOCK) == BLOCK ? 0 : EIO;
		if (!error && memcmp(seen, block, BLOCK))
			error = EILSEQ;
	}
	if (file >= 0)
		close(file);
	usleep(rand() % 20000);
	return error;
}

static struct job jobs[] = {
	{ .name = "affinity", .work = choose_cpus },
	{ .name = "affinity", .work = choose_cpus },
	{ .name = "disk", .work = read_disk },
	{ .name = "file", .work = write_and_read },
};

#define NR_JOBS	(sizeof(jobs) / sizeof(*jobs))

static void end(int sig)
{
	__atomic_store_n(&stop, sig, __ATOMIC_RELAXED);
}

static void run(struct job *job, const sigset_t *ended)
{
	int error = 0;

	signal(SIGTERM, end);
	sigprocmask(SIG_UNBLOCK, ended, NULL);
	srand(getpid());
	while (!error && !__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		error = job->work();
		*job->done += !error;
	}
	if (error)
		printf("# %s: %s\n", job->name, strerror(error));
	exit(error != 0);
}

int main(void)
{
	unsigned long *done = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, sig, bad = 0;
	sigset_t ended;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	block = aligned_alloc(BLOCK, BLOCK);
	if (done == MAP_FAILED || !block)
		return 1;
	sigemptyset(&ended);
	sigaddset(&ended, SIGTERM);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	for (i = 0; i < NR_JOBS; i++) {
		jobs[i].done = &done[i];
		if (jobs[i].work == read_disk && access(DISK, R_OK))
			continue;
		jobs[i].pid = fork();
		if (!jobs[i].pid)
			run(&jobs[i], &ended);
	}
	sigwait(&ended, &sig);
	for (i = 0; i < NR_JOBS; i++) {
		if (jobs[i].pid <= 0)
			continue;
		kill(jobs[i].pid, SIGTERM);
		bad |= waitpid(jobs[i].pid, &status, 0) != jobs[i].pid || status;
		printf("# beside it, %s: %lu times\n", jobs[i].name, done[i]);
	}
	unlink(FILE_NAME);
	return bad;
}
