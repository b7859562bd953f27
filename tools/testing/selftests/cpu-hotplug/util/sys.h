/* SPDX-License-Identifier: GPL-2.0 */
/* Files of sysfs, and the lists of CPUs in them. */
#ifndef CPUHP_UTIL_SYS_H
#define CPUHP_UTIL_SYS_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

#define CPUHP_SYS		"/sys/devices/system/cpu"
#define CPUHP_LIST_LEN		4096	/* longest CPU list, with its NUL */

/* The files that take lists of CPUs. */
#define OFFLINE			"hotplug/offline"
#define ONLINE			"hotplug/online"

int cpuhp_file_write(const char *path, const char *text);
int cpuhp_file_read(const char *path, char *text, size_t size);
int cpuhp_sys_write(const char *attr, const char *text);
int cpuhp_sys_read(const char *attr, char *text, size_t size);
char *cpuhp_files_read(const char *pattern);
bool cpuhp_sys_has(const char *attr);
int cpuhp_cpu_write(int cpu, const char *attr, const char *text);
int cpuhp_cpu_set(int cpu, const char *attr, int value);
int cpuhp_cpu_get(int cpu, const char *attr, int *value);

int cpuhp_list_parse(const char *text, cpu_set_t *set);
const char *cpuhp_list_format(const cpu_set_t *set, char *text, size_t size);
int cpuhp_list_read(const char *path, cpu_set_t *set);
int cpuhp_mask_read(const char *attr, cpu_set_t *set);
int cpuhp_mask_write(const char *attr, const cpu_set_t *set);
void cpuhp_mask_andnot(cpu_set_t *set, const cpu_set_t *a, const cpu_set_t *b);
bool cpuhp_mask_subset(const cpu_set_t *part, const cpu_set_t *whole);
int cpuhp_mask_nth(const cpu_set_t *set, int n);

#define for_each_cpu_in(cpu, set)					\
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)				\
		if (CPU_ISSET(cpu, set))

#endif /* CPUHP_UTIL_SYS_H */
