// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp trace, cpuhp draw: record a command, draw recordings.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cpuhp.h"
#include "timeline.h"

#define DEFAULT_NAME	"cpuhp-trace"
#define DEFAULT_KBYTES	1024

static char *joined(char *const argv[])
{
	const char *blank = "";
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(EXIT_REFUSED, NULL);
	for (; *argv; argv++) {
		fprintf(out, "%s%s", blank, *argv);
		blank = " ";
	}
	fclose(out);
	return text;
}

static void check(int ret, const char *path)
{
	if (ret)
		errx(EXIT_REFUSED, "%s: %s", path, strerror(-ret));
}

/* NAME.json, NAME.svg; the caller frees it */
static char *file_name(const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s.%s", name, suffix) < 0)
		err(EXIT_REFUSED, NULL);
	return path;
}

static void save(const struct timeline *tl, const char *name)
{
	char *json = file_name(name, "json"), *svg = file_name(name, "svg");

	check(chrome_save(tl, json), json);
	check(svg_save(tl, 1, svg), svg);
	free(json);
	free(svg);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** cmd_trace - see the usage text; exits as the command did */
int cmd_trace(int argc, char **argv)
{
	const char *name = DEFAULT_NAME;
	unsigned int kbytes = DEFAULT_KBYTES;
	struct timeline tl = { };
	int opt, status;

	while ((opt = getopt(argc, argv, "+o:t:b:")) != -1) {
		switch (opt) {
		case 'o':
			name = optarg;
			break;
		case 't':
			free(tl.title);
			tl.title = strdup(optarg);
			break;
		case 'b':
			kbytes = strtoul(optarg, NULL, 10);
			break;
		default:
			return usage();
		}
	}
	if (optind == argc || !kbytes)
		return usage();

	states_read();
	if (!tl.title)
		tl.title = joined(argv + optind);
	if (record_command(&tl, kbytes, argv + optind, &status))
		return EXIT_REFUSED;
	timeline_finish(&tl);
	if (tl.lost)
		warnx("%llu events were lost; a larger buffer (-b) may help", tl.lost);
	fprintf(stderr, "cpuhp: %zu callbacks in %.3f ms: %s.svg, %s.json\n", tl.nr_slices,
		timeline_length(&tl) / 1e3, name, name);
	save(&tl, name);
	timeline_free(&tl);
	return exit_status(status);
}

/** cmd_draw - see the usage text */
int cmd_draw(int argc, char **argv)
{
	const char *path = NULL;
	struct timeline *tls;
	size_t nr;
	int opt;

	while ((opt = getopt(argc, argv, "o:")) != -1) {
		if (opt != 'o')
			return usage();
		path = optarg;
	}
	if (!path || optind == argc)
		return usage();

	nr = argc - optind;
	tls = calloc(nr, sizeof(*tls));
	if (!tls)
		err(EXIT_REFUSED, NULL);
	for (size_t i = 0; i < nr; i++)
		check(chrome_load(&tls[i], argv[optind + i]), argv[optind + i]);
	check(svg_save(tls, nr, path), path);
	for (size_t i = 0; i < nr; i++)
		timeline_free(&tls[i]);
	free(tls);
	return 0;
}
