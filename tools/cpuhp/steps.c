// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp steps: the line, with what each step did so far.
 *
 * All figures come from debugfs cpuhp/steps. A kernel without that file has the
 * numbers and names of the states (hotplug/states); then that is what is shown.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cpuhp.h"
#include "json.h"

#define STEPS_FILE	"/sys/kernel/debug/cpuhp/steps"

struct step_dir {
	char mode[24];
	char callback[96];
	unsigned long long count, total, max, last;	/* times in us */
};

struct step {
	int state;
	char name[64];
	struct step_dir dir[2];		/* by enum direction */
};

struct steps {
	struct step *step;
	size_t nr;
	bool measured;
};

static struct step *add_step(struct steps *steps)
{
	steps->step = reallocarray(steps->step, steps->nr + 1, sizeof(*steps->step));
	if (!steps->step)
		err(EXIT_REFUSED, NULL);
	memset(&steps->step[steps->nr], 0, sizeof(*steps->step));
	return &steps->step[steps->nr++];
}

/* Columns of a row, and where each goes. */
#define NR_COLUMNS	14

static void set_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void parse_dir(struct step_dir *d, const char *mode, const char *callback,
		      char *const figures[4])
{
	set_text(d->mode, sizeof(d->mode), mode);
	set_text(d->callback, sizeof(d->callback), callback);
	d->count = strtoull(figures[0], NULL, 10);
	d->total = strtoull(figures[1], NULL, 10);
	d->max = strtoull(figures[2], NULL, 10);
	d->last = strtoull(figures[3], NULL, 10);
}

static bool parse_row(struct step *step, char *line)
{
	char *col[NR_COLUMNS], *end;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < NR_COLUMNS; i++) {
		col[i] = strsep(&line, "\t");
		if (!col[i])
			return false;
	}
	step->state = strtol(col[0], &end, 10);
	if (end == col[0])
		return false;	/* the header */
	set_text(step->name, sizeof(step->name), col[1]);
	parse_dir(&step->dir[GO_UP], col[2], col[4], &col[6]);
	parse_dir(&step->dir[GO_DOWN], col[3], col[5], &col[10]);
	return true;
}

static int read_measured(struct steps *steps)
{
	FILE *file = sys_open(STEPS_FILE);
	size_t size = 0;
	char *line = NULL;
	struct step step;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) >= 0)
		if (parse_row(&step, line))
			*add_step(steps) = step;
	free(line);
	fclose(file);
	steps->measured = true;
	return 0;
}

static int read_names(struct steps *steps)
{
	int ret = states_read();

	if (ret)
		return ret;
	for (int state = 0; state <= states_last(); state++) {
		struct step *step;

		if (!strcmp(state_name(state), "?"))
			continue;
		step = add_step(steps);
		step->state = state;
		set_text(step->name, sizeof(step->name), state_name(state));
		for (int dir = GO_UP; dir <= GO_DOWN; dir++) {
			set_text(step->dir[dir].mode, sizeof(step->dir[dir].mode), "-");
			set_text(step->dir[dir].callback,
				 sizeof(step->dir[dir].callback), "-");
		}
	}
	return 0;
}

static bool has_callback(const struct step *step)
{
	return strcmp(step->dir[GO_UP].callback, "-") ||
	       strcmp(step->dir[GO_DOWN].callback, "-");
}

/* What -s may name. Figures sort downwards, so that the worst is on top. */
static unsigned long long key_up(const struct step *s)
{
	return s->dir[GO_UP].total;
}

static unsigned long long key_down(const struct step *s)
{
	return s->dir[GO_DOWN].total;
}

static unsigned long long key_total(const struct step *s)
{
	return key_up(s) + key_down(s);
}

static unsigned long long key_max(const struct step *s)
{
	unsigned long long up = s->dir[GO_UP].max, down = s->dir[GO_DOWN].max;

	return up > down ? up : down;
}

static unsigned long long key_count(const struct step *s)
{
	return s->dir[GO_UP].count + s->dir[GO_DOWN].count;
}

/* The line reads downwards from the top state when it is sorted by state. */
static unsigned long long key_state(const struct step *s)
{
	return s->state;
}

static const struct {
	const char *name;
	unsigned long long (*key)(const struct step *s);
} keys[] = {
	{ "state",	key_state },
	{ "total",	key_total },
	{ "up",		key_up },
	{ "down",	key_down },
	{ "max",	key_max },
	{ "count",	key_count },
};

static unsigned long long (*sort_key)(const struct step *s);

static int by_key(const void *a, const void *b)
{
	unsigned long long x = sort_key(a), y = sort_key(b);

	if (x != y)
		return x < y ? 1 : -1;
	return key_state(a) < key_state(b) ? 1 : -1;
}

static bool set_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, name))
			sort_key = keys[i].key;
	return sort_key;
}

static void print_dir(const struct step *s, enum direction dir, const char *label)
{
	const struct step_dir *d = &s->dir[dir];

	printf("%4d  %-26s %-4s %-12s %-32s %7llu %10llu %9llu %9llu %9llu\n", s->state,
	       s->name, label, d->mode, d->callback, d->count, d->total,
	       d->count ? d->total / d->count : 0, d->max, d->last);
}

static void print_table(const struct steps *steps, bool all)
{
	static const char *const labels[] = { [GO_UP] = "up", [GO_DOWN] = "down" };

	printf("%4s  %-26s %-4s %-12s %-32s %7s %10s %9s %9s %9s\n", "STEP", "NAME", "DIR",
	       "MODE", "CALLBACK", "COUNT", "TOTAL-us", "MEAN-us", "MAX-us", "LAST-us");
	for (size_t i = 0; i < steps->nr; i++) {
		const struct step *s = &steps->step[i];

		for (int dir = GO_UP; dir <= GO_DOWN; dir++)
			if (all || strcmp(s->dir[dir].callback, "-"))
				print_dir(s, dir, labels[dir]);
	}
}

static void print_names(const struct steps *steps)
{
	printf("%4s  %s\n", "STEP", "NAME");
	for (size_t i = 0; i < steps->nr; i++)
		printf("%4d  %s\n", steps->step[i].state, steps->step[i].name);
}

static struct json_object *dir_json(const struct step_dir *d)
{
	struct json_object *o = json_object_new_object();

	json_put_string(o, "callback", d->callback);
	json_put_string(o, "mode", d->mode);
	json_put_int(o, "count", d->count);
	json_put_int(o, "total_us", d->total);
	json_put_int(o, "max_us", d->max);
	json_put_int(o, "last_us", d->last);
	return o;
}

static struct json_object *step_json(const struct step *s, bool measured)
{
	struct json_object *o = json_object_new_object();

	json_put_int(o, "state", s->state);
	json_put_string(o, "name", s->name);
	if (!measured)
		return o;
	if (strcmp(s->dir[GO_UP].callback, "-"))
		json_object_object_add(o, "up", dir_json(&s->dir[GO_UP]));
	if (strcmp(s->dir[GO_DOWN].callback, "-"))
		json_object_object_add(o, "down", dir_json(&s->dir[GO_DOWN]));
	return o;
}

static int print_json(const struct steps *steps, bool all)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < steps->nr; i++)
		if (all || !steps->measured || has_callback(&steps->step[i]))
			json_object_array_add(array, step_json(&steps->step[i],
							       steps->measured));
	return json_print(stdout, array);
}

/** cmd_steps - see the usage text */
int cmd_steps(int argc, char **argv)
{
	bool json = false, all = false;
	struct steps steps = { };
	int opt, ret;

	while ((opt = getopt(argc, argv, "ajs:")) != -1) {
		switch (opt) {
		case 'a':
			all = true;
			break;
		case 'j':
			json = true;
			break;
		case 's':
			if (!set_key(optarg))
				return usage();
			break;
		default:
			return usage();
		}
	}
	if (optind != argc)
		return usage();

	ret = read_measured(&steps);
	if (ret) {
		warnx("%s: %s; names only", STEPS_FILE, strerror(-ret));
		ret = read_names(&steps);
	}
	if (ret)
		errx(EXIT_REFUSED, "hotplug/states: %s", strerror(-ret));
	if (sort_key)
		qsort(steps.step, steps.nr, sizeof(*steps.step), by_key);

	if (json)
		ret = print_json(&steps, all);
	else if (steps.measured)
		print_table(&steps, all);
	else
		print_names(&steps);
	free(steps.step);
	return ret ? EXIT_REFUSED : 0;
}
