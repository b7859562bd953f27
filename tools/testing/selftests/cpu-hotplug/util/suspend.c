// SPDX-License-Identifier: GPL-2.0
/*
 * A suspend that goes as far as to the secondary CPUs, and back.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "suspend.h"
#include "sys.h"

#define PM_TEST		"/sys/power/pm_test"
#define PM_STATE	"/sys/power/state"
#define PM_MEM_SLEEP	"/sys/power/mem_sleep"
#define PM_TEST_DELAY	"/sys/module/suspend/parameters/pm_test_delay"

static char found_delay[32];

/* What cpuhp_suspend_once() writes to /sys/power/state. */
static const char *suspend_word;

/**
 * cpuhp_suspend_remember - note the settings that cpuhp_suspend_prepare() changes
 */
void cpuhp_suspend_remember(void)
{
	cpuhp_file_read(PM_TEST_DELAY, found_delay, sizeof(found_delay));
}

/**
 * cpuhp_suspend_disarm - undo cpuhp_suspend_prepare()
 */
void cpuhp_suspend_disarm(void)
{
	cpuhp_file_write(PM_TEST, "none");
	if (found_delay[0])
		cpuhp_file_write(PM_TEST_DELAY, found_delay);
}

/**
 * cpuhp_suspend_prepare - make the next suspend end once the CPUs are offline
 * @reason:	set to the reason if it is not possible
 *
 * Suspend to idle is not used, because it leaves the CPUs online.
 *
 * Return: 0, or -EOPNOTSUPP.
 */
int cpuhp_suspend_prepare(const char **reason)
{
	char text[256];

	*reason = NULL;
	if (cpuhp_file_read(PM_TEST, text, sizeof(text)))
		*reason = "no pm_test: kernel without CONFIG_PM_DEBUG";
	else if (!strstr(text, "processors"))
		*reason = "pm_test does not offer processors";
	if (*reason)
		return -EOPNOTSUPP;

	cpuhp_file_read(PM_MEM_SLEEP, text, sizeof(text));
	suspend_word = NULL;
	if (strstr(text, "deep")) {
		cpuhp_file_write(PM_MEM_SLEEP, "deep");
		suspend_word = "mem";
	} else if (strstr(text, "shallow")) {
		cpuhp_file_write(PM_MEM_SLEEP, "shallow");
		suspend_word = "mem";
	} else if (!cpuhp_file_read(PM_STATE, text, sizeof(text))) {
		if (strstr(text, "standby"))
			suspend_word = "standby";
		else if (strstr(text, "disk"))
			suspend_word = "disk";
	}
	if (!suspend_word) {
		*reason = "only suspend to idle, which leaves the CPUs online";
		return -EOPNOTSUPP;
	}
	cpuhp_file_write(PM_TEST_DELAY, "0");
	if (cpuhp_file_write(PM_TEST, "processors")) {
		*reason = "pm_test refuses processors";
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * cpuhp_suspend_once - take the secondary CPUs offline and back by a suspend
 *
 * Needs cpuhp_suspend_prepare(). Returns when the CPUs are back online.
 *
 * Return: as cpuhp_file_write(); -EBUSY if a wakeup or the freezer ended the
 * suspend.
 */
int cpuhp_suspend_once(void)
{
	return cpuhp_file_write(PM_STATE, suspend_word);
}
