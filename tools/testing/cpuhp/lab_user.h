/* SPDX-License-Identifier: GPL-2.0 */
/* What the user-space programs around the laboratory have in common. */
#ifndef _CPUHP_TEST_LAB_USER_H
#define _CPUHP_TEST_LAB_USER_H

#include "walk_lab.h"

/* Print to stderr what a failed try was, and what happened in it. */
void lab_print(const struct lab *lab);

#endif
