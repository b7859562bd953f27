/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The variants of cpuset_test.c: partitions, and the CPUs that go offline.
 *
 * A variant with a patch's subject fails without that patch. The others hold what
 * these patches must not break.
 */
/**
 * struct set - a cpuset of a variant
 * @path:	below SET_DIR; the entry of its parent comes first
 * @cpus:	cpuset.cpus, NULL for none
 * @exclusive:	cpuset.cpus.exclusive, NULL for none
 * @state:	cpuset.cpus.partition, NULL for a member
 * @away:	how that file begins while the CPUs are offline, NULL for @state
 * @left:	cpuset.cpus.effective while the CPUs are offline
 * @task:	a task runs in it
 * @rewrite:	a remote partition, which does not become valid again by itself
 */
struct set {
	const char *path;
	const char *cpus;
	const char *exclusive;
	const char *state;
	const char *away;
	const char *left;
	bool task;
	bool rewrite;
};

/*
 * The cpusets in the order in which they are made, the CPUs that go offline, and the
 * content of cpuset.cpus.isolated while they are.
 */
FIXTURE_VARIANT(cpuset) {
	struct set set[MAX_SETS];
	const char *go;
	const char *isolated;
};

/* Fails without "cgroup/cpuset: Give a partition all its CPUs when it becomes valid again". */
FIXTURE_VARIANT_ADD(cpuset, one_with_a_task) {
	.set = { { "a", .cpus = "yz", .state = "root", .task = true,
		   .away = "root invalid (", .left = "rx" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, one_without) {
	.set = { { "a", .cpus = "yz", .state = "root", .left = "" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, isolated_with_a_task) {
	.set = { { "a", .cpus = "yz", .state = "isolated", .task = true,
		   .away = "isolated invalid (", .left = "rx" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, isolated_without) {
	.set = { { "a", .cpus = "yz", .state = "isolated", .left = "" } },
	.go = "yz", .isolated = "yz",
};

FIXTURE_VARIANT_ADD(cpuset, one_by_cpus_exclusive) {
	.set = { { "a", .exclusive = "yz", .state = "root", .task = true,
		   .away = "root invalid (", .left = "rx" } },
	.go = "yz", .isolated = "",
};

/* Fails without "cgroup/cpuset: Let every partition that hotplug made invalid come back". */
FIXTURE_VARIANT_ADD(cpuset, two_partitions_go) {
	.set = { { "a", .cpus = "y", .state = "root", .task = true,
		   .away = "root invalid (", .left = "rx" },
		 { "b", .cpus = "z", .state = "isolated", .task = true,
		   .away = "isolated invalid (", .left = "rx" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, three_partitions_go) {
	.set = { { "a", .cpus = "x", .state = "root", .task = true,
		   .away = "root invalid (", .left = "r" },
		 { "b", .cpus = "y", .state = "root", .left = "" },
		 { "c", .cpus = "z", .state = "root", .task = true,
		   .away = "root invalid (", .left = "r" } },
	.go = "xyz", .isolated = "",
};

/* Fails without "cgroup/cpuset: Do not leave tasks to a partition without CPUs". */
FIXTURE_VARIANT_ADD(cpuset, both_levels_go) {
	.set = { { "a", .cpus = "yz", .state = "root",
		   .away = "root invalid (", .left = "rx" },
		 { "a/b", .cpus = "z", .state = "root", .task = true,
		   .away = "root invalid (", .left = "rx" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, three_levels_go) {
	.set = { { "a", .cpus = "xyz", .state = "root",
		   .away = "root invalid (", .left = "r" },
		 { "a/b", .cpus = "yz", .state = "isolated",
		   .away = "isolated invalid (", .left = "r" },
		 { "a/b/c", .cpus = "z", .state = "root", .task = true,
		   .away = "root invalid (", .left = "r" } },
	.go = "xyz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, both_levels_go_without_tasks) {
	.set = { { "a", .cpus = "yz", .state = "root", .left = "" },
		 { "a/b", .cpus = "z", .state = "root", .left = "" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, lower_level_goes) {
	.set = { { "a", .cpus = "xyz", .state = "root", .left = "x" },
		 { "a/b", .cpus = "yz", .state = "root", .task = true,
		   .away = "root invalid (", .left = "x" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, upper_level_takes_back) {
	.set = { { "a", .cpus = "yz", .state = "root", .left = "y" },
		 { "a/b", .cpus = "y", .state = "root",
		   .away = "root invalid (", .left = "y" },
		 { "a/c", .cpus = "z", .state = "root", .task = true,
		   .away = "root invalid (", .left = "y" } },
	.go = "z", .isolated = "",
};

/* Fails without "cgroup/cpuset: Do not isolate the CPUs of an invalid partition". */
FIXTURE_VARIANT_ADD(cpuset, isolated_below_root) {
	.set = { { "a", .cpus = "xyz", .state = "root", .left = "x" },
		 { "a/b", .cpus = "yz", .state = "isolated", .task = true,
		   .away = "isolated invalid (", .left = "x" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, root_below_isolated) {
	.set = { { "a", .cpus = "xyz", .state = "isolated", .left = "x" },
		 { "a/b", .cpus = "yz", .state = "root", .task = true,
		   .away = "root invalid (", .left = "x" } },
	.go = "yz", .isolated = "xyz",
};

/* Fails without "cgroup/cpuset: Uncount each partition once when the root runs out". */
FIXTURE_VARIANT_ADD(cpuset, all_outside_go) {
	.set = { { "a", .cpus = "rxy", .state = "isolated", .task = true,
		   .away = "isolated invalid (", .left = "rxy" } },
	.go = "z", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, all_outside_two_go) {
	.set = { { "a", .cpus = "rx", .state = "root",
		   .away = "root invalid (", .left = "rx" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, all_outside_two_partitions) {
	.set = { { "a", .cpus = "rx", .state = "root", .task = true,
		   .away = "root invalid (", .left = "rx" },
		 { "b", .cpus = "y", .state = "isolated",
		   .away = "isolated invalid (", .left = "y" } },
	.go = "z", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, all_outside_two_levels) {
	.set = { { "a", .cpus = "rxy", .state = "root",
		   .away = "root invalid (", .left = "rxy" },
		 { "a/b", .cpus = "xy", .state = "isolated", .task = true,
		   .away = "isolated invalid (", .left = "xy" } },
	.go = "z", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, all_outside_and_some_inside) {
	.set = { { "a", .cpus = "rx", .state = "root", .task = true,
		   .away = "root invalid (", .left = "r" },
		 { "b", .cpus = "y", .state = "root", .task = true,
		   .away = "root invalid (", .left = "r" } },
	.go = "xyz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, remote_without_tasks) {
	.set = { { "m", .cpus = "rxyz", .exclusive = "yz", .left = "rx" },
		 { "m/a", .cpus = "yz", .exclusive = "yz", .state = "isolated", .left = "" } },
	.go = "yz", .isolated = "yz",
};

FIXTURE_VARIANT_ADD(cpuset, remote_with_a_task) {
	.set = { { "m", .cpus = "rxyz", .exclusive = "yz", .left = "rx" },
		 { "m/a", .cpus = "yz", .exclusive = "yz", .state = "isolated", .task = true,
		   .away = "isolated invalid (", .left = "rx", .rewrite = true } },
	.go = "yz", .isolated = "",
};

/* Fails without "cgroup/cpuset: Recompute a partition's CPUs after its siblings' update". */
FIXTURE_VARIANT_ADD(cpuset, remote_both_levels) {
	.set = { { "m", .cpus = "rxyz", .exclusive = "yz", .left = "rx" },
		 { "m/a", .cpus = "yz", .exclusive = "yz", .state = "isolated",
		   .away = "isolated invalid (", .left = "rx", .rewrite = true },
		 { "m/a/b", .cpus = "z", .state = "root", .task = true,
		   .away = "root invalid (", .left = "rx" },
		 { "m/a/c", .cpus = "y", .left = "rx" } },
	.go = "yz", .isolated = "",
};

FIXTURE_VARIANT_ADD(cpuset, remote_and_all_outside) {
	.set = { { "m", .cpus = "rxyz", .exclusive = "x", .left = "rxy" },
		 { "m/a", .cpus = "x", .exclusive = "x", .state = "isolated",
		   .away = "isolated invalid (", .left = "x", .rewrite = true },
		 { "b", .cpus = "ry", .state = "root",
		   .away = "root invalid (", .left = "ry" } },
	.go = "z", .isolated = "",
};
