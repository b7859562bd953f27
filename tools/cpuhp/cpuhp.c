// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp - look at CPU hotplug and drive it: options and the table of commands.
 *
 * Each command is a file of its own and gets its arguments as main() would.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpuhp.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;
	const char *help;
};

static const struct command commands[] = {
	{ "status",	cmd_status,	"[-j]",
	  "CPUs with state, target, siblings, node" },
	{ "online",	cmd_online,	"LIST",
	  "bring the CPUs of LIST up, all or none" },
	{ "offline",	cmd_offline,	"LIST",
	  "take the CPUs of LIST down, all or none" },
	{ "smt",	cmd_smt,	"[on|off|forceoff|N]",
	  "show or set the number of threads per core" },
	{ "steps",	cmd_steps,	"[-a] [-j] [-s KEY]",
	  "the line of steps with callbacks, counts and times" },
	{ "watch",	cmd_watch,	"[-n COUNT] [-i MS]",
	  "follow CPUs as they move" },
	{ "trace",	cmd_trace,	"[-o NAME] [-t TITLE] [-b KBYTES] -- COMMAND [ARG...]",
	  "run COMMAND, record the steps as NAME.svg and NAME.json" },
	{ "draw",	cmd_draw,	"-o FILE.svg TRACE.json...",
	  "draw recorded traces below each other on one time axis" },
};

static const struct command *current;

static void print_help(FILE *out)
{
	fputs("cpuhp [--root DIR] [--bar] COMMAND [ARG...]\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %s %s\n\t%s\n", commands[i].name, commands[i].args,
			commands[i].help);
	fputs("\n  --root DIR  read and write below DIR instead of /\n"
	      "  --bar       show the progress bar though stderr is no terminal\n"
	      "  --help      this text\n"
	      "\nLIST is a CPU list such as 1-3,7. See cpuhp(8).\n", out);
}

int usage(void)
{
	if (current)
		fprintf(stderr, "cpuhp: use as: cpuhp %s %s\n", current->name,
			current->args);
	else
		print_help(stderr);
	return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'R' },
		{ "bar", no_argument, NULL, 'B' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int opt;

	progress_wanted = isatty(STDERR_FILENO);

	/* '+': options after COMMAND belong to COMMAND */
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'R':
			sys_set_root(optarg);
			break;
		case 'B':
			progress_wanted = true;
			break;
		case 'h':
			print_help(stdout);
			return 0;
		default:
			return usage();
		}
	}
	if (optind == argc)
		return usage();

	current = find_command(argv[optind]);
	if (!current) {
		fprintf(stderr, "cpuhp: no command '%s'\n", argv[optind]);
		return usage();
	}
	argc -= optind;
	argv += optind;
	optind = 0;	/* glibc: start afresh for the command's own options */
	return current->run(argc, argv);
}
