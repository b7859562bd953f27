// SPDX-License-Identifier: GPL-2.0
///
/// Move a driver from CPU notifiers to states of the CPU hotplug line.
///
/// Does the common case: the callback is one switch over the event, its arms are of
/// up to three statements, for ONLINE, DOWN_FAILED and DOWN_PREPARE, and for
/// UP_PREPARE, UP_CANCELED and DEAD. A callback that handles both groups becomes two
/// states. Nothing is invoked for CPUs that are online already, as before.
///
/// Leaves alone, and reports: STARTING, DYING and POST_DEAD, longer arms, code around
/// the switch, a priority, registration together with other things in one region. Documentation/core-api/cpu_hotplug_notifiers.rst has the
/// whole story, and what to look at afterwards.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual patch
virtual report

// Who is concerned

@block@
identifier nb, fn;
position p;
@@
 struct notifier_block nb@p = { .notifier_call = fn, };

@registered@
identifier block.nb;
@@
(
 register_cpu_notifier(&nb)
|
 register_hotcpu_notifier(&nb)
|
 __register_cpu_notifier(&nb)
|
 __register_hotcpu_notifier(&nb)
)

// Within a region of its own the new call takes the lock itself. With more in the
// region it is not that simple.

@alone depends on registered@
identifier block.nb;
position q;
@@
 cpu_notifier_register_begin();
\(__register_cpu_notifier@q(&nb);\|__register_hotcpu_notifier@q(&nb);\)
 cpu_notifier_register_done();

@in_region depends on registered@
identifier block.nb;
position q != alone.q;
@@
\(__register_cpu_notifier@q(&nb);\|__register_hotcpu_notifier@q(&nb);\)

@plain depends on registered exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
(
 int r;
 s
|
 s
)
 return \(NOTIFY_OK\|NOTIFY_DONE\);
 }

@starting depends on registered exists@
expression e;
@@
 switch (e) {
 case CPU_STARTING:
 ...
 }

@dying depends on registered exists@
expression e;
@@
 switch (e) {
 case CPU_DYING:
 ...
 }

@post_dead depends on registered exists@
expression e;
@@
 switch (e) {
 case CPU_POST_DEAD:
 ...
 }

@common depends on plain && !starting && !dying && !post_dead && !in_region@
identifier block.nb, block.fn;
@@
 struct notifier_block nb = { .notifier_call = fn, };

@script:python depends on report && registered && !common@
p << block.p;
fn << block.fn;
@@
coccilib.report.print_report(p[0], "%s() needs a person: see cpu_hotplug_notifiers.rst" % fn)

@script:python depends on report && common@
p << block.p;
fn << block.fn;
@@
coccilib.report.print_report(p[0], "%s() can become a state of the hotplug line" % fn)

// One label per arm. A state's functions serve suspend too (cpuhp_tasks_frozen tells);
// the way back after a failed teardown is a startup, after a failed startup a teardown.

@depends on patch && common@
expression e;
@@
 switch (e) {
-case CPU_DOWN_FAILED:
 case CPU_ONLINE:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
-case CPU_UP_CANCELED:
 case CPU_DEAD:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
-case CPU_UP_CANCELED:
-case CPU_UP_CANCELED_FROZEN:
 case CPU_DEAD:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_ONLINE:
-case CPU_ONLINE_FROZEN:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_ONLINE:
-case CPU_DOWN_FAILED:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_ONLINE:
-case CPU_DOWN_FAILED_FROZEN:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_DOWN_PREPARE:
-case CPU_DOWN_PREPARE_FROZEN:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_UP_PREPARE:
-case CPU_UP_PREPARE_FROZEN:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_DEAD:
-case CPU_DEAD_FROZEN:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_DEAD:
-case CPU_UP_CANCELED:
 ...
 }

@depends on patch && common@
expression e;
@@
 switch (e) {
 case CPU_DEAD:
-case CPU_UP_CANCELED_FROZEN:
 ...
 }

// One statement per arm

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2;
@@
 fn(...)
 {
 <...
 switch (e) {
 case event:
+{
 s1
 s2
+}
 break;
 }
 ...>
 }

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2, s3;
@@
 fn(...)
 {
 <...
 switch (e) {
 case event:
+{
 s1
 s2
 s3
+}
 break;
 }
 ...>
 }

// A refusal is an errno

@depends on patch && common@
identifier block.fn;
expression error;
@@
 fn(...)
 {
 <...
(
-return notifier_from_errno(error);
+return error;
|
-return NOTIFY_BAD;
+return -EPERM;
)
 ...>
 }

// The functions of the states

@prepare_r depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 int r;
 switch (e) {
 case CPU_UP_PREPARE:
 s
 break;
 }
 ...
 }

@depends on prepare_r@
identifier block.fn, prepare_r.cpu, prepare_r.r;
statement prepare_r.s;
fresh identifier new = fn ## "_prepare";
@@
+static int new(unsigned int cpu)
+{
+	int r;
+
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@prepare depends on patch && common && !prepare_r exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_UP_PREPARE:
 s
 break;
 }
 ...
 }

@depends on prepare@
identifier block.fn, prepare.cpu;
statement prepare.s;
fresh identifier new = fn ## "_prepare";
@@
+static int new(unsigned int cpu)
+{
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@dead depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_DEAD:
 s
 break;
 }
 ...
 }

@depends on dead@
identifier block.fn, dead.cpu;
statement dead.s;
fresh identifier new = fn ## "_dead";
@@
+static int new(unsigned int cpu)
+{
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@online_r depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 int r;
 switch (e) {
 case CPU_ONLINE:
 s
 break;
 }
 ...
 }

@depends on online_r@
identifier block.fn, online_r.cpu, online_r.r;
statement online_r.s;
fresh identifier new = fn ## "_online";
@@
+static int new(unsigned int cpu)
+{
+	int r;
+
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@online depends on patch && common && !online_r exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_ONLINE:
 s
 break;
 }
 ...
 }

@depends on online@
identifier block.fn, online.cpu;
statement online.s;
fresh identifier new = fn ## "_online";
@@
+static int new(unsigned int cpu)
+{
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@offline_r depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 int r;
 switch (e) {
 case CPU_DOWN_PREPARE:
 s
 break;
 }
 ...
 }

@depends on offline_r@
identifier block.fn, offline_r.cpu, offline_r.r;
statement offline_r.s;
fresh identifier new = fn ## "_offline";
@@
+static int new(unsigned int cpu)
+{
+	int r;
+
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@offline depends on patch && common && !offline_r exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement s;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_DOWN_PREPARE:
 s
 break;
 }
 ...
 }

@depends on offline@
identifier block.fn, offline.cpu;
statement offline.s;
fresh identifier new = fn ## "_offline";
@@
+static int new(unsigned int cpu)
+{
+	s
+	return 0;
+}
+
 int fn(...) { ... }

@has_prepare depends on patch && common exists@
expression e;
@@
 switch (e) {
 case CPU_UP_PREPARE:
 ...
 }

@has_dead depends on patch && common exists@
expression e;
@@
 switch (e) {
 case CPU_DEAD:
 ...
 }

@has_online depends on patch && common exists@
expression e;
@@
 switch (e) {
 case CPU_ONLINE:
 ...
 }

@has_offline depends on patch && common exists@
expression e;
@@
 switch (e) {
 case CPU_DOWN_PREPARE:
 ...
 }

// An arm that did not fit keeps the old callback alive; the new functions are then
// unused, which the compiler tells.

@complete depends on patch && common && (!has_prepare || prepare || prepare_r) &&
	(!has_dead || dead) && (!has_online || online || online_r) &&
	(!has_offline || offline || offline_r)@
identifier block.nb, block.fn;
@@
 struct notifier_block nb = { .notifier_call = fn, };

// Install and remove. A state is named after the module; the caller's error path is
// left to a person.

@depends on complete && alone@
@@
-cpu_notifier_register_begin();

@depends on complete && alone@
@@
-cpu_notifier_register_done();

@depends on complete@
identifier block.nb;
@@
(
-register_hotcpu_notifier(&nb);
+register_cpu_notifier(&nb);
|
-__register_cpu_notifier(&nb);
+register_cpu_notifier(&nb);
|
-__register_hotcpu_notifier(&nb);
+register_cpu_notifier(&nb);
|
-unregister_hotcpu_notifier(&nb);
+unregister_cpu_notifier(&nb);
|
-__unregister_cpu_notifier(&nb);
+unregister_cpu_notifier(&nb);
|
-__unregister_hotcpu_notifier(&nb);
+unregister_cpu_notifier(&nb);
)

@depends on complete && has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on complete && has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier up = fn ## "_prepare";
fresh identifier down = fn ## "_dead";
fresh identifier state = fn ## "_prepare_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, KBUILD_MODNAME,
+		up, down);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on complete && has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on complete && has_prepare && !has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on complete && has_prepare && !has_dead@
identifier block.nb, block.fn;
fresh identifier up = fn ## "_prepare";
fresh identifier state = fn ## "_prepare_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, KBUILD_MODNAME,
+		up, NULL);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on complete && has_prepare && !has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on complete && !has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on complete && !has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier down = fn ## "_dead";
fresh identifier state = fn ## "_prepare_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, KBUILD_MODNAME,
+		NULL, down);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on complete && !has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on complete && has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on complete && has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier up = fn ## "_online";
fresh identifier down = fn ## "_offline";
fresh identifier state = fn ## "_online_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, KBUILD_MODNAME,
+		up, down);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on complete && has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on complete && has_online && !has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on complete && has_online && !has_offline@
identifier block.nb, block.fn;
fresh identifier up = fn ## "_online";
fresh identifier state = fn ## "_online_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, KBUILD_MODNAME,
+		up, NULL);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on complete && has_online && !has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on complete && !has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on complete && !has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier down = fn ## "_offline";
fresh identifier state = fn ## "_online_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, KBUILD_MODNAME,
+		NULL, down);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on complete && !has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

// What is not needed any more

@depends on complete@
identifier block.nb;
@@
(
-register_cpu_notifier(&nb);
|
-unregister_cpu_notifier(&nb);
)

@depends on complete@
identifier block.nb, block.fn;
@@
-struct notifier_block nb = { .notifier_call = fn, };

@depends on complete@
identifier block.fn;
@@
-int fn(...) { ... }

@depends on complete@
@@
-#include <linux/notifier.h>
+#include <linux/cpuhotplug.h>

// The new functions, tidied

@depends on complete@
identifier f =~ "_(prepare|dead|online|offline)$";
identifier cpu;
identifier r;
statement list body;
@@
 int f(unsigned int cpu)
 {
 int r;
-{
 body
-}
 return 0;
 }

@depends on complete@
identifier f =~ "_(prepare|dead|online|offline)$";
identifier cpu;
statement list body;
@@
 int f(unsigned int cpu)
 {
-{
 body
-}
 return 0;
 }

@depends on complete@
identifier f =~ "_(prepare|dead|online|offline)$";
identifier cpu;
identifier r;
@@
 int f(unsigned int cpu)
 {
-int r;
 ... when != r
 }
