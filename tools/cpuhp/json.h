/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json-c with its ownership rules folded away: a value put into an object
 * belongs to it, and printing an object gives it back.
 */
#ifndef _TOOLS_CPUHP_JSON_H
#define _TOOLS_CPUHP_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static inline void json_put_int(struct json_object *o, const char *key, int64_t value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

static inline void json_put_bool(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

static inline void json_put_double(struct json_object *o, const char *key, double value)
{
	json_object_object_add(o, key, json_object_new_double(value));
}

static inline void json_put_string(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

/* 0 or -EIO; @o is gone in either case */
int json_print(FILE *out, struct json_object *o);

#endif /* _TOOLS_CPUHP_JSON_H */
