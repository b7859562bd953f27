/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU hotplug: the line of states, and the calls that give a state callbacks.
 *
 * Every CPU stands somewhere on one line of numbered states. A state with
 * callbacks is a step: its bring_up half ("startup" in this interface) runs
 * while a CPU climbs the line, its tear_down half ("teardown") while the CPU
 * comes back. Down is up read backwards.
 *
 * Four stretches, from the bottom. BP is the control CPU, AP the CPU that moves.
 *
 *	stretch		states				who runs the step
 *
 *	PREPARE		CPUHP_OFFLINE			BP, task context, may
 *			  .. CPUHP_BP_KICK_AP		sleep; the AP does not run
 *
 *	handover	CPUHP_BRINGUP_CPU		BP; waits for the AP to come
 *							alive, or to die
 *
 *	STARTING	CPUHP_AP_IDLE_DEAD		AP, interrupts off, may
 *			  .. CPUHP_AP_ONLINE		neither sleep nor fail
 *
 *	handover	CPUHP_TEARDOWN_CPU		BP; here the AP is stopped
 *
 *	ONLINE		CPUHP_AP_ONLINE_IDLE		AP, its hotplug thread,
 *			  .. CPUHP_ONLINE		may sleep
 *
 * How one CPU crosses the two handovers:
 *
 *	      up				    down
 *	BP		AP			BP		AP
 *
 *	PREPARE					  .		ONLINE steps
 *	KICK_AP  ---->	firmware, arch		TEARDOWN_CPU	  waits,
 *	BRINGUP_CPU	STARTING steps		  stops it --->	irqs off
 *	  waits <----	ONLINE_IDLE		  .		STARTING steps
 *	  .		ONLINE steps		BRINGUP_CPU <--	IDLE_DEAD, gone
 *	  .		CPUHP_ONLINE		PREPARE steps
 *
 * A name does not always tell the stretch: two states called CPUHP_AP_* stand in
 * PREPARE, and CPUHP_TEARDOWN_CPU lies among AP states although the BP runs it.
 * The stretch is what counts.
 *
 * Documentation/core-api/cpu_hotplug.rst has the whole story, with examples.
 */
#ifndef __CPUHOTPLUG_H
#define __CPUHOTPLUG_H

#include <linux/types.h>

/*
 * Positions on the line.
 *
 * The order is the specification: a lower step is up before a higher one is
 * brought up, and still up while a higher one is torn down. Numbers are not
 * stable between kernels or configurations; user space finds a state by its
 * name in /sys/devices/system/cpu/hotplug/states.
 *
 * Do not add a state to have a callback: take CPUHP_BP_PREPARE_DYN or
 * CPUHP_AP_ONLINE_DYN and keep the number that the setup call returns. A fixed
 * state is for STARTING, which has no dynamic range, and for a step that must
 * stand above or below another one; then say here which one and why.
 */
enum cpuhp_state {
	CPUHP_INVALID = -1,

	/*
	 * PREPARE. Going up: allocate what the AP will need before it can sleep or
	 * allocate for itself. Going down: the CPU is dead, take over what it left.
	 */
	CPUHP_OFFLINE = 0,
	/* First: the AP's own hotplug thread, which climbs ONLINE, is made here. */
	CPUHP_CREATE_THREADS,

	/* PREPARE: performance events */
	CPUHP_PERF_PREPARE,
	CPUHP_PERF_X86_PREPARE,
	CPUHP_PERF_X86_AMD_UNCORE_PREP,
	CPUHP_PERF_POWER,
	CPUHP_PERF_SUPERH,

	/* PREPARE: mostly *_DEAD, steps that only pick up after a dead CPU */
	CPUHP_X86_HPET_DEAD,
	CPUHP_X86_MCE_DEAD,
	CPUHP_VIRT_NET_DEAD,
	CPUHP_IBMVNIC_DEAD,
	CPUHP_SLUB_DEAD,
	CPUHP_DEBUG_OBJ_DEAD,
	CPUHP_MM_WRITEBACK_DEAD,
	CPUHP_MM_VMSTAT_DEAD,
	CPUHP_SOFTIRQ_DEAD,
	CPUHP_NET_MVNETA_DEAD,
	CPUHP_CPUIDLE_DEAD,
	CPUHP_ARM64_FPSIMD_DEAD,
	CPUHP_ARM_OMAP_WAKE_DEAD,
	CPUHP_IRQ_POLL_DEAD,
	CPUHP_BLOCK_SOFTIRQ_DEAD,
	CPUHP_BIO_DEAD,
	CPUHP_ACPI_CPUDRV_DEAD,
	CPUHP_S390_PFAULT_DEAD,
	CPUHP_BLK_MQ_DEAD,
	CPUHP_FS_BUFF_DEAD,
	CPUHP_PRINTK_DEAD,
	CPUHP_MM_MEMCQ_DEAD,
	CPUHP_PERCPU_CNT_DEAD,
	CPUHP_RADIX_DEAD,
	CPUHP_PAGE_ALLOC,
	CPUHP_NET_DEV_DEAD,
	CPUHP_PCI_XGENE_DEAD,
	CPUHP_IOMMU_IOVA_DEAD,
	CPUHP_AP_ARM_CACHE_B15_RAC_DEAD,
	CPUHP_AP_DTPM_CPU_DEAD,

	/* PREPARE: core kernel and architectures */
	CPUHP_RANDOM_PREPARE,
	CPUHP_WORKQUEUE_PREP,
	CPUHP_POWER_NUMA_PREPARE,
	CPUHP_HRTIMERS_PREPARE,
	CPUHP_X2APIC_PREPARE,
	CPUHP_SMPCFD_PREPARE,
	CPUHP_RELAY_PREPARE,
	CPUHP_MD_RAID5_PREPARE,
	CPUHP_RCUTREE_PREP,
	CPUHP_CPUIDLE_COUPLED_PREPARE,
	CPUHP_POWERPC_PMAC_PREPARE,
	CPUHP_POWERPC_MMU_CTX_PREPARE,
	CPUHP_XEN_PREPARE,
	CPUHP_XEN_EVTCHN_PREPARE,
	CPUHP_ARM_SHMOBILE_SCU_PREPARE,
	CPUHP_SH_SH3X_PREPARE,
	CPUHP_TOPOLOGY_PREPARE,
	CPUHP_NET_IUCV_PREPARE,
	CPUHP_ARM_BL_PREPARE,
	CPUHP_TRACE_RB_PREPARE,
	CPUHP_MM_ZS_PREPARE,
	CPUHP_MM_ZSWP_POOL_PREPARE,
	CPUHP_KVM_PPC_BOOK3S_PREPARE,
	CPUHP_ZCOMP_PREPARE,
	/*
	 * A dead CPU's timers move to the BP here. Until then none of them fires,
	 * so the *_DEAD steps, which may wait for one, stand lower.
	 */
	CPUHP_TIMERS_PREPARE,
	CPUHP_TMIGR_PREPARE,
	CPUHP_MIPS_SOC_PREPARE,

	/* PREPARE: handed out on request, see cpuhp_setup_state() */
	CPUHP_BP_PREPARE_DYN,
	CPUHP_BP_PREPARE_DYN_END = CPUHP_BP_PREPARE_DYN + 20,

	/*
	 * Handover. KICK_AP has a step only where the architecture can start a
	 * CPU and collect it later (CONFIG_HOTPLUG_SPLIT_STARTUP); elsewhere
	 * BRINGUP_CPU does both.
	 */
	CPUHP_BP_KICK_AP,
	CPUHP_BRINGUP_CPU,

	/* STARTING. The bottom two have no callbacks, only a meaning. */
	CPUHP_AP_IDLE_DEAD,
	CPUHP_AP_OFFLINE,

	/* STARTING: cache control, scheduler, RCU, power domain of the core */
	CPUHP_AP_CACHECTRL_STARTING,
	CPUHP_AP_SCHED_STARTING,
	CPUHP_AP_RCUTREE_DYING,
	CPUHP_AP_CPU_PM_STARTING,

	/* STARTING: interrupt controllers */
	CPUHP_AP_IRQ_GIC_STARTING,
	CPUHP_AP_IRQ_HIP04_STARTING,
	CPUHP_AP_IRQ_APPLE_AIC_STARTING,
	CPUHP_AP_IRQ_ARMADA_XP_STARTING,
	CPUHP_AP_IRQ_BCM2836_STARTING,
	CPUHP_AP_IRQ_MIPS_GIC_STARTING,
	CPUHP_AP_IRQ_EIOINTC_STARTING,
	CPUHP_AP_IRQ_AVECINTC_STARTING,
	CPUHP_AP_IRQ_SIFIVE_PLIC_STARTING,
	CPUHP_AP_IRQ_RISCV_IMSIC_STARTING,
	CPUHP_AP_IRQ_RISCV_SBI_IPI_STARTING,

	/* STARTING: counters, debug units and what the CPU core itself has */
	CPUHP_AP_ARM_MVEBU_COHERENCY,
	CPUHP_AP_PERF_X86_AMD_UNCORE_STARTING,
	CPUHP_AP_PERF_X86_STARTING,
	CPUHP_AP_PERF_X86_AMD_IBS_STARTING,
	CPUHP_AP_PERF_XTENSA_STARTING,
	CPUHP_AP_ARM_VFP_STARTING,
	CPUHP_AP_ARM64_DEBUG_MONITORS_STARTING,
	CPUHP_AP_PERF_ARM_HW_BREAKPOINT_STARTING,
	CPUHP_AP_PERF_ARM_ACPI_STARTING,
	CPUHP_AP_PERF_ARM_STARTING,
	CPUHP_AP_PERF_RISCV_STARTING,
	CPUHP_AP_ARM_L2X0_STARTING,

	/* STARTING: per-CPU timers */
	CPUHP_AP_EXYNOS4_MCT_TIMER_STARTING,
	CPUHP_AP_ARM_ARCH_TIMER_STARTING,
	CPUHP_AP_ARM_ARCH_TIMER_EVTSTRM_STARTING,
	CPUHP_AP_ARM_GLOBAL_TIMER_STARTING,
	CPUHP_AP_JCORE_TIMER_STARTING,
	CPUHP_AP_ARM_TWD_STARTING,
	CPUHP_AP_QCOM_TIMER_STARTING,
	CPUHP_AP_TEGRA_TIMER_STARTING,
	CPUHP_AP_ARMADA_TIMER_STARTING,
	CPUHP_AP_MIPS_GIC_TIMER_STARTING,
	CPUHP_AP_ARC_TIMER_STARTING,
	CPUHP_AP_REALTEK_TIMER_STARTING,
	CPUHP_AP_RISCV_TIMER_STARTING,
	CPUHP_AP_CLINT_TIMER_STARTING,
	CPUHP_AP_CSKY_TIMER_STARTING,
	CPUHP_AP_TI_GP_TIMER_STARTING,
	CPUHP_AP_HYPERV_TIMER_STARTING,
	/*
	 * Above every real timer: the dummy stands in only where none has
	 * registered, and loses by its rating where one has.
	 */
	CPUHP_AP_DUMMY_TIMER_STARTING,

	/* STARTING: guests, tracing; then *_DYING, which only hand over on the way down */
	CPUHP_AP_ARM_XEN_STARTING,
	CPUHP_AP_ARM_XEN_RUNSTATE_STARTING,
	CPUHP_AP_ARM_CORESIGHT_STARTING,
	CPUHP_AP_ARM_CORESIGHT_CTI_STARTING,
	CPUHP_AP_ARM64_ISNDEP_STARTING,
	CPUHP_AP_SMPCFD_DYING,
	CPUHP_AP_HRTIMERS_DYING,
	CPUHP_AP_TICK_DYING,
	CPUHP_AP_X86_TBOOT_DYING,
	CPUHP_AP_ARM_CACHE_B15_RAC_DYING,
	/* Top of STARTING: interrupts may be enabled from here on. */
	CPUHP_AP_ONLINE,

	/* Handover, downwards only. Runs on the BP. */
	CPUHP_TEARDOWN_CPU,

	/*
	 * ONLINE. In AP_ONLINE_IDLE, which has no step, the AP idles, has told
	 * the BP that it is alive, and waits to be sent further.
	 */
	CPUHP_AP_ONLINE_IDLE,
	CPUHP_AP_HYPERV_ONLINE,
	CPUHP_AP_KVM_ONLINE,
	/*
	 * Below SMPBOOT_THREADS: going down, the CPU's threads are parked first,
	 * then this step waits until nothing but the hotplug thread is left to run.
	 */
	CPUHP_AP_SCHED_WAIT_EMPTY,
	CPUHP_AP_SMPBOOT_THREADS,

	/* ONLINE: interrupts and devices */
	CPUHP_AP_IRQ_AFFINITY_ONLINE,
	CPUHP_AP_BLK_MQ_ONLINE,
	CPUHP_AP_ARM_MVEBU_SYNC_CLOCKS,
	CPUHP_AP_X86_INTEL_EPB_ONLINE,

	/* ONLINE: performance events, the core below its PMU drivers */
	CPUHP_AP_PERF_ONLINE,
	CPUHP_AP_PERF_X86_ONLINE,
	CPUHP_AP_PERF_X86_UNCORE_ONLINE,
	CPUHP_AP_PERF_X86_AMD_UNCORE_ONLINE,
	CPUHP_AP_PERF_X86_AMD_POWER_ONLINE,
	CPUHP_AP_PERF_X86_RAPL_ONLINE,
	CPUHP_AP_PERF_S390_CF_ONLINE,
	CPUHP_AP_PERF_S390_SF_ONLINE,
	CPUHP_AP_PERF_ARM_CCI_ONLINE,
	CPUHP_AP_PERF_ARM_CCN_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_CPA_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_DDRC_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_HHA_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_L3_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_PA_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_SLLC_ONLINE,
	CPUHP_AP_PERF_ARM_HISI_PCIE_PMU_ONLINE,
	CPUHP_AP_PERF_ARM_HNS3_PMU_ONLINE,
	CPUHP_AP_PERF_ARM_L2X0_ONLINE,
	CPUHP_AP_PERF_ARM_QCOM_L2_ONLINE,
	CPUHP_AP_PERF_ARM_QCOM_L3_ONLINE,
	CPUHP_AP_PERF_ARM_APM_XGENE_ONLINE,
	CPUHP_AP_PERF_ARM_CAVIUM_TX2_UNCORE_ONLINE,
	CPUHP_AP_PERF_ARM_MARVELL_CN10K_DDR_ONLINE,
	CPUHP_AP_PERF_POWERPC_NEST_IMC_ONLINE,
	CPUHP_AP_PERF_POWERPC_CORE_IMC_ONLINE,
	CPUHP_AP_PERF_POWERPC_THREAD_IMC_ONLINE,
	CPUHP_AP_PERF_POWERPC_TRACE_IMC_ONLINE,
	CPUHP_AP_PERF_POWERPC_HV_24x7_ONLINE,
	CPUHP_AP_PERF_POWERPC_HV_GPCI_ONLINE,
	CPUHP_AP_PERF_CSKY_ONLINE,

	/* ONLINE: core kernel */
	CPUHP_AP_TMIGR_ONLINE,
	CPUHP_AP_WATCHDOG_ONLINE,
	CPUHP_AP_WORKQUEUE_ONLINE,
	CPUHP_AP_RANDOM_ONLINE,
	CPUHP_AP_RCUTREE_ONLINE,
	CPUHP_AP_BASE_CACHEINFO_ONLINE,

	/* ONLINE: handed out on request, see cpuhp_setup_state() */
	CPUHP_AP_ONLINE_DYN,
	CPUHP_AP_ONLINE_DYN_END = CPUHP_AP_ONLINE_DYN + 40,

	CPUHP_AP_X86_HPET_ONLINE,
	CPUHP_AP_X86_KVM_CLK_ONLINE,

	/* Bound threads run only above this: from here down their CPU is leaving. */
	CPUHP_AP_BOUND_THREADS,

	/*
	 * Last up: only now may the scheduler place ordinary tasks here. First
	 * down: every step below is torn down on a CPU that attracts no new work.
	 */
	CPUHP_AP_ACTIVE,
	CPUHP_ONLINE,
};

int __cpuhp_setup_state(enum cpuhp_state state,	const char *name, bool invoke,
			int (*startup)(unsigned int cpu),
			int (*teardown)(unsigned int cpu), bool multi_instance);
int __cpuhp_setup_state_cpuslocked(enum cpuhp_state state, const char *name, bool invoke,
				   int (*startup)(unsigned int cpu),
				   int (*teardown)(unsigned int cpu), bool multi_instance);

/*
 * Rules for all setup and remove calls.
 *
 * Context: task context, may sleep. The plain calls take cpus_read_lock(); the
 * ones named *_cpuslocked expect the caller to hold it. Neither may be used
 * from a hotplug callback: the lock is held for writing there.
 *
 * "CPUs that reached the state" are the present CPUs that stand at @state or
 * above it. That includes a CPU parked half way through hotplug/target, and
 * with CONFIG_SMP=n the one CPU there is, although it never moves.
 *
 * The name is shown in sysfs and in messages and is not copied: it must live
 * as long as the state does.
 *
 * A teardown that a remove call invokes must not fail.
 *
 * Setup returns 0; for a dynamic range the number that was allocated, which is
 * positive and is what the remove call wants; or
 *   -EINVAL	no name, or a state that cannot have callbacks
 *   -EBUSY	the state is taken
 *   -ENOSPC	the dynamic range is used up
 *   other	what a startup callback returned; the CPUs before it have been
 *		torn down again and nothing stays installed
 */

/**
 * cpuhp_setup_state - install a step and bring it up on CPUs that reached the state
 * @state:	fixed state, CPUHP_BP_PREPARE_DYN or CPUHP_AP_ONLINE_DYN
 * @name:	what people will know it by, "subsystem:what"
 * @startup:	bring_up half, or NULL
 * @teardown:	tear_down half, or NULL
 *
 * @startup is invoked for every CPU that reached the state, one after the
 * other, in the context that the state's stretch prescribes.
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: see the rules above.
 */
static inline int cpuhp_setup_state(enum cpuhp_state state, const char *name,
				    int (*startup)(unsigned int cpu),
				    int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state(state, name, true, startup, teardown, false);
}

/* cpuhp_setup_state() for a caller that holds cpus_read_lock(). */
static inline int cpuhp_setup_state_cpuslocked(enum cpuhp_state state, const char *name,
					       int (*startup)(unsigned int cpu),
					       int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state_cpuslocked(state, name, true, startup, teardown, false);
}

/**
 * cpuhp_setup_state_nocalls - install a step for CPUs that move from now on
 * @state:	fixed state, CPUHP_BP_PREPARE_DYN or CPUHP_AP_ONLINE_DYN
 * @name:	what people will know it by
 * @startup:	bring_up half, or NULL
 * @teardown:	tear_down half, or NULL
 *
 * Nothing is invoked now. A CPU that is up already will still be torn down on
 * its next way down, so the caller sets up the present CPUs itself if need be.
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: see the rules above.
 */
static inline int cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name,
					    int (*startup)(unsigned int cpu),
					    int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state(state, name, false, startup, teardown, false);
}

/* cpuhp_setup_state_nocalls() for a caller that holds cpus_read_lock(). */
static inline int cpuhp_setup_state_nocalls_cpuslocked(enum cpuhp_state state, const char *name,
						       int (*startup)(unsigned int cpu),
						       int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state_cpuslocked(state, name, false, startup, teardown, false);
}

/**
 * cpuhp_setup_state_multi - install a step that acts on a list of instances
 * @state:	fixed state, CPUHP_BP_PREPARE_DYN or CPUHP_AP_ONLINE_DYN
 * @name:	what people will know it by
 * @startup:	bring_up half for one instance, or NULL
 * @teardown:	tear_down half for one instance, or NULL
 *
 * For drivers with several devices: a moving CPU gets one call per instance.
 * The list starts empty, so nothing is invoked now.
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: see the rules above.
 */
static inline int
cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			int (*startup)(unsigned int cpu, struct hlist_node *node),
			int (*teardown)(unsigned int cpu, struct hlist_node *node))
{
	/* The flag tells the registry that these take an instance. */
	return __cpuhp_setup_state(state, name, false, (void *)startup, (void *)teardown, true);
}

int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke);
int __cpuhp_state_add_instance_cpuslocked(enum cpuhp_state state, struct hlist_node *node,
					  bool invoke);

/**
 * cpuhp_state_add_instance - add an instance and bring it up on CPUs that reached the state
 * @state:	a state installed by cpuhp_setup_state_multi()
 * @node:	the instance's hook; must stay until the instance is removed
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: 0; -EINVAL if @state takes no instances; or what the startup
 * callback returned, with this instance torn down again and not added.
 */
static inline int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node)
{
	return __cpuhp_state_add_instance(state, node, true);
}

/**
 * cpuhp_state_add_instance_nocalls - add an instance for CPUs that move from now on
 * @state:	a state installed by cpuhp_setup_state_multi()
 * @node:	the instance's hook; must stay until the instance is removed
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: 0, or -EINVAL if @state takes no instances.
 */
static inline int cpuhp_state_add_instance_nocalls(enum cpuhp_state state, struct hlist_node *node)
{
	return __cpuhp_state_add_instance(state, node, false);
}

/* cpuhp_state_add_instance_nocalls() for a caller that holds cpus_read_lock(). */
static inline int
cpuhp_state_add_instance_nocalls_cpuslocked(enum cpuhp_state state, struct hlist_node *node)
{
	return __cpuhp_state_add_instance_cpuslocked(state, node, false);
}

void __cpuhp_remove_state(enum cpuhp_state state, bool invoke);
void __cpuhp_remove_state_cpuslocked(enum cpuhp_state state, bool invoke);

/**
 * cpuhp_remove_state - tear a step down on CPUs that reached the state, and uninstall it
 * @state:	number given to, or for a dynamic range returned by, the setup
 *
 * Context: sleeps, takes cpus_read_lock().
 */
static inline void cpuhp_remove_state(enum cpuhp_state state)
{
	__cpuhp_remove_state(state, true);
}

/**
 * cpuhp_remove_state_nocalls - uninstall a step, invoking nothing
 * @state:	number given to, or for a dynamic range returned by, the setup
 *
 * Context: sleeps, takes cpus_read_lock().
 */
static inline void cpuhp_remove_state_nocalls(enum cpuhp_state state)
{
	__cpuhp_remove_state(state, false);
}

/* cpuhp_remove_state_nocalls() for a caller that holds cpus_read_lock(). */
static inline void cpuhp_remove_state_nocalls_cpuslocked(enum cpuhp_state state)
{
	__cpuhp_remove_state_cpuslocked(state, false);
}

/**
 * cpuhp_remove_multi_state - uninstall a step that acts on instances
 * @state:	number given to, or for a dynamic range returned by,
 *		cpuhp_setup_state_multi()
 *
 * Every instance must have been removed before: their teardowns are not run
 * here, and one that is left draws a warning.
 *
 * Context: sleeps, takes cpus_read_lock().
 */
static inline void cpuhp_remove_multi_state(enum cpuhp_state state)
{
	__cpuhp_remove_state(state, false);
}

int __cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke);

/**
 * cpuhp_state_remove_instance - tear an instance down on CPUs that reached the state,
 *	and remove it
 * @state:	the state it was added to
 * @node:	the instance's hook
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: 0, or -EINVAL if @state takes no instances.
 */
static inline int cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node)
{
	return __cpuhp_state_remove_instance(state, node, true);
}

/**
 * cpuhp_state_remove_instance_nocalls - remove an instance, invoking nothing
 * @state:	the state it was added to
 * @node:	the instance's hook
 *
 * Context: sleeps, takes cpus_read_lock().
 * Return: 0, or -EINVAL if @state takes no instances.
 */
static inline int cpuhp_state_remove_instance_nocalls(enum cpuhp_state state,
						      struct hlist_node *node)
{
	return __cpuhp_state_remove_instance(state, node, false);
}

/*
 * Declares that the callbacks of an installed state may run on several CPUs at
 * the same time, each for its own CPU. Without it, an operation on several CPUs
 * takes them through the step one after the other.
 */
int cpuhp_state_allow_concurrent(enum cpuhp_state state);

/* The idle loop of a CPU that has just arrived reports here. */
#ifdef CONFIG_SMP
void cpuhp_online_idle(enum cpuhp_state state);
#else
static inline void cpuhp_online_idle(enum cpuhp_state state) { }
#endif

struct cpumask;
struct task_struct;

/*
 * Between core and architecture: names with arch_ are the architecture's to
 * define (kernel/cpuhp/arch.c has the contracts and the defaults), the others
 * belong to the core and are called by the architecture on the moving CPU.
 */
void cpuhp_ap_sync_alive(void);
void arch_cpuhp_sync_state_poll(void);
void arch_cpuhp_cleanup_kick_cpu(unsigned int cpu);
int arch_cpuhp_kick_ap_alive(unsigned int cpu, struct task_struct *tidle);
bool arch_cpuhp_init_parallel_bringup(void);
void arch_cpuhp_up_alive(void);
bool arch_cpus_may_die_together(void);
bool arch_cpuhp_may_be_quiet(void);
int arch_cpuhp_withdraw(const struct cpumask *leaving);
void arch_cpuhp_stays(void);
unsigned int arch_cpuhp_irq_settle_us(void);
void arch_cpuhp_irq_settled(void);

#ifdef CONFIG_HOTPLUG_CORE_SYNC_DEAD
void cpuhp_ap_report_dead(void);
void arch_cpuhp_cleanup_dead_cpu(unsigned int cpu);
#else
static inline void cpuhp_ap_report_dead(void) { }
static inline void arch_cpuhp_cleanup_dead_cpu(unsigned int cpu) { }
#endif

#endif /* __CPUHOTPLUG_H */
