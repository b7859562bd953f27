// SPDX-License-Identifier: GPL-2.0
/*
 * The CPUs that batch.c moves here: each does at once what it is told, and counts.
 *
 * The line has as many states as the real one, each with both callbacks. Where
 * CPUs choose how they share a step, the choice changes from state to state, so
 * that a batch is cut into as many segments as can be.
 */

#include <stdio.h>
#include <stdlib.h>

#include "cpuhp.h"
#include "takedown.h"
#include "world.h"

unsigned long scale_counts[SCALE_NR];
unsigned int scale_members;
int scale_fails_at;

DEFINE_PER_CPU(struct cpuhp_rec, cpuhp_rec);

static struct cpumask dying;

struct mm_struct init_mm;
static struct task_struct idle = { .active_mm = &init_mm };

/* The linker's names for both ends of the section. */
extern char __start_scale_per_cpu_patterns[], __stop_scale_per_cpu_patterns[];
static char *areas;

static size_t area_size(void)
{
	return __stop_scale_per_cpu_patterns - __start_scale_per_cpu_patterns;
}

void *scale_per_cpu(void *ptr, unsigned int cpu)
{
	return areas + cpu * area_size() + ((char *)ptr - __start_scale_per_cpu_patterns);
}

static void renew_areas(void)
{
	unsigned int cpu;

	if (!areas)
		areas = malloc((MAX_MEMBERS + 1) * area_size());
	for (cpu = 0; cpu <= MAX_MEMBERS; cpu++)
		memcpy(areas + cpu * area_size(), __start_scale_per_cpu_patterns, area_size());
}

/* Called by the compiler's code where a basic block of the code under test begins. */
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
	scale_count(SCALE_BLOCKS, 1);
}

static enum cpuhp_kind kind(const struct cpuhp_line *line, int state)
{
	if (state < CPUHP_BRINGUP_CPU)
		return CPUHP_PREPARE;
	return state <= CPUHP_TEARDOWN_CPU ? CPUHP_HANDOVER : CPUHP_THREAD;
}

static enum cpuhp_mode mode(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return state % 2 ? CPUHP_CONCURRENT : CPUHP_ONE_BY_ONE;
}

static bool has(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return true;
}

static bool meets(const struct cpuhp_line *line, int state, enum cpuhp_dir dir)
{
	return dir == CPUHP_DOWN && state < CPUHP_BRINGUP_CPU;
}

const struct cpuhp_line cpuhp_line = {
	.top = CPUHP_ONLINE, .kind = kind, .mode = mode, .has = has, .meets = meets,
};

void scale_place(unsigned int nr, int pos)
{
	scale_members = nr;
	renew_areas();
	scale_machine_reset();
	memset(&dying, 0, sizeof(dying));
	for (unsigned int cpu = 0; cpu < nr; cpu++) {
		per_cpu(cpuhp_rec.m.cpu, cpu) = cpu;
		per_cpu(cpuhp_rec.m.pos, cpu) = pos;
	}
}

int scale_position(unsigned int cpu)
{
	return per_cpu(cpuhp_rec.m.pos, cpu);
}

bool scale_has_left(unsigned int cpu)
{
	return scale_position(cpu) == CPUHP_AP_OFFLINE;
}

bool scale_warn(bool condition)
{
	if (condition) {
		printf("not ok scale: the kernel would warn\n");
		exit(1);
	}
	return condition;
}

bool cpu_dying(unsigned int cpu)
{
	return mask_test(&dying, cpu);
}

void set_cpu_dying(unsigned int cpu, bool is)
{
	dying.bits[cpu / 64] &= ~(1ULL << cpu % 64);
	dying.bits[cpu / 64] |= (u64)is << cpu % 64;
}

/* The last CPU is the one that fails, and only on its way out. */
static bool fails(const struct cpuhp_rec *rec, int state)
{
	return state == scale_fails_at && rec->m.cpu == scale_members - 1 && !rec->m.returning;
}

int cpuhp_run_steps(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to)
{
	int state;

	while ((state = cpuhp_walk_next(&cpuhp_line, dir, &rec->m.pos, to))) {
		scale_count(SCALE_STEPS, 1);
		if (fails(rec, state)) {
			rec->failed.err = -EIO;
			return -EIO;
		}
		rec->m.pos = cpuhp_walk_commit(dir, state);
	}
	return 0;
}

void cpuhp_thread_walk(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to)
{
	scale_order(SCALE_WAKEUPS);
	rec->m.result = cpuhp_run_steps(rec, dir, to);
}

int cpuhp_thread_wait(struct cpuhp_rec *rec)
{
	scale_order(SCALE_WAITS);
	return rec->m.result;
}

int cpuhp_handover_up(struct cpuhp_rec *rec)
{
	scale_count(SCALE_STEPS, 1);
	rec->m.pos = CPUHP_TEARDOWN_CPU;
	return 0;
}

void cpuhp_run_steps_nofail(struct cpuhp_rec *rec, enum cpuhp_dir dir, int to)
{
	int state;

	while ((state = cpuhp_walk_next(&cpuhp_line, dir, &rec->m.pos, to))) {
		scale_count(SCALE_STEPS, 1);
		rec->m.pos = cpuhp_walk_commit(dir, state);
	}
}

unsigned int cpuhp_leave_max(void)
{
	return scale_members;
}

void cpuhp_leave(const struct cpumask *members)
{
	scale_count(SCALE_TAKEDOWNS, 1);
	cpuhp_leave_quietly(members);
}

void cpuhp_sync_should_die(unsigned int cpu)
{
}

void cpuhp_sync_dead(unsigned int cpu)
{
}

void cpuhp_quiesce_verify(const struct cpumask *members)
{
}

void cpuhp_assert_moving(void)
{
}

int _cpu_up(unsigned int cpu, int (*work)(void *data), void *data)
{
	return work(data);
}

int _cpu_down(unsigned int cpu, int (*work)(void *data), void *data)
{
	return work(data);
}

struct task_struct *idle_thread_get(unsigned int cpu)
{
	return &idle;
}

bool cpuhp_fail_injected(struct cpuhp_rec *rec, int state)
{
	return false;
}

void cpuhp_note_failure(struct cpuhp_rec *rec, int state, enum cpuhp_dir dir,
			void *callback, int err)
{
}

void cpuhp_report_undo(struct cpuhp_rec *rec)
{
}

void cpuhp_report(const struct cpuhp_failure *failure)
{
}

void cpuhp_count(enum cpuhp_counter counter, unsigned int n)
{
}

void cpuhp_count_max(enum cpuhp_counter counter, u64 value)
{
}

bool cpuhp_expedite(const struct cpumask *cpus)
{
	return true;
}

void cpuhp_unexpedite(void)
{
}

void cpuhp_watch_begin(const struct cpumask *cpus)
{
}

void cpuhp_watch_end(void)
{
}

void cpuhp_assert_operation(void)
{
}

bool cpuhp_tasks_frozen;
