/* SPDX-License-Identifier: GPL-2.0 */
/* How many interrupts of each kind a CPU has had. */
#ifndef CPUHP_UTIL_COUNTS_H
#define CPUHP_UTIL_COUNTS_H

#define CPUHP_KINDS_MAX		256

/**
 * struct cpuhp_kind - what a line of /proc/interrupts says of one CPU
 * @name:	what the line begins with: a number, or a word such as "LOC"
 * @last:	what it ends with, a word
 * @count:	interrupts
 */
struct cpuhp_kind {
	char name[16], last[32];
	long count;
};

/**
 * struct cpuhp_counts - what /proc/interrupts says of one CPU
 * @nr:		entries of @kind
 * @kind:	the lines that have a number for each CPU
 */
struct cpuhp_counts {
	int nr;
	struct cpuhp_kind kind[CPUHP_KINDS_MAX];
};

int cpuhp_counts_read(int cpu, struct cpuhp_counts *counts);
long cpuhp_counts_of(const struct cpuhp_counts *counts, const char *name);

#endif /* CPUHP_UTIL_COUNTS_H */
