// SPDX-License-Identifier: GPL-2.0
/*
 * cpuhp smt: show or set the number of threads per core that run.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "cpuhp.h"

static int show(void)
{
	char control[32], active[8] = "?";
	int ret;

	ret = sys_line(control, sizeof(control), "smt/control");
	if (ret)
		errx(EXIT_REFUSED, "smt/control: %s", strerror(-ret));
	sys_line(active, sizeof(active), "smt/active");
	printf("%s, %s\n", control, strcmp(active, "1") ? "not active" : "active");
	return 0;
}

/* Which way the value moves the siblings; only for the words of a failure. */
static enum direction direction(const char *value)
{
	return !strcmp(value, "off") || !strcmp(value, "forceoff") || !strcmp(value, "1") ?
		GO_DOWN : GO_UP;
}

/** cmd_smt - see the usage text */
int cmd_smt(int argc, char **argv)
{
	int ret;

	if (getopt(argc, argv, "") != -1 || argc - optind > 1)
		return usage();
	if (optind == argc)
		return show();

	ret = progress_write(argv[optind], "smt/control");
	if (!ret)
		return 0;
	if (ret == -EINVAL)
		errx(EXIT_REFUSED, "smt: the kernel does not know the value '%s'", argv[optind]);
	reason_print(direction(argv[optind]), NULL, -ret);
	return EXIT_REFUSED;
}
