// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp status: the machine at a glance, as a table or as JSON.
 */
#include <err.h>
#include <getopt.h>
#include <string.h>

#include "cpuhp.h"
#include "json.h"

/* The lists that head the output; absent files are left out. */
static const char *const lists[] = { "online", "offline", "present" };

static const char *number(char buf[12], int value)
{
	if (value == UNKNOWN)
		return "-";
	snprintf(buf, 12, "%d", value);
	return buf;
}

static const char *position(char buf[80], int state)
{
	if (state == UNKNOWN)
		return "-";
	snprintf(buf, 80, "%d %s", state, state_name(state));
	return buf;
}

static const char *moving(const struct cpu *cpu)
{
	if (cpu->state == cpu->target)
		return "";
	return cpu->state < cpu->target ? "up" : "down";
}

static void print_cpu(FILE *out, const struct cpu *cpu)
{
	char state[80], target[80], package[12], core[12], node[12];

	fprintf(out, "%4u  %-7s %-26s %-26s %4s %5s %5s  %-10s %s\n", cpu->nr,
		cpu->online ? "online" : "offline", position(state, cpu->state),
		position(target, cpu->target), number(node, cpu->node),
		number(package, cpu->package), number(core, cpu->core),
		cpu->siblings, moving(cpu));
}

static void print_head(FILE *out)
{
	char line[256], active[8];
	struct progress p;
	struct failure f;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (!sys_line(line, sizeof(line), lists[i]) && *line)
			fprintf(out, "%s %s  ", lists[i], line);
	if (!sys_line(line, sizeof(line), "smt/control")) {
		fprintf(out, "smt %s", line);
		if (!sys_line(active, sizeof(active), "smt/active"))
			fprintf(out, " (%s)", strcmp(active, "1") ? "not active" : "active");
	}
	fputc('\n', out);
	if (progress_read(&p) && *p.what)
		fprintf(out, "moving: %s, segment %d of %d, %d of %d CPUs\n", p.what,
			p.segment, p.nr_segments, p.done, p.total);
	if (failure_read(&f)) {
		fprintf(out, "last failure: CPU %u, ", f.cpu);
		reason_print_record(out, &f);
	}
}

/**
 * status_print - the whole table
 * @out:	where to
 *
 * Return: 0 or -errno
 */
int status_print(FILE *out)
{
	struct cpus cpus;
	int ret;

	ret = cpus_read(&cpus);
	if (ret)
		return ret;
	print_head(out);
	fprintf(out, "%4s  %-7s %-26s %-26s %4s %5s %5s  %-10s %s\n", "CPU", "IS",
		"STATE", "TARGET", "NODE", "PKG", "CORE", "SIBLINGS", "MOVING");
	for (size_t i = 0; i < cpus.nr; i++)
		print_cpu(out, &cpus.cpu[i]);
	cpus_free(&cpus);
	return 0;
}

static struct json_object *cpu_json(const struct cpu *cpu)
{
	struct json_object *o = json_object_new_object();

	json_put_int(o, "cpu", cpu->nr);
	json_put_bool(o, "online", cpu->online);
	json_put_bool(o, "switchable", cpu->has_switch);
	if (cpu->state != UNKNOWN) {
		json_put_int(o, "state", cpu->state);
		json_put_string(o, "state_name", state_name(cpu->state));
		json_put_int(o, "target", cpu->target);
		json_put_string(o, "target_name", state_name(cpu->target));
	}
	if (cpu->node != UNKNOWN)
		json_put_int(o, "node", cpu->node);
	if (cpu->core != UNKNOWN) {
		json_put_int(o, "package", cpu->package);
		json_put_int(o, "core", cpu->core);
		json_put_string(o, "siblings", cpu->siblings);
	}
	return o;
}

static struct json_object *progress_json(const struct progress *p)
{
	struct json_object *o = json_object_new_object();

	json_put_string(o, "operation", *p->what ? p->what : "idle");
	json_put_int(o, "segment", p->segment);
	json_put_int(o, "segments", p->nr_segments);
	json_put_int(o, "crossed", p->done);
	json_put_int(o, "cpus", p->total);
	return o;
}

static int status_json(void)
{
	static const char *const texts[] = {
		"online", "offline", "present", "possible", "smt/control",
		"smt/active", "hotplug/quiesce",
	};
	struct json_object *top = json_object_new_object();
	struct json_object *array = json_object_new_array();
	struct progress p;
	struct failure f;
	struct cpus cpus;
	char line[512];
	int ret;

	ret = cpus_read(&cpus);
	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!sys_line(line, sizeof(line), texts[i]))
			json_put_string(top, texts[i], line);
	if (progress_read(&p))
		json_object_object_add(top, "hotplug/progress", progress_json(&p));
	if (failure_read(&f))
		json_object_object_add(top, "hotplug/last_failure", failure_json(&f));
	for (size_t i = 0; i < cpus.nr; i++)
		json_object_array_add(array, cpu_json(&cpus.cpu[i]));
	json_object_object_add(top, "cpus", array);
	cpus_free(&cpus);
	return json_print(stdout, top);
}

/** cmd_status - see the usage text */
int cmd_status(int argc, char **argv)
{
	bool json = false;
	int opt, ret;

	while ((opt = getopt(argc, argv, "j")) != -1) {
		if (opt != 'j')
			return usage();
		json = true;
	}
	if (optind != argc)
		return usage();

	states_read();
	ret = json ? status_json() : status_print(stdout);
	if (ret)
		errx(EXIT_REFUSED, "%s: %s", CPU_DIR, strerror(-ret));
	return 0;
}
