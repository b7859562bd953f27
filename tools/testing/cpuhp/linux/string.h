/* SPDX-License-Identifier: GPL-2.0 */
/* What the laboratory needs of the kernel's header of this name. */
#include <string.h>
