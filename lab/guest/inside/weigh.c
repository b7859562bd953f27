// SPDX-License-Identifier: GPL-2.0
/*
 * Looks whether something that moved CPUs has left anything behind.
 *
 *	weigh take FILE			note in a file what is there before
 *	weigh compare FILE OPERATIONS	compare with what is there now
 *
 * Both print what is there, as comments to a reader of KTAP. The status of a comparison
 * is 0 if nothing has grown.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

static int take(const char *path)
{
	static struct sample sample;
	FILE *file = fopen(path, "we");

	if (!file)
		return 1;
	/* Room for the sample, so that the file takes no memory behind it. */
	fwrite(&sample, sizeof(sample), 1, file);
	fflush(file);
	take_sample(&sample);
	rewind(file);
	print_sample("before:", &sample);
	return fwrite(&sample, sizeof(sample), 1, file) != 1 || fclose(file);
}

static int compare(const char *path, int operations)
{
	static struct sample before, after;
	FILE *file = fopen(path, "re");
	const struct cache *grown;

	if (!file || fread(&before, sizeof(before), 1, file) != 1)
		return 1;
	fclose(file);
	take_settled_sample(&after, &before, operations);
	print_sample("after:", &after);
	grown = grown_cache(&before, &after, operations);
	if (grown)
		printf("# slab %s: %ld objects, before %ld\n", grown->name, grown->objects,
		       objects_in(&before, grown->name));
	return !all_agrees(&before, &after, operations);
}

int main(int argc, char **argv)
{
	open_slab_files();
	if (argc == 3 && !strcmp(argv[1], "take"))
		return take(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "compare"))
		return compare(argv[2], atoi(argv[3]));
	printf("usage: weigh take FILE | weigh compare FILE OPERATIONS\n");
	return 1;
}
