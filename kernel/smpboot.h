/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kernel/smpboot.c offers to the hotplug core, and to init/ and sched/.
 */
#ifndef SMPBOOT_H
#define SMPBOOT_H

#include <linux/init.h>

struct task_struct;

#ifdef CONFIG_GENERIC_SMP_IDLE_THREAD
struct task_struct *idle_thread_get(unsigned int cpu);
void idle_thread_set_boot_cpu(void);
void idle_threads_init(void);
#else
static inline struct task_struct *idle_thread_get(unsigned int cpu) { return NULL; }
static inline void idle_thread_set_boot_cpu(void) { }
static inline void idle_threads_init(void) { }
#endif

int smpboot_create_threads(unsigned int cpu);
int smpboot_park_threads(unsigned int cpu);
int smpboot_unpark_threads(unsigned int cpu);

/* Defined by the hotplug core, whose own threads are of this kind too. */
void __init cpuhp_threads_init(void);

#endif /* SMPBOOT_H */
