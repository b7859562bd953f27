// SPDX-License-Identifier: GPL-2.0
/*
 * The first process of a lab guest, on every architecture.
 *
 * Mounts what tests need, then runs the jobs that stand behind "--" on the
 * kernel command line, one after the other:
 *
 *	... -- /lab/leak 1000 + /kselftest/cpu-hotplug/cycle + @/lab/more
 *
 * "+" separates jobs, "@FILE" stands for the lines of a file, and "shell"
 * gives a person a shell instead. Each line of a job goes through /dev/kmsg,
 * so that it can never be torn apart by a kernel message, and the host reads
 *
 *	lab: begin NAME
 *	lab| a line that the job wrote
 *	lab: end NAME rc=0 ms=1234
 *	LAB-VERDICT: pass
 *
 * before the machine goes off. A job that runs longer than lab.timeout=
 * seconds is killed and has rc=124. A job may load another kernel: if none has
 * failed, that one goes on with its own jobs, and the verdict is its.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The kernel cuts a record at about 1000 bytes and refuses a longer one. */
#define RECORD_MAX	800
#define JOB_WORDS	64
#define RC_KILLED	124
#define RC_NOT_STARTED	126
#define RC_SKIPPED	4
/* A silent job shows that the machine is alive more often than the host's watchdog asks. */
#define ALIVE_MS	30000
/* How long a killed job may take to die before it counts as stuck in the kernel. */
#define REAP_MS		20000

static const struct {
	const char *type, *where, *options;
} mounts[] = {
	{ "proc",	"/proc",			NULL },
	{ "sysfs",	"/sys",				NULL },
	{ "devtmpfs",	"/dev",				NULL },
	{ "devpts",	"/dev/pts",			NULL },
	{ "tmpfs",	"/tmp",				NULL },
	{ "tmpfs",	"/dev/shm",			NULL },
	{ "debugfs",	"/sys/kernel/debug",		NULL },
	{ "tracefs",	"/sys/kernel/tracing",		NULL },
	{ "cgroup2",	"/sys/fs/cgroup",		NULL },
};

static int kmsg = -1;
static long job_timeout_ms = 300 * 1000L;
static int failed_jobs;
/* A job hangs in the kernel: what follows would only wait for the same thing. */
static bool stuck;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/*
 * One record of the kernel log; priority 6 is "info". Without a newline the
 * kernel holds the record back, for more text might be added to it.
 */
static void say(const char *format, ...)
{
	char record[RECORD_MAX + 64];
	va_list args;
	int length = snprintf(record, sizeof(record), "<6>");

	va_start(args, format);
	length += vsnprintf(record + length, sizeof(record) - length, format, args);
	va_end(args);
	if (length >= (int)sizeof(record) - 1)
		length = sizeof(record) - 2;
	record[length++] = '\n';
	if (write(kmsg, record, length) < 0)
		dprintf(STDERR_FILENO, "%.*s", length - 3, record + 3);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		say("lab: %s does not take %s: %s", path, text, strerror(errno));
	close(fd);
}

static void mount_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i].where, 0755);
		mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, mounts[i].options);
	}
}

/* "lab.timeout=SECONDS" from the kernel command line. */
static void read_settings(void)
{
	char line[4096];
	FILE *file = fopen("/proc/cmdline", "re");
	char *found;

	if (!file)
		return;
	if (fgets(line, sizeof(line), file)) {
		found = strstr(line, "lab.timeout=");
		if (found)
			job_timeout_ms = 1000L * atol(found + strlen("lab.timeout="));
	}
	fclose(file);
}

/* Print whole lines of what a job wrote so far; returns what is left in the buffer. */
static size_t print_lines(char *buffer, size_t used, int at_end)
{
	char *line = buffer, *end = buffer + used, *newline;

	while ((newline = memchr(line, '\n', end - line))) {
		*newline = '\0';
		say("lab| %s", line);
		line = newline + 1;
	}
	used = end - line;
	if (used && (at_end || used == RECORD_MAX)) {
		say("lab| %.*s", (int)used, line);
		return 0;
	}
	memmove(buffer, line, used);
	return used;
}

/*
 * Copy a job's output until it has closed its end, or its time is over.
 * Returns 0 if the job is done, -1 if it has to be killed.
 */
static int follow(const char *name, int output, long deadline)
{
	char buffer[RECORD_MAX + 1];
	size_t used = 0;
	long last = now_ms();

	for (;;) {
		struct pollfd ready = { .fd = output, .events = POLLIN };
		long now = now_ms();
		ssize_t got;

		if (now >= deadline)
			return -1;
		if (now - last >= ALIVE_MS) {
			say("lab: %s still runs", name);
			last = now;
		}
		if (poll(&ready, 1, 1000) <= 0)
			continue;
		got = read(output, buffer + used, RECORD_MAX - used);
		if (got <= 0) {
			print_lines(buffer, used, 1);
			return 0;
		}
		last = now;
		used = print_lines(buffer, used + got, 0);
	}
}

/* Wait for a process with a deadline; RC_KILLED if it is still there then. */
static int reap(pid_t pid, long deadline)
{
	struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (got < 0 || now_ms() >= deadline)
			return RC_KILLED;
		nanosleep(&pause, NULL);
	}
}

static void start_job(char **words, int output)
{
	char *slash;
	int null = open("/dev/null", O_RDONLY);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	/* Kselftests expect to be started from their own directory. */
	slash = strrchr(words[0], '/');
	if (slash && slash != words[0]) {
		*slash = '\0';
		if (chdir(words[0]))
			printf("%s: %s\n", words[0], strerror(errno));
		*slash = '/';
	}
	execv(words[0], words);
	printf("%s: %s\n", words[0], strerror(errno));
	fflush(stdout);
	_exit(127);
}

/* Kill a job whose time is over, and say where the machine hangs if it does not die. */
static void put_down(const char *name, pid_t pid)
{
	say("lab: %s does not end within %ld s, killing it", name, job_timeout_ms / 1000);
	write_file("/proc/sysrq-trigger", "w");
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	if (reap(pid, now_ms() + REAP_MS) == RC_KILLED) {
		say("lab: %s cannot be killed: it is stuck in the kernel", name);
		stuck = true;
	}
}

/* Run a program to its end or its deadline; returns its exit status. */
static int watch_job(const char *name, char **words)
{
	long deadline = now_ms() + job_timeout_ms;
	int pipes[2], rc = RC_KILLED;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return RC_NOT_STARTED;
	pid = fork();
	if (!pid)
		start_job(words, pipes[1]);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return RC_NOT_STARTED;
	}
	if (!follow(name, pipes[0], deadline))
		rc = reap(pid, deadline);
	if (rc == RC_KILLED)
		put_down(name, pid);
	close(pipes[0]);
	return rc;
}

static void run_job(char **words)
{
	char name[RECORD_MAX / 2] = "";
	long start = now_ms();
	int rc;

	for (char **word = words; *word; word++) {
		strncat(name, *word, sizeof(name) - strlen(name) - 1);
		if (word[1])
			strncat(name, " ", sizeof(name) - strlen(name) - 1);
	}
	say("lab: begin %s", name);
	rc = watch_job(name, words);
	if (rc && rc != RC_SKIPPED)
		failed_jobs++;
	say("lab: end %s rc=%d ms=%ld", name, rc, now_ms() - start);
}

/* Each line of a file is a job; "#" starts a comment. */
static void run_file(const char *path)
{
	char line[RECORD_MAX], *words[JOB_WORDS + 1];
	FILE *file = fopen(path, "re");

	if (!file) {
		say("lab: begin %s", path);
		say("lab| %s: %s", path, strerror(errno));
		say("lab: end %s rc=127 ms=0", path);
		failed_jobs++;
		return;
	}
	while (!stuck && fgets(line, sizeof(line), file)) {
		int count = 0;

		for (char *word = strtok(line, " \t\n"); word && count < JOB_WORDS;
		     word = strtok(NULL, " \t\n"))
			words[count++] = word;
		words[count] = NULL;
		if (count && words[0][0] != '#')
			run_job(words);
	}
	fclose(file);
}

static void run_jobs(char **word)
{
	while (*word && !stuck) {
		char **end = word;
		char *rest;

		while (*end && strcmp(*end, "+"))
			end++;
		rest = *end;
		*end = NULL;
		if (*word && **word == '@')
			run_file(*word + 1);
		else if (*word)
			run_job(word);
		if (!rest)
			break;
		word = end + 1;
	}
}

/* A shell on the console for a person; returns when it is left. */
static void run_shell(void)
{
	static char *const words[] = { "-sh", NULL };
	pid_t pid = fork();

	if (!pid) {
		int console;

		setsid();
		console = open("/dev/console", O_RDWR);
		ioctl(console, TIOCSCTTY, 1);
		dup2(console, STDIN_FILENO);
		dup2(console, STDOUT_FILENO);
		dup2(console, STDERR_FILENO);
		chdir("/");
		execv("/bin/sh", words);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static bool next_is_loaded(void)
{
	int fd = open("/sys/kernel/kexec_loaded", O_RDONLY | O_CLOEXEC);
	char loaded = '0';

	if (fd < 0)
		return false;
	if (read(fd, &loaded, 1) < 0)
		say("lab: kexec_loaded cannot be read: %s", strerror(errno));
	close(fd);
	return loaded == '1';
}

/* Returns only if the loaded kernel does not start. */
static void start_next(void)
{
	sync();
	reboot(RB_KEXEC);
	say("lab: the loaded kernel does not start: %s", strerror(errno));
	failed_jobs++;
}

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	reboot(RB_HALT_SYSTEM);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	mount_all();
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	write_file("/proc/sys/kernel/hung_task_warnings", "-1\n");
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin:/lab", 1);
	setenv("HOME", "/", 1);
	setenv("TERM", "vt100", 1);
	read_settings();

	if (argc > 1 && !strcmp(argv[1], "shell")) {
		run_shell();
		power_off();
	}
	run_jobs(argv + 1);
	if (!failed_jobs && next_is_loaded())
		start_next();
	say("LAB-VERDICT: %s", failed_jobs ? "fail" : "pass");
	power_off();
}
