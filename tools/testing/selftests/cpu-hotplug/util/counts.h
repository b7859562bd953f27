/* SPDX-License-Identifier: GPL-2.0 */
/* How many interrupts of each kind a CPU has had. */
#ifndef CPUHP_UTIL_COUNTS_H
#define CPUHP_UTIL_COUNTS_H

#define CPUHP_KINDS_MAX		256

/**
 * struct cpuhp_counts - what /proc/interrupts says of one CPU
 * @nr:		entries of @kind
 * @kind:	the lines that have a number for each CPU
 * @kind.name:	what the line begins with: a number, or a word such as "LOC"
 * @kind.count:	interrupts
 */
struct cpuhp_counts {
	int nr;
	struct {
		char name[16];
		long count;
	} kind[CPUHP_KINDS_MAX];
};

int cpuhp_counts_read(int cpu, struct cpuhp_counts *counts);
long cpuhp_counts_of(const struct cpuhp_counts *counts, const char *name);

#endif /* CPUHP_UTIL_COUNTS_H */
