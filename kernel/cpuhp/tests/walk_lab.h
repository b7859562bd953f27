/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A laboratory for planner and walker: pretended CPUs on a pretended line.
 *
 * Shared by KUnit (walk_kunit.c) and by the user-space tests and fuzzer
 * (tools/testing/cpuhp). A scenario says what is there and what goes wrong;
 * walk_world.c plays it with the code under test and writes down what happens;
 * walk_model.c derives the required outcome from the rules alone; walk_check.c
 * compares the two; walk_sweep.c makes up scenarios.
 */
#ifndef _KERNEL_CPUHP_TESTS_WALK_LAB_H
#define _KERNEL_CPUHP_TESTS_WALK_LAB_H

#include <linux/types.h>

#include "../walk.h"

#define LAB_STEPS	12
#define LAB_CPUS	4
/* A step or two of a CPU make at most four entries, and it walks twice. */
#define LAB_LOG		(LAB_CPUS * LAB_STEPS * 8)

/**
 * struct lab_step - attributes of a step, as struct cpuhp_line reports them
 * @kind:	who runs it
 * @mode:	by direction
 * @has:	whether there is a callback, by direction
 * @meets:	whether CPUs wait for each other behind it, by direction
 */
struct lab_step {
	enum cpuhp_kind kind;
	enum cpuhp_mode mode[2];
	bool has[2];
	bool meets[2];
};

/**
 * struct lab_line - a pretended line
 * @line:	what the code under test gets to see
 * @step:	the steps 1 to @line.top; the first element is not used
 */
struct lab_line {
	struct cpuhp_line line;
	struct lab_step step[LAB_STEPS + 1];
};

/** enum lab_pace - when a pretended CPU does the work between start and wait */
enum lab_pace {
	LAB_EAGER,	/* all of it before ->start() returns */
	LAB_LAZY,	/* all of it within ->wait() */
	LAB_MIXED,	/* in ->wait(), all that are under way step by step in turn */
	LAB_NR_PACES,
};

/**
 * struct lab_cpu - a member of the scenario
 * @pos:	where it is
 * @target:	where it should go
 * @broken:	a former undo has failed on it
 * @fails:	bit N: the callback of step N fails, by direction
 */
struct lab_cpu {
	int pos;
	int target;
	bool broken;
	unsigned int fails[2];
};

/**
 * struct lab_scenario - one operation and everything that goes wrong in it
 * @line:	the steps
 * @nr_cpus:	size of the set
 * @cpu:	its members
 * @dir:	direction of the operation
 * @policy:	what a failure means for the others
 * @window:	how many members cross a concurrent stage at a time; 0: all
 * @pace:	when work is done
 * @early:	a CPU that cannot be taken down says so when it is asked
 * @stop_at:	how many times ->stop() is asked until it says stop; 0: never
 * @torn:	a handover that fails upwards leaves its CPU one step inside, which
 *		the contract of ->wait() forbids
 */
struct lab_scenario {
	struct lab_line line;
	int nr_cpus;
	struct lab_cpu cpu[LAB_CPUS];
	enum cpuhp_dir dir;
	enum cpuhp_policy policy;
	unsigned int window;
	enum lab_pace pace;
	bool early;
	int stop_at;
	bool torn;
};

/** enum lab_what - kinds of entries in the log */
enum lab_what {
	LAB_TURN,	/* @cpu is told that it is about to go to @to */
	LAB_ASK,	/* ->stop() */
	LAB_START,	/* @cpu, from before @state, to @to */
	LAB_LAND,	/* @cpu has been waited for */
	LAB_TAKEDOWN,	/* from before @state, to @to */
	LAB_STEP,	/* @cpu has run @state, or a whole handover from @state on */
};

/** struct lab_event - one entry of the log */
struct lab_event {
	enum lab_what what;
	enum cpuhp_dir dir;
	int cpu;
	int state;
	int to;
	int err;
};

/**
 * struct lab_flight - a pretended CPU between start and wait
 * @to:		where it is going
 * @seg:	in which segment
 * @err:	how that has ended so far
 * @moving:	it has neither arrived nor failed
 */
struct lab_flight {
	int to;
	const struct cpuhp_seg *seg;
	int err;
	bool moving;
};

/**
 * struct lab_way - where a walk has its barriers
 * @dir:	direction
 * @from:	extreme position at which it begins
 * @to:		extreme position at which it ends
 * @nr_cpus:	how many walk
 * @stage:	for each step of the way, how many barriers lie before it, else -1
 */
struct lab_way {
	enum cpuhp_dir dir;
	int from;
	int to;
	int nr_cpus;
	int stage[LAB_STEPS + 1];
};

/**
 * struct lab_fate - what has to become of one member
 * @works:	it takes part at all
 * @reach:	how far it gets on the way out
 * @fail_state:	the step that ends its way out, or 0
 * @torn:	it is left inside a handover
 * @back:	it is sent back
 * @group:	after which stage of the way out that happens
 * @undo_state:	the step that ends its undo, or 0
 * @final:	where it is in the end
 */
struct lab_fate {
	bool works;
	int reach;
	int fail_state;
	bool torn;
	bool back;
	int group;
	int undo_state;
	int final;
};

/**
 * struct lab_verdict - the required outcome of a scenario
 * @ret:	what cpuhp_walk_run() has to return
 * @asks:	how many times ->stop() has to be asked
 * @refused:	takedown of the way out where a refusal keeps all CPUs, or -1
 * @out:	the way out
 * @cpu:	the members
 */
struct lab_verdict {
	int ret;
	int asks;
	int refused;
	struct lab_way out;
	struct lab_fate cpu[LAB_CPUS];
};

/* Steps of the way out and of the undo, and two turns. */
#define LAB_SCRIPT	(2 * LAB_STEPS + 2)

/**
 * struct lab_script - what one CPU has to live through
 * @event:	entries of the log
 * @key:	when each of them has to happen; see walk_check.c
 * @nr:		how many
 * @next:	the first that has not happened yet
 * @back:	the way of its undo
 */
struct lab_script {
	struct lab_event event[LAB_SCRIPT];
	int key[LAB_SCRIPT];
	int nr;
	int next;
	struct lab_way back;
};

/**
 * struct lab - everything one try needs; large, not for the stack
 * @sc:		the scenario
 * @walk:	the operation under test; not cleared between tries, as the real
 *		one is not
 * @member:	its members
 * @flight:	what the pretended CPUs are doing
 * @up:		bit N: step N of the CPU is up
 * @asked:	how many times ->stop() has been asked
 * @down:	segment of the takedown that the log has an entry for
 * @log:	what has happened
 * @nr_log:	entries in it
 * @verdict:	the required outcome
 * @script:	what had to happen, CPU by CPU
 * @why:	the first thing that is wrong, NULL if nothing is
 * @tries:	how many scenarios have been played
 */
struct lab {
	struct lab_scenario sc;
	struct cpuhp_walk walk;
	struct cpuhp_member member[LAB_CPUS];
	struct lab_flight flight[LAB_CPUS];
	unsigned int up[LAB_CPUS];
	int asked;
	const struct cpuhp_seg *down;
	struct lab_event log[LAB_LOG];
	int nr_log;
	struct lab_verdict verdict;
	struct lab_script script[LAB_CPUS];
	const char *why;
	unsigned long tries;
};

/* Every failure has its own number, so that none can be taken for another. */
static inline int lab_errno(int cpu, enum cpuhp_dir dir, int state)
{
	return -(100 + 100 * cpu + 50 * dir + state);
}

#define LAB_STOPPED	(-4)
#define LAB_BROKEN	(-5)

/* walk_model.c */
bool lab_may_rest(const struct lab_line *line, int pos);
bool lab_serial(const struct lab_line *line, const struct lab_way *way, int state);
int lab_room(const struct lab_scenario *sc, const struct lab_way *way, int state);
void lab_way_make(struct lab_way *way, const struct lab_line *line, enum cpuhp_dir dir,
		  int from, int to, int nr_cpus);
void lab_expect(const struct lab_scenario *sc, struct lab_verdict *v);

/* walk_world.c */
void lab_line_init(struct lab_line *line, int top);
int lab_play(struct lab *lab);

/* walk_check.c */
bool lab_check_plan(struct lab *lab, enum cpuhp_dir dir, int from, int to, int nr_cpus);
bool lab_check_due(struct lab *lab, enum cpuhp_dir dir, const int seg[2], const int way[2]);
bool lab_try(struct lab *lab);

/* walk_sweep.c */
#define LAB_NR_LINES	14
extern const char * const lab_lines[LAB_NR_LINES];

bool lab_line_parse(struct lab_line *line, const char *text);
int lab_describe(const struct lab *lab, char *buf, size_t size);
bool lab_sweep_due(struct lab *lab);
bool lab_sweep_plans(struct lab *lab);
bool lab_sweep_alone(struct lab *lab);
bool lab_sweep_targets(struct lab *lab);
bool lab_sweep_batch(struct lab *lab, int nr_cpus, unsigned long stride);

#endif /* _KERNEL_CPUHP_TESTS_WALK_LAB_H */
