/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes on beside CPUs that leave and come back: together, and one by one. Each
 * round makes another stage of the takedown last longer, where the kernel can do that.
 */
#ifndef CPUHP_UTIL_BESIDE_H
#define CPUHP_UTIL_BESIDE_H

#include "hazard.h"
#include "worker.h"

#define STRETCH		"/sys/module/cpuhp/parameters/stretch"
#define UNSTRETCHED	"none:0"

static const char *const stretches[] = {
	UNSTRETCHED, "grace:20", "settle:20", "turn:2", "close:2",
};

static inline void all_work(struct __test_metadata *_metadata, struct cpuhp_worker *workers,
			    int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, cpuhp_worker_works(&workers[i])) {
			TH_LOG("%s: stands still, or failed", workers[i].name);
		}
	}
}

static inline void stop_all(struct __test_metadata *_metadata, struct cpuhp_worker *workers,
			    int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		EXPECT_EQ(0, cpuhp_worker_stop(&workers[i])) {
			TH_LOG("%s: does not end, or failed", workers[i].name);
		}
		TH_LOG("%s: %lu times", workers[i].name, cpuhp_worker_done(&workers[i]));
	}
}

/* @set leaves together, and then each of its CPUs alone; meanwhile and afterwards all work. */
static inline void move_beside(struct __test_metadata *_metadata, const cpu_set_t *set,
			       unsigned long round, struct cpuhp_worker *workers, int nr)
{
	int cpu;

	cpuhp_file_write(STRETCH, stretches[round % (sizeof(stretches) / sizeof(*stretches))]);
	EXPECT_EQ(0, cpuhp_mask_write(OFFLINE, set));
	all_work(_metadata, workers, nr);
	EXPECT_EQ(0, cpuhp_mask_write(ONLINE, set));
	for_each_cpu_in(cpu, set) {
		EXPECT_EQ(0, cpuhp_cpu_write(cpu, "online", "0"));
		EXPECT_EQ(0, cpuhp_cpu_write(cpu, "online", "1"));
	}
	all_work(_metadata, workers, nr);
	cpuhp_file_write(STRETCH, UNSTRETCHED);
}

#endif /* CPUHP_UTIL_BESIDE_H */
