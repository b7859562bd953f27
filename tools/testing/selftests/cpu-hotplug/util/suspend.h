/* SPDX-License-Identifier: GPL-2.0 */
/* A suspend that goes as far as to the secondary CPUs, and back. */
#ifndef CPUHP_UTIL_SUSPEND_H
#define CPUHP_UTIL_SUSPEND_H

void cpuhp_suspend_remember(void);
void cpuhp_suspend_disarm(void);
int cpuhp_suspend_prepare(const char **reason);
int cpuhp_suspend_once(void);

#endif /* CPUHP_UTIL_SUSPEND_H */
