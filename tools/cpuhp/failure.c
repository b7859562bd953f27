// SPDX-License-Identifier: GPL-2.0
/*
 * Owns hotplug/last_failure/: the kernel's record of why an operation failed,
 * read from files with one value each.
 */
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"
#include "json.h"

#define RECORD	"hotplug/last_failure/"

/* Failures that come this often between reads are no use to anybody. */
#define MAX_TRIES	16

static bool read_fields(struct failure *f)
{
	int cpu, undo;

	/* The callback of a module has the module's name behind it: "fun [module]". */
	if (sys_int(&cpu, RECORD "cpu") ||
	    sys_int(&f->step, RECORD "step") ||
	    sys_line(f->step_name, sizeof(f->step_name), RECORD "step_name") ||
	    sys_line(f->direction, sizeof(f->direction), RECORD "direction") ||
	    sys_int(&undo, RECORD "undo") ||
	    sys_line(f->callback, sizeof(f->callback), RECORD "callback") ||
	    sys_int(&f->error, RECORD "error") ||
	    sys_int(&f->left_at, RECORD "left_at") ||
	    sys_line(f->left_at_name, sizeof(f->left_at_name), RECORD "left_at_name"))
		return false;
	f->cpu = cpu;
	f->undo = undo;
	f->error = -f->error;
	return true;
}

/**
 * failure_read - the failure on record
 * @f:	filled in with values that belong together
 *
 * Return: false if there is none, or the kernel keeps no record
 */
bool failure_read(struct failure *f)
{
	int before, after;

	for (int i = 0; i < MAX_TRIES; i++) {
		bool whole;

		if (sys_int(&before, RECORD "seq"))
			return false;
		whole = read_fields(f);
		if (!sys_int(&after, RECORD "seq") && after == before)
			return whole;
	}
	return false;
}

/** failure_json - the failure as an object, whose numbers are the kernel's */
struct json_object *failure_json(const struct failure *f)
{
	struct json_object *o = json_object_new_object();

	json_put_int(o, "cpu", f->cpu);
	json_put_int(o, "step", f->step);
	json_put_string(o, "step_name", f->step_name);
	json_put_string(o, "direction", f->direction);
	json_put_bool(o, "undo", f->undo);
	json_put_string(o, "callback", f->callback);
	json_put_int(o, "error", -f->error);
	json_put_int(o, "left_at", f->left_at);
	json_put_string(o, "left_at_name", f->left_at_name);
	return o;
}
