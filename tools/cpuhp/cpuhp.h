/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map of the cpuhp tool: what each file offers to the others.
 *
 * Dependencies point down this list only: the commands (status, steps, move,
 * smt, watch, trace) use progress, reason and cpus; reason uses failure; all of
 * them use sysfs and cpulist. Recording and drawing have their own map, timeline.h.
 */
#ifndef _TOOLS_CPUHP_H
#define _TOOLS_CPUHP_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* Exit status beside 0; also in the manual page. */
enum {
	EXIT_REFUSED	= 1,	/* the kernel refused, or a file can't be used */
	EXIT_USAGE	= 2,
};

/** enum direction - which way CPUs are asked to go; an index into name tables */
enum direction {
	GO_UP,
	GO_DOWN,
};

/*
 * sysfs.c: paths, reading and writing. Paths that begin with a slash are taken
 * below the root given by --root; all others below CPU_DIR.
 */
#define CPU_DIR	"/sys/devices/system/cpu"

void sys_set_root(const char *dir);
char *sys_path(const char *name);
const char *cpu_file(unsigned int cpu, const char *file);
bool sys_has(const char *name);
FILE *sys_open(const char *name);
DIR *sys_opendir(const char *name);
int sys_line(char *buf, size_t size, const char *name);
int sys_int(int *value, const char *name);
int sys_write(const char *text, const char *name);

/* cpulist.c: "1-3,7", "1-15:2/4" and back */
struct cpulist {
	unsigned int *cpu;	/* ascending, each once */
	size_t nr;
};

int cpulist_parse(struct cpulist *list, const char *text);
bool cpulist_has(const struct cpulist *list, unsigned int cpu);
char *cpulist_text(const struct cpulist *list);
void cpulist_free(struct cpulist *list);

/* cpus.c: what sysfs says about each CPU, and the names of states */
#define UNKNOWN	(-1)

struct cpu {
	unsigned int nr;
	bool online;
	bool has_switch;	/* cpuN/online exists */
	int state;
	int target;
	int package;		/* UNKNOWN for a CPU without topology entry */
	int core;
	int node;
	char siblings[64];
};

struct cpus {
	struct cpu *cpu;
	size_t nr;
};

int cpus_read(struct cpus *cpus);
void cpus_free(struct cpus *cpus);
int states_read(void);
int states_last(void);
const char *state_name(int state);

/* progress.c: the bar, and a write that shows it */
struct progress {
	char what[16];		/* "offline", "online"; empty when idle */
	int segment, nr_segments;
	int done, total;
};

extern bool progress_wanted;

bool progress_read(struct progress *p);
void progress_draw(const struct progress *p);
void progress_clear(void);
int progress_write(const char *text, const char *path);

/* failure.c: the kernel's record of the latest failure */
struct failure {
	unsigned int cpu;
	int step;
	char step_name[64];
	char direction[8];
	bool undo;		/* on the way back: the CPU is not where it was */
	char callback[640];
	int error;		/* positive */
	int left_at;
	char left_at_name[64];
};

struct json_object;

bool failure_read(struct failure *f);
struct json_object *failure_json(const struct failure *f);

/* reason.c: why something failed, in words */
void reason_print_record(FILE *out, const struct failure *f);
void reason_print(enum direction dir, const char *list, int error);
void reason_print_cpu(enum direction dir, unsigned int cpu, int error);
const char *reason_errno(int error);

/* commands */
int cmd_status(int argc, char **argv);
int cmd_online(int argc, char **argv);
int cmd_offline(int argc, char **argv);
int cmd_smt(int argc, char **argv);
int cmd_steps(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_draw(int argc, char **argv);

/* cpuhp.c: the usage text of the command in progress, then exit */
int usage(void);

/* status.c: the table alone, for watch.c */
int status_print(FILE *out);

#endif /* _TOOLS_CPUHP_H */
