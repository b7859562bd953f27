// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the record of the last failure: hotplug/last_failure/, one value per file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "sys.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* A record that changes more often than this while it is read is a fault. */
#define MAX_CHANGES	100

static int read_text(const char *name, char *text, size_t size)
{
	char attr[64];

	snprintf(attr, sizeof(attr), "hotplug/last_failure/%s", name);
	return cpuhp_sys_read(attr, text, size);
}

static int read_number(const char *name, int *value)
{
	char text[32], *end;
	int err = read_text(name, text, sizeof(text));

	if (err)
		return err;
	if (!*text)
		return -ENODATA;
	*value = strtol(text, &end, 10);
	return *end ? -EPROTO : 0;
}

static int read_fields(struct cpuhp_failure *f)
{
	struct {
		const char *name;
		int *value;
	} numbers[] = {
		{ "cpu", &f->cpu }, { "step", &f->step }, { "undo", &f->undo },
		{ "error", &f->error }, { "left_at", &f->left_at },
	};
	struct {
		const char *name;
		char *text;
		size_t size;
	} texts[] = {
		{ "step_name", f->step_name, sizeof(f->step_name) },
		{ "direction", f->direction, sizeof(f->direction) },
		{ "callback", f->callback, sizeof(f->callback) },
		{ "left_at_name", f->left_at_name, sizeof(f->left_at_name) },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(numbers); i++)
		err = read_number(numbers[i].name, numbers[i].value);
	for (i = 0; !err && i < ARRAY_SIZE(texts); i++)
		err = read_text(texts[i].name, texts[i].text, texts[i].size);
	return err;
}

/**
 * cpuhp_failure_read - the failure on record
 * @failure:	filled with values that belong together
 *
 * Return: 0; -ENODATA if there is no failure; -ENOENT if the kernel keeps no record;
 * -EPROTO for a malformed value; -EAGAIN for a record that changes all the time.
 */
int cpuhp_failure_read(struct cpuhp_failure *failure)
{
	int changes, err, seq;

	for (changes = 0; changes < MAX_CHANGES; changes++) {
		memset(failure, 0, sizeof(*failure));
		err = read_number("seq", &failure->seq);
		if (err)
			return err;
		err = read_fields(failure);
		if (!read_number("seq", &seq) && seq == failure->seq)
			return err;
	}
	return -EAGAIN;
}
