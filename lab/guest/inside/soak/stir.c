// SPDX-License-Identifier: GPL-2.0
/*
 * Moves random CPUs, and remembers how long each move took.
 *
 *	stir SECONDS PAUSE MODE [SEED]
 *
 * From one operation to the next it waits a random time of up to PAUSE ms: in
 * mode freezer of hotplug/quiesce nobody else runs while CPUs move.
 *
 * One operation after the other: a random set through hotplug/offline or
 * hotplug/online, a single CPU through its online attribute, all threads of all
 * cores through smt/control. In MODE "mixed" also: a CPU to a random state and back
 * through its hotplug/target, a suspend that ends behind the CPUs, and now and then
 * another mode of hotplug/quiesce; in others, that is left alone. After each, the CPUs
 * that are online must be those that were asked for.
 *
 * It prints all operations, see ops.h, and at the end brings every CPU back.
 *
 * All its output are comments to a reader of KTAP. The status is 0 if no
 * operation failed, and none left other CPUs online than it should.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../write.h"
#include "ops.h"

#define SYS_CPU		"/sys/devices/system/cpu/"
#define MAX_CPUS	512
#define LIST_SIZE	(MAX_CPUS * 5)
/* Shows the host's watchdog, and a person, that CPUs still move. */
#define SAY_NS		(20 * 1000000000LL)

/* The set of CPUs of one operation, or those that are online. */
struct set {
	bool has[MAX_CPUS];
};

static struct set movable;
static unsigned int misplaced;
static int top_state;
static const char *suspend_word;

static void read_online(struct set *set)
{
	char text[LIST_SIZE] = "", *at = text;
	FILE *file = fopen(SYS_CPU "online", "re");
	long from, to;

	memset(set, 0, sizeof(*set));
	if (!file || !fgets(text, sizeof(text), file)) {
		printf("# cannot read " SYS_CPU "online\n");
		exit(1);
	}
	fclose(file);
	while (*at >= '0' && *at <= '9') {
		from = strtol(at, &at, 10);
		to = *at == '-' ? strtol(at + 1, &at, 10) : from;
		for (; from <= to && from < MAX_CPUS; from++)
			set->has[from] = true;
		at += *at == ',';
	}
}

static void write_list(char *list, const struct set *set)
{
	int cpu;

	*list = '\0';
	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		if (set->has[cpu])
			list += sprintf(list, "%d,", cpu);
}

static void online_path(char *path, size_t size, int cpu)
{
	snprintf(path, size, SYS_CPU "cpu%d/online", cpu);
}

static void find_movable(void)
{
	char path[128];
	int cpu;

	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		online_path(path, sizeof(path), cpu);
		movable.has[cpu] = !access(path, W_OK);
	}
}

static int count(const struct set *set)
{
	int cpu, n = 0;

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		n += set->has[cpu];
	return n;
}

/* How many CPUs are in one of the two and not in the other. */
static int count_moved(const struct set *a, const struct set *b)
{
	int cpu, n = 0;

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		n += a->has[cpu] != b->has[cpu];
	return n;
}

/* Movable CPUs that are, or are not, online. */
static struct set candidates(const struct set *online, bool are_on)
{
	struct set set;
	int cpu;

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		set.has[cpu] = movable.has[cpu] && online->has[cpu] == are_on;
	return set;
}

/* Leave a random part of a set that is not empty; at least one CPU. */
static void pick_some(struct set *set)
{
	int cpu, keep = rand() % count(set);

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		if (set->has[cpu] && keep-- && rand() % 2)
			set->has[cpu] = false;
}

static int pick_one(struct set *set)
{
	int cpu, found = 0, nth = rand() % count(set);

	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!set->has[cpu])
			continue;
		if (!nth--)
			found = cpu;
		set->has[cpu] = false;
	}
	set->has[found] = true;
	return found;
}

/* Write, take the time, and compare what is online with what should be. */
static void move_set(enum kind kind, const char *path, const char *text, const struct set *set,
		     const struct set *before)
{
	struct set expected = *before, after;
	long long start;
	int cpu, error;

	start = now_ns();
	error = try_write(path, text);
	remember(kind, count(set), now_ns() - start, error);

	for (cpu = 0; cpu < MAX_CPUS && !error; cpu++)
		if (set->has[cpu])
			expected.has[cpu] = !before->has[cpu];
	read_online(&after);
	if (!count_moved(&expected, &after))
		return;
	misplaced++;
	printf("# %s: the CPUs online are not the expected ones\n", kind_names[kind]);
}

static void move_some(const struct set *before, bool up)
{
	struct set set = candidates(before, !up);
	char list[LIST_SIZE];

	pick_some(&set);
	write_list(list, &set);
	list[strlen(list) - 1] = '\0';
	move_set(up ? SET_ON : SET_OFF, up ? SYS_CPU "hotplug/online" : SYS_CPU "hotplug/offline",
		 list, &set, before);
}

static void move_one(const struct set *before, bool up)
{
	struct set set = candidates(before, !up);
	char path[128];

	online_path(path, sizeof(path), pick_one(&set));
	move_set(up ? ONE_ON : ONE_OFF, path, up ? "1" : "0", &set, before);
}

static void switch_smt(enum kind kind, const char *text)
{
	struct set before, after;
	long long start, ns;
	int error;

	read_online(&before);
	start = now_ns();
	error = try_write(SYS_CPU "smt/control", text);
	ns = now_ns() - start;
	read_online(&after);
	remember(kind, count_moved(&before, &after), ns, error);
}

/* While it is off, CPUs that are not allowed to come would be asked for. */
static void toggle_smt(void)
{
	switch_smt(SMT_OFF, "off");
	switch_smt(SMT_ON, "on");
}

static bool has_smt(void)
{
	char text[32] = "";
	FILE *file = fopen(SYS_CPU "smt/control", "re");

	if (!file)
		return false;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return !strcmp(text, "on\n");
}

/* After an operation that ends where it began. */
static void expect_online(enum kind kind, const struct set *expected)
{
	struct set after;

	read_online(&after);
	if (!count_moved(expected, &after))
		return;
	misplaced++;
	printf("# %s: the CPUs online are not the expected ones\n", kind_names[kind]);
}

static int go_to(enum kind kind, const char *path, int state)
{
	long long start = now_ns();
	char text[16];
	int error;

	snprintf(text, sizeof(text), "%d", state);
	error = try_write(path, text);
	/* Not every number is a state at which a CPU can stay. */
	if (kind != TARGET_DOWN || error != EINVAL)
		remember(kind, 1, now_ns() - start, error);
	return error;
}

static void rest_somewhere(const struct set *online)
{
	struct set set = candidates(online, true);
	char path[128];

	if (!count(&set))
		return;
	snprintf(path, sizeof(path), SYS_CPU "cpu%d/hotplug/target", pick_one(&set));
	if (!go_to(TARGET_DOWN, path, rand() % top_state))
		go_to(TARGET_UP, path, top_state);
	expect_online(TARGET_UP, online);
}

/* All online CPUs but one go and come. */
static void suspend(const struct set *online)
{
	long long start = now_ns();
	int error = try_write("/sys/power/state", suspend_word);

	remember(SUSPEND, count(online) - 1, now_ns() - start, error);
	expect_online(SUSPEND, online);
}

static void change_quiesce(void)
{
	try_write(SYS_CPU "hotplug/quiesce", rand() % 2 ? "freezer" : "lock");
}

/* Whether something was done that is special to the mixed mode. */
static bool do_something_rare(void)
{
	struct set online;

	read_online(&online);
	switch (rand() % 64) {
	case 0:
		change_quiesce();
		return false;
	case 1:
		if (suspend_word)
			suspend(&online);
		return suspend_word;
	case 2 ... 9:
		rest_somewhere(&online);
		return true;
	default:
		return false;
	}
}

static void find_top_state(void)
{
	FILE *file = fopen(SYS_CPU "hotplug/states", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		top_state = atoi(line);
	if (file)
		fclose(file);
}

static void prepare_suspend(void)
{
	try_write("/sys/module/suspend/parameters/pm_test_delay", "0");
	if (try_write("/sys/power/pm_test", "processors"))
		return;
	suspend_word = try_write("/sys/power/mem_sleep", "deep") ? "disk" : "mem";
}

static void pause_up_to(int milliseconds)
{
	struct timespec pause = { .tv_nsec = 0 };

	if (!milliseconds)
		return;
	pause.tv_nsec = (rand() % milliseconds) * 1000000L;
	nanosleep(&pause, NULL);
}

static void move_something(bool smt)
{
	struct set online, down;
	bool up;

	if (smt && rand() % 8 == 0) {
		toggle_smt();
		return;
	}
	read_online(&online);
	down = candidates(&online, false);
	/* Both ways where both can go. */
	up = count(&down) == count(&movable) || (count(&down) && rand() % 2);
	if (rand() % 2)
		move_some(&online, up);
	else
		move_one(&online, up);
}

static void bring_all_back(void)
{
	struct set online, down;
	char list[LIST_SIZE];

	read_online(&online);
	down = candidates(&online, false);
	if (!count(&down))
		return;
	write_list(list, &down);
	list[strlen(list) - 1] = '\0';
	move_set(SET_ON, SYS_CPU "hotplug/online", list, &down, &online);
}

int main(int argc, char **argv)
{
	long long end, said = now_ns();
	bool smt = has_smt(), mixed;
	unsigned int seed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 4) {
		printf("usage: stir SECONDS PAUSE MODE [SEED]\n");
		return 1;
	}
	end = now_ns() + atoll(argv[1]) * 1000000000LL;
	mixed = !strcmp(argv[3], "mixed");
	seed = argc > 4 ? strtoul(argv[4], NULL, 0) : (unsigned int)time(NULL);
	srand(seed);
	find_movable();
	if (!count(&movable)) {
		printf("# no CPU can go offline\n");
		return 1;
	}
	printf("# %d CPUs can move, seed %u\n", count(&movable), seed);
	find_top_state();
	if (mixed)
		prepare_suspend();
	while (now_ns() < end) {
		if (!mixed || !do_something_rare())
			move_something(smt);
		pause_up_to(atoi(argv[2]) % 1000);
		if (now_ns() - said < SAY_NS)
			continue;
		said = now_ns();
		printf("# %zu operations, %u refused, %u failed\n", op_count, refused, failed);
	}
	bring_all_back();
	print_ops();
	printf("# %zu operations, %u refused, %u failed, ", op_count, refused, failed);
	printf("%u left other CPUs online than they should\n", misplaced);
	return failed || misplaced;
}
