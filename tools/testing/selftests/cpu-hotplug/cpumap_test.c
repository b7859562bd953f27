// SPDX-License-Identifier: GPL-2.0
/*
 * The threads of a BPF cpumap come home when their CPUs are back, and process frames
 * elsewhere meanwhile. Skipped without BPF_SYSCALL.
 *
 * Guards these patches:
 *	kthread: Let a thread return to the CPU it was bound to
 *	bpf: cpumap: Return to the CPU of an entry
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "util/home.h"

/* Frames for each CPU and round; its queue must hold them all. */
#define FRAMES		32
#define QUEUE		256

/* Instructions of BPF. */
#define INSN(c, d, s, o, i)						\
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV_IMM(d, i)		INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define MOV_REG(d, s)		INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define ADD_IMM(d, i)		INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define STORE_W(d, s, o)	INSN(BPF_STX | BPF_MEM | BPF_W, d, s, o, 0)
#define ATOMIC_ADD(d, s)	INSN(BPF_STX | BPF_ATOMIC | BPF_DW, d, s, 0, BPF_ADD)
#define JUMP_EQ(d, i, o)	INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define MAP_FD(d, fd)		INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_FD, 0, fd), \
				INSN(0, 0, 0, 0, 0)
#define CALL(f)			INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT()			INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int bpf(int command, union bpf_attr *attr)
{
	int ret = syscall(__NR_bpf, command, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

static int map_create(unsigned int type, unsigned int value_size, unsigned int entries)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = sizeof(uint32_t),
		.value_size = value_size,
		.max_entries = entries,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int map_access(int command, int map, uint32_t key, void *value)
{
	union bpf_attr attr = {
		.map_fd = map,
		.key = (uintptr_t)&key,
		.value = (uintptr_t)value,
	};

	return bpf(command, &attr);
}

static int load_xdp(const struct bpf_insn *code, unsigned int count, unsigned int attach_type)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.expected_attach_type = attach_type,
		.insns = (uintptr_t)code,
		.insn_cnt = count,
		.license = (uintptr_t)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

/* A program that counts a frame in slot 0 of @counts on @cpu, in slot 1 elsewhere. */
static int load_counter(int counts, int cpu)
{
	const struct bpf_insn code[] = {
		CALL(BPF_FUNC_get_smp_processor_id),
		MOV_IMM(BPF_REG_1, 0),
		JUMP_EQ(BPF_REG_0, cpu, 1),
		MOV_IMM(BPF_REG_1, 1),
		STORE_W(BPF_REG_10, BPF_REG_1, -4),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),
		MAP_FD(BPF_REG_1, counts),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_EQ(BPF_REG_0, 0, 2),
		MOV_IMM(BPF_REG_1, 1),
		ATOMIC_ADD(BPF_REG_0, BPF_REG_1),
		MOV_IMM(BPF_REG_0, XDP_DROP),
		EXIT(),
	};

	return load_xdp(code, ARRAY_SIZE(code), BPF_XDP_CPUMAP);
}

/* A program that hands each frame to the thread of @cpu in @cpumap. */
static int load_sender(int cpumap, int cpu)
{
	const struct bpf_insn code[] = {
		MAP_FD(BPF_REG_1, cpumap),
		MOV_IMM(BPF_REG_2, cpu),
		MOV_IMM(BPF_REG_3, 0),
		CALL(BPF_FUNC_redirect_map),
		EXIT(),
	};

	return load_xdp(code, ARRAY_SIZE(code), BPF_XDP);
}

/* Run @prog on @count frames, as if a network card had received them. */
static int send_frames(int prog, unsigned int count)
{
	static const char frame[64];
	union bpf_attr attr = {
		.test.prog_fd = prog,
		.test.data_in = (uintptr_t)frame,
		.test.data_size_in = sizeof(frame),
		.test.repeat = count,
		.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES,
	};

	return bpf(BPF_PROG_TEST_RUN, &attr);
}

struct frames {
	const cpu_set_t *set;
	const int *counts;
	uint64_t expected;
};

static uint64_t frames_in(int counts, uint32_t slot)
{
	uint64_t count = 0;

	return map_access(BPF_MAP_LOOKUP_ELEM, counts, slot, &count) ? ~0ULL : count;
}

/* All frames were processed, on whichever CPU. */
static bool all_frames(void *arg)
{
	const struct frames *frames = arg;
	int cpu;

	for_each_cpu_in(cpu, frames->set)
		if (frames_in(frames->counts[cpu], 0) + frames_in(frames->counts[cpu], 1) <
		    frames->expected)
			return false;
	return true;
}

TEST_F_TIMEOUT(threads, cpumap, 600)
{
	int cpu, cpumap, last = 0;
	uint64_t elsewhere[CPU_SETSIZE];
	int counts[CPU_SETSIZE], sender[CPU_SETSIZE];
	struct frames frames = { .set = &self->movable, .counts = counts };
	unsigned long round;

	for_each_cpu_in(cpu, &self->movable)
		last = cpu;
	cpumap = map_create(BPF_MAP_TYPE_CPUMAP, sizeof(struct bpf_cpumap_val), last + 1);
	if (cpumap == -ENOSYS || cpumap == -EINVAL)
		SKIP(return, "the kernel has no BPF cpumaps");
	ASSERT_LE(0, cpumap);

	for_each_cpu_in(cpu, &self->movable) {
		struct bpf_cpumap_val value = { .qsize = QUEUE };
		union bpf_attr info = { .info.bpf_fd = cpumap };
		struct bpf_map_info map = { 0 };
		char comm[32];

		counts[cpu] = map_create(BPF_MAP_TYPE_ARRAY, sizeof(uint64_t), 2);
		ASSERT_LE(0, counts[cpu]);
		value.bpf_prog.fd = load_counter(counts[cpu], cpu);
		ASSERT_LE(0, value.bpf_prog.fd);
		ASSERT_EQ(0, map_access(BPF_MAP_UPDATE_ELEM, cpumap, cpu, &value));
		sender[cpu] = load_sender(cpumap, cpu);
		ASSERT_LE(0, sender[cpu]);

		info.info.info = (uintptr_t)&map;
		info.info.info_len = sizeof(map);
		ASSERT_EQ(0, bpf(BPF_OBJ_GET_INFO_BY_FD, &info));
		snprintf(comm, sizeof(comm), "cpumap/%d/map:%u", cpu, map.id);
		self->thread[cpu].cpu = cpu;
		self->thread[cpu].pid = cpuhp_thread_find(comm);
		ASSERT_LT(0, self->thread[cpu].pid) {
			TH_LOG("no thread %s", comm);
		}
	}

	for (round = 0; round < self->rounds; round++) {
		frames.expected += FRAMES;
		for_each_cpu_in(cpu, &self->movable) {
			elsewhere[cpu] = frames_in(counts[cpu], 1);
			ASSERT_EQ(0, send_frames(sender[cpu], FRAMES));
		}
		ASSERT_EQ(0, cpuhp_wait(all_frames, &frames));
		ASSERT_TRUE(all_at_home(self));
		for_each_cpu_in(cpu, &self->movable)
			ASSERT_EQ(elsewhere[cpu], frames_in(counts[cpu], 1)) {
				TH_LOG("frames for CPU %d ran elsewhere", cpu);
			}

		/* Frames for a CPU that is offline are not lost, and do not wait for it. */
		ASSERT_EQ(0, all_set(&self->movable, "0"));
		frames.expected += FRAMES;
		for_each_cpu_in(cpu, &self->movable)
			ASSERT_EQ(0, send_frames(sender[cpu], FRAMES));
		ASSERT_EQ(0, cpuhp_wait(all_frames, &frames)) {
			TH_LOG("frames wait for a CPU that is away");
		}
		ASSERT_EQ(0, all_set(&self->movable, "1"));
	}
	for_each_cpu_in(cpu, &self->movable)
		EXPECT_EQ(frames.expected,
			  frames_in(counts[cpu], 0) + frames_in(counts[cpu], 1));
	close(cpumap);
}

CPUHP_HARNESS_MAIN
