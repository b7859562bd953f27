/* SPDX-License-Identifier: GPL-2.0 */
/* The machine on which operations are counted. */
#ifndef _CPUHP_TEST_SCALE_WORLD_H
#define _CPUHP_TEST_SCALE_WORLD_H

/* The state at which the last CPU fails on its way out; 0: at none. */
extern int scale_fails_at;

/* Make a machine of @nr CPUs that are all at position @pos. */
void scale_place(unsigned int nr, int pos);
int scale_position(unsigned int cpu);

/* Is this member to run its idle task, and to die there? */
bool scale_has_left(unsigned int cpu);

/* For ../busted/square.c and crowd.c. */
struct cpuhp_rec;

int __real_cpuhp_thread_wait(struct cpuhp_rec *rec);
int __wrap_cpuhp_thread_wait(struct cpuhp_rec *rec);
int __real_smp_call_function_single_async(int cpu, call_single_data_t *call);
int __wrap_smp_call_function_single_async(int cpu, call_single_data_t *call);

#endif
