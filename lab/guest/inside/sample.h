/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What CPUs that come and go may leave behind: free memory, kernel threads, per-CPU
 * memory and slab objects, before and after. Needs _GNU_SOURCE.
 */
#ifndef LAB_GUEST_SAMPLE_H
#define LAB_GUEST_SAMPLE_H

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CACHES	512
#define SETTLE_SECONDS	30

/*
 * Tolerances. Free memory moves by itself by some hundred KiB; a page lost in
 * each of 1000 cycles is 4 MiB. An object lost in every second cycle shows in
 * the number of active objects of its cache.
 */
#define FREE_TOLERANCE_KIB	1024
#define PERCPU_TOLERANCE_KIB	64
#define SLAB_NOISE		128

struct cache {
	char name[64];
	long objects;
};

struct sample {
	long free_kib, listed_kib, percpu_kib, threads, workers;
	struct cache caches[MAX_CACHES];
	int cache_count;
};

static inline void forget_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	if (fd < 0)
		return;
	if (write(fd, "3\n", 2) != 2)
		printf("# drop_caches: %s\n", strerror(errno));
	close(fd);
}

/*
 * The files that shrink a cache, and the one that counts. They stay open: each open
 * would make an inode, and take objects of caches that have just been shrunk.
 */
static int shrinkers[MAX_CACHES], shrinker_count;
static FILE *slabinfo;

/* A write of this to a file in sysfs takes a buffer of the cache WRITERS. */
#define SHRINK		"1\n"
#define WRITERS		"kmalloc-8"

static inline void open_shrinker(const char *cache)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	fd = open(path, O_WRONLY);
	if (fd >= 0)
		shrinkers[shrinker_count++] = fd;
}

static inline void open_slab_files(void)
{
	DIR *slabs = opendir("/sys/kernel/slab");
	struct dirent *entry;

	slabinfo = fopen("/proc/slabinfo", "r");

	while (slabs && (entry = readdir(slabs)) && shrinker_count < MAX_CACHES - 1)
		if (strcmp(entry->d_name, WRITERS))
			open_shrinker(entry->d_name);
	/* The last, because shrinking the others takes from it. */
	open_shrinker(WRITERS);
	if (slabs)
		closedir(slabs);
}

/*
 * slabinfo counts what is free on a CPU's own slabs as in use, and how much
 * that is depends on who freed last. Shrinking a cache hands those slabs back,
 * until the next allocation: nothing is to come between this and the count.
 */
static inline void shrink_caches(void)
{
	for (int i = 0; i < shrinker_count; i++)
		if (pwrite(shrinkers[i], SHRINK, strlen(SHRINK), 0) != (ssize_t)strlen(SHRINK))
			printf("# shrink: %s\n", strerror(errno));
}

static inline void read_meminfo(struct sample *s)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "MemFree: %ld", &s->free_kib) == 1)
			continue;
		if (sscanf(line, "Percpu: %ld", &s->percpu_kib) == 1)
			break;
	}
	if (file)
		fclose(file);
}

/*
 * Pages on the CPUs' own lists are free, but MemFree does not count them. How
 * many lie there depends on who freed last, and can be some MiB.
 */
static inline long listed_kib(void)
{
	long pages = 0, here, page_kib = sysconf(_SC_PAGESIZE) / 1024;
	FILE *file = fopen("/proc/zoneinfo", "r");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %ld", &here) == 1)
			pages += here;
	if (file)
		fclose(file);
	return pages * page_kib;
}

/* Kworkers come and go with the load, so they are counted by themselves. */
static inline void count_threads(struct sample *s)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char path[300], name[64] = "";
		FILE *file;

		if (!isdigit(entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(name, sizeof(name), file) && !strncmp(name, "kworker/", 8))
			s->workers++;
		else
			s->threads++;
		fclose(file);
	}
	if (proc)
		closedir(proc);
}

static inline void read_slabs(struct sample *s)
{
	char line[512];

	if (slabinfo)
		rewind(slabinfo);
	while (slabinfo && fgets(line, sizeof(line), slabinfo) && s->cache_count < MAX_CACHES) {
		struct cache *cache = &s->caches[s->cache_count];

		/* The checkers' own pool of records grows with what they watch. */
		if (sscanf(line, "%63s %ld", cache->name, &cache->objects) == 2 &&
		    strcmp(cache->name, "debug_objects_cache"))
			s->cache_count++;
	}
}

static inline void take_sample(struct sample *s)
{
	memset(s, 0, sizeof(*s));
	forget_caches();
	shrink_caches();
	read_slabs(s);
	read_meminfo(s);
	s->listed_kib = listed_kib();
	count_threads(s);
	/* That made inodes, which RCU frees: not while the next sample is taken. */
	forget_caches();
}

static inline long objects_in(const struct sample *s, const char *name)
{
	for (int i = 0; i < s->cache_count; i++)
		if (!strcmp(s->caches[i].name, name))
			return s->caches[i].objects;
	return 0;
}

/* How much a cache may grow before each second cycle must have left an object. */
static inline long slab_tolerance(int cycles)
{
	return cycles / 2 > SLAB_NOISE ? cycles / 2 : SLAB_NOISE;
}

/* The cache that grew beyond tolerance, NULL if none did. */
static inline const struct cache *grown_cache(const struct sample *before,
					      const struct sample *after, int cycles)
{
	for (int i = 0; i < after->cache_count; i++) {
		const struct cache *cache = &after->caches[i];

		if (cache->objects - objects_in(before, cache->name) > slab_tolerance(cycles))
			return cache;
	}
	return NULL;
}

static inline int memory_agrees(const struct sample *before, const struct sample *after)
{
	long had = before->free_kib + before->listed_kib;
	long has = after->free_kib + after->listed_kib;

	return had - has <= FREE_TOLERANCE_KIB;
}

static inline int percpu_agrees(const struct sample *before, const struct sample *after)
{
	return after->percpu_kib - before->percpu_kib <= PERCPU_TOLERANCE_KIB;
}

static inline int all_agrees(const struct sample *before, const struct sample *after, int cycles)
{
	return memory_agrees(before, after) && percpu_agrees(before, after) &&
	       before->threads == after->threads && !grown_cache(before, after, cycles);
}

/* What a comparison waits for, so that a failure tells its story. */
static inline void print_wait(const struct sample *before, const struct sample *after, int cycles)
{
	const struct cache *grown = grown_cache(before, after, cycles);

	printf("# waiting: %s%s%s", memory_agrees(before, after) ? "" : "memory ",
	       percpu_agrees(before, after) ? "" : "per-CPU ",
	       before->threads == after->threads ? "" : "threads ");
	if (grown)
		printf("slab %s with %ld objects, before %ld", grown->name, grown->objects,
		       objects_in(before, grown->name));
	printf("\n");
}

/* The later sample, once it agrees with the earlier one, or time is up. */
static inline void take_settled_sample(struct sample *after, const struct sample *before,
				       int cycles)
{
	take_sample(after);
	for (int waited = 0; waited < SETTLE_SECONDS; waited++) {
		if (all_agrees(before, after, cycles))
			return;
		print_wait(before, after, cycles);
		sleep(1);
		take_sample(after);
	}
}

static inline void print_sample(const char *when, const struct sample *s)
{
	printf("# %-7s %ld KiB free and %ld KiB on the CPUs' lists, %ld KiB per-CPU, ", when,
	       s->free_kib, s->listed_kib, s->percpu_kib);
	printf("%ld threads, %ld kworkers\n", s->threads, s->workers);
}

#endif
