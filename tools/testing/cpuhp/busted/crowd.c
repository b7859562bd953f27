// SPDX-License-Identifier: GPL-2.0
/* Broken on purpose: whoever calls a member calls all that come before it, too. */

#include "cpuhp.h"
#include "world.h"

static call_single_data_t calls[MAX_MEMBERS];

static void called(void *call)
{
	((call_single_data_t *)call)->func = NULL;
}

int __wrap_smp_call_function_single_async(int cpu, call_single_data_t *call)
{
	for (int before = 0; cpu != SCALE_BP && before < cpu; before++) {
		if (calls[before].func)
			continue;
		INIT_CSD(&calls[before], called, &calls[before]);
		__real_smp_call_function_single_async(before, &calls[before]);
	}
	return __real_smp_call_function_single_async(cpu, call);
}
