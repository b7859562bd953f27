// SPDX-License-Identifier: GPL-2.0
/*
 * Does this machine start its CPUs in parallel at boot? cpuhp.parallel= says
 * whether it should, the architecture whether it can.
 */
#include <linux/cpuhotplug.h>
#include <linux/init.h>
#include <linux/kstrtox.h>

#include "cpuhp.h"

static bool cpuhp_parallel __initdata = true;

static int __init parallel_param(char *arg)
{
	return kstrtobool(arg, &cpuhp_parallel);
}
early_param("cpuhp.parallel", parallel_param);

/**
 * cpuhp_boots_parallel - are all APs kicked before the first is waited for?
 *
 * Context: boot, once: the architecture prepares for it.
 * Return: true if so
 */
bool __init cpuhp_boots_parallel(void)
{
	return cpuhp_parallel && arch_cpuhp_init_parallel_bringup();
}
