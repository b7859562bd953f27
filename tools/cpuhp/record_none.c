// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the place of record.c in a build without libtracefs.
 */
#include <err.h>
#include <errno.h>

#include "timeline.h"

/** record_command - this build can't; -EOPNOTSUPP after a message */
int record_command(struct timeline *tl, unsigned int kbytes, char *const argv[], int *status)
{
	(void)tl;
	(void)kbytes;
	(void)argv;
	(void)status;
	warnx("built without libtracefs: no recording");
	return -EOPNOTSUPP;
}
