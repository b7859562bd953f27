// SPDX-License-Identifier: GPL-2.0-only
/*
 * "mitigations=": one switch for all optional mitigations of CPU flaws.
 *
 * Owns the parsed choice, which the architecture reads while it boots and which
 * does not change afterwards. A kernel built without CONFIG_CPU_MITIGATIONS
 * takes constants from <linux/cpu.h> instead; this file then only logs that the
 * parameter has no effect.
 */
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

enum mitigations_choice {
	MITIGATIONS_OFF,
	MITIGATIONS_AUTO,
	MITIGATIONS_AUTO_NOSMT,
};

static const char * const choice_names[] __initconst = {
	[MITIGATIONS_OFF]		= "off",
	[MITIGATIONS_AUTO]		= "auto",
	[MITIGATIONS_AUTO_NOSMT]	= "auto,nosmt",
};

static enum mitigations_choice choice __ro_after_init = MITIGATIONS_AUTO;

static int __init mitigations_setup(char *arg)
{
	int found;

	if (!IS_ENABLED(CONFIG_CPU_MITIGATIONS)) {
		pr_crit("Kernel compiled without mitigations, ignoring 'mitigations'; system may still be vulnerable\n");
		return 0;
	}

	/* A bare "mitigations" comes without an argument. */
	found = match_string(choice_names, ARRAY_SIZE(choice_names), arg ?: "");
	if (found < 0)
		pr_crit("Unsupported mitigations=%s, system may still be vulnerable\n", arg ?: "");
	else
		choice = found;

	return 0;
}
early_param("mitigations", mitigations_setup);

#ifdef CONFIG_CPU_MITIGATIONS
/* True for "mitigations=off"; settled once early parameters have been parsed. */
bool cpu_mitigations_off(void)
{
	return choice == MITIGATIONS_OFF;
}
EXPORT_SYMBOL_GPL(cpu_mitigations_off);

/* True for "mitigations=auto,nosmt": a mitigation may turn SMT off. */
bool cpu_mitigations_auto_nosmt(void)
{
	return choice == MITIGATIONS_AUTO_NOSMT;
}
EXPORT_SYMBOL_GPL(cpu_mitigations_auto_nosmt);
#endif
