// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how a finished JSON object reaches a stream.
 */
#include <errno.h>

#include "json.h"

/** json_print - write @o and a newline to @out, and give @o back */
int json_print(FILE *out, struct json_object *o)
{
	/* times are in us: nanoseconds, and no digits beyond */
	json_c_set_serialization_double_format("%.3f", JSON_C_OPTION_GLOBAL);
	fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					     JSON_C_TO_STRING_SPACED |
					     JSON_C_TO_STRING_NOSLASHESCAPE), out);
	fputc('\n', out);
	json_object_put(o);
	return ferror(out) ? -EIO : 0;
}
