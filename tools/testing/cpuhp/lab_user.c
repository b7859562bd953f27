// SPDX-License-Identifier: GPL-2.0
/* The laboratory's ties to user space: formatting and printing. */

#include <linux/kernel.h>
#include <stdarg.h>
#include <stdio.h>

#include "lab_user.h"

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	if (!size)
		return 0;
	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);

	return n < (int)size ? n : (int)size - 1;
}

void lab_print(const struct lab *lab)
{
	static const char * const what[] = {
		[LAB_TURN] = "turn", [LAB_ASK] = "ask", [LAB_START] = "start",
		[LAB_LAND] = "land", [LAB_TAKEDOWN] = "takedown", [LAB_STEP] = "step",
	};
	char text[1024];
	int i;

	lab_describe(lab, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
	for (i = 0; i < lab->nr_log; i++) {
		const struct lab_event *e = &lab->log[i];

		fprintf(stderr, "  %-8s cpu%d %-4s step %d to %d err %d\n", what[e->what], e->cpu,
			e->dir == CPUHP_UP ? "up" : "down", e->state, e->to, e->err);
	}
}
