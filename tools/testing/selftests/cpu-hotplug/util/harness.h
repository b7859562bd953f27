/* SPDX-License-Identifier: GPL-2.0 */
/* What all programs of the harness share: main(), and one comparison. */
#ifndef CPUHP_UTIL_HARNESS_H
#define CPUHP_UTIL_HARNESS_H

#include "../../kselftest_harness.h"

#include "machine.h"
#include "settings.h"
#include "sys.h"
#include "wait.h"

/* The machine is as in the picture @before; @what was done to it since. */
static inline void expect_same(struct __test_metadata *_metadata,
			       const struct cpuhp_machine *before, const char *what)
{
	struct cpuhp_machine now;

	cpuhp_machine_read(&now);
	EXPECT_STREQ("", cpuhp_machine_diff(before, &now)) {
		TH_LOG("after %s", what);
	}
}

static inline void cpuhp_finish(void)
{
	int err = cpuhp_restore();

	if (err)
		ksft_inc_fail_cnt();
	printf("%d passed, %d failed, %d skipped\n", ksft_get_pass_cnt(),
	       ksft_get_fail_cnt(), ksft_get_xskip_cnt());
	fflush(stdout);
	if (err)
		_exit(KSFT_FAIL);
}

static inline void cpuhp_interrupted(int sig)
{
	if (__active_test)
		kill(-__active_test->pid, SIGKILL);
	exit(KSFT_FAIL);
}

/*
 * The machine is restored in the outermost process, so that it is also restored
 * after a test that was killed because it took too long.
 */
static inline int cpuhp_main(int argc, char **argv)
{
	int err = cpuhp_begin();

	if (err) {
		printf("0 passed, %d failed, %d skipped\n", err < 0, err > 0);
		return err < 0 ? KSFT_FAIL : KSFT_SKIP;
	}
	atexit(cpuhp_finish);
	signal(SIGHUP, cpuhp_interrupted);
	signal(SIGINT, cpuhp_interrupted);
	signal(SIGTERM, cpuhp_interrupted);
	return test_harness_run(argc, argv);
}

#define CPUHP_HARNESS_MAIN						\
int main(int argc, char **argv)						\
{									\
	return cpuhp_main(argc, argv);					\
}

#endif /* CPUHP_UTIL_HARNESS_H */
