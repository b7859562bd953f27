// SPDX-License-Identifier: GPL-2.0
///
/// Move a driver from CPU notifiers to states of the CPU hotplug line.
///
/// Does the common case: the callback is one switch over the event, with an arm each for
/// ONLINE (and DOWN_FAILED), DOWN_PREPARE, UP_PREPARE, and DEAD (and UP_CANCELED), of up to
/// eight statements or a block. A callback that handles both ends of the line becomes two
/// states. Nothing is invoked for CPUs that are online already, as before.
///
/// Leaves alone, and reports: a priority, whose order no dynamic state keeps; STARTING, DYING
/// and POST_DEAD; UP_CANCELED or DOWN_FAILED in an arm of its own; code around the switch;
/// arms that need more than the CPU; registration together with other things in one region.
/// Documentation/core-api/cpu_hotplug_notifiers.rst has the whole story, and what to look at
/// afterwards.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual patch
virtual report

@initialize:python@
@@
import re

# Events that one function of a state stands for, the one it is named after first.
GROUPS = (("CPU_UP_PREPARE",), ("CPU_DEAD", "CPU_UP_CANCELED"),
          ("CPU_ONLINE", "CPU_DOWN_FAILED"), ("CPU_DOWN_PREPARE",))
RETURN = r"return (NOTIFY_(OK|DONE|BAD) ;|notifier_from_errno \()"
MAX_STATEMENTS = 8

def arms(switch):
    """(labels, body) of each arm; the body is None where it goes on into the next arm."""
    found, labels, body, depth = [], [], [], 0
    words = iter(re.sub(r'"(\\.|[^"\\])*"', '""', switch).split())
    for word in words:
        depth += (word == "{") - (word == "}")
        if depth == 0 or (depth == 1 and word == "{" and not labels):
            continue
        if depth == 1 and word in ("case", "default"):
            if body:
                found.append((labels, whole_block(body)))
                labels, body = [], []
            label = [word]
            while label[-1] != ":":
                label.append(next(words))
            labels.append(" ".join(label[:-1]))
        elif depth == 1 and word == "break":
            next(words)
            found.append((labels, " ".join(body)))
            labels, body = [], []
        else:
            body.append(word)
    if labels:
        found.append((labels, whole_block(body)))
    return found

def whole_block(body):
    """A block that ends in its own break is an arm, too."""
    text = " ".join(body)
    inner = text[2:-len(" break ; }")]
    if not (text.startswith("{ ") and text.endswith(" break ; }")) or not balanced(inner):
        return None
    return inner

def balanced(text):
    depth = 0
    for word in text.split():
        depth += (word == "{") - (word == "}")
        if depth < 0:
            return False
    return depth == 0

def statements(body):
    """At most so many; what is in braces or parentheses counts once."""
    while "{" in body or "(" in body:
        fewer = re.sub(r"\([^{}()]*\)", "", re.sub(r"\{[^{}()]*\}", ";", body))
        if fewer == body:
            return MAX_STATEMENTS + 1
        body = fewer
    return body.count(";")

def moves(body, names):
    """Does it mean the same in a function that has nothing but the CPU?"""
    rest = re.sub(RETURN, "", body)
    words = set(re.findall(r"\w+", rest))
    return not words & {"break", "case", "default", "continue", "goto", "return", *names} and \
        not any(word.startswith("NOTIFY_") for word in words)

def convertible(switch, names, local):
    left = list(GROUPS)
    for labels, body in arms(switch):
        if labels == ["default"] and body == "":
            continue
        events = {re.sub(r"^case |_FROZEN$", "", label) for label in labels}
        group = next((group for group in left if events <= set(group)), None)
        if group is None or "case " + group[0] not in labels or not body:
            return False
        left.remove(group)
        # The function for DEAD gets no copy of the local variable.
        here = names | ({local} if group[0] == "CPU_DEAD" else set())
        if not moves(body, here) or statements(body) > MAX_STATEMENTS:
            return False
    return len(left) < len(GROUPS)

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

@script:python fits depends on plain@
fn << block.fn;
s << plain.s;
nfb << plain.nfb;
action << plain.action;
hcpu << plain.hcpu;
r << plain.r = "";
able;
@@
coccinelle.able = fn if convertible(s, {nfb, action, hcpu}, r) else "not_" + fn

// Order was the meaning of a priority; 0 is the one that everybody had.

@first_or_last depends on registered@
identifier block.nb;
expression e != {0};
@@
(
 struct notifier_block nb = { .priority = e, };
|
 nb.priority = e
)

@common depends on fits && !first_or_last && !in_region@
identifier block.nb, fits.able;
@@
 struct notifier_block nb = { .notifier_call = able, };

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
identifier block.fn;
expression e, first;
identifier event =~ "^CPU_(.*_FROZEN|DOWN_FAILED|UP_CANCELED)$";
statement s;
@@
 fn(...)
 {
 <...
 switch (e) {
 case first:
-case event:
 s
 }
 ...>
 }

// One block per arm

@depends on patch && common exists@
identifier block.fn;
expression e, event;
@@
 fn(...)
 {
 <...
 switch (e) {
 case event:
 {
 ...
-break;
 }
 }
 ...>
 }

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1;
@@
 fn(...)
 {
 <...
 switch (e) {
 case event:
+{
 s1
+}
 break;
 }
 ...>
 }

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

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2, s3, s4;
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
 s4
+}
 break;
 }
 ...>
 }

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2, s3, s4, s5;
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
 s4
 s5
+}
 break;
 }
 ...>
 }

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2, s3, s4, s5, s6;
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
 s4
 s5
 s6
+}
 break;
 }
 ...>
 }

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2, s3, s4, s5, s6, s7;
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
 s4
 s5
 s6
 s7
+}
 break;
 }
 ...>
 }

@depends on patch && common exists@
identifier block.fn;
expression e, event;
statement s1, s2, s3, s4, s5, s6, s7, s8;
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
 s4
 s5
 s6
 s7
 s8
+}
 break;
 }
 ...>
 }

// A refusal is an errno, consent is 0

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
|
-return \(NOTIFY_OK\|NOTIFY_DONE\);
+return 0;
)
 ...>
 }

// The functions of the states

@prepare_r depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 int r;
 switch (e) {
 case CPU_UP_PREPARE:
 {
 ss
 }
 }
 ...
 }

@depends on prepare_r@
identifier block.fn, prepare_r.cpu, prepare_r.r;
statement list prepare_r.ss;
fresh identifier new = fn ## "_prepare";
@@
+static int new(unsigned int cpu)
+{
+	int r;
+
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@prepare depends on patch && common && !prepare_r exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_UP_PREPARE:
 {
 ss
 }
 }
 ...
 }

@depends on prepare@
identifier block.fn, prepare.cpu;
statement list prepare.ss;
fresh identifier new = fn ## "_prepare";
@@
+static int new(unsigned int cpu)
+{
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@dead depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_DEAD:
 {
 ss
 }
 }
 ...
 }

@depends on dead@
identifier block.fn, dead.cpu;
statement list dead.ss;
fresh identifier new = fn ## "_dead";
@@
+static int new(unsigned int cpu)
+{
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@online_r depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 int r;
 switch (e) {
 case CPU_ONLINE:
 {
 ss
 }
 }
 ...
 }

@depends on online_r@
identifier block.fn, online_r.cpu, online_r.r;
statement list online_r.ss;
fresh identifier new = fn ## "_online";
@@
+static int new(unsigned int cpu)
+{
+	int r;
+
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@online depends on patch && common && !online_r exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_ONLINE:
 {
 ss
 }
 }
 ...
 }

@depends on online@
identifier block.fn, online.cpu;
statement list online.ss;
fresh identifier new = fn ## "_online";
@@
+static int new(unsigned int cpu)
+{
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@offline_r depends on patch && common exists@
identifier block.fn, nfb, action, hcpu, cpu, r;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 int r;
 switch (e) {
 case CPU_DOWN_PREPARE:
 {
 ss
 }
 }
 ...
 }

@depends on offline_r@
identifier block.fn, offline_r.cpu, offline_r.r;
statement list offline_r.ss;
fresh identifier new = fn ## "_offline";
@@
+static int new(unsigned int cpu)
+{
+	int r;
+
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@offline depends on patch && common && !offline_r exists@
identifier block.fn, nfb, action, hcpu, cpu;
expression e;
statement list ss;
type t;
@@
 int fn(struct notifier_block *nfb, unsigned long action, void *hcpu)
 {
 t cpu = \((unsigned long)hcpu\|(long)hcpu\);
 ...
 switch (e) {
 case CPU_DOWN_PREPARE:
 {
 ss
 }
 }
 ...
 }

@depends on offline@
identifier block.fn, offline.cpu;
statement list offline.ss;
fresh identifier new = fn ## "_offline";
@@
+static int new(unsigned int cpu)
+{
+	ss
+	return 0;
+}
+
 int fn(...) { ... }

@has_prepare depends on patch && common@
identifier block.fn;
expression e;
statement s;
@@
 fn(...)
 {
 <+...
 switch (e) {
 case CPU_UP_PREPARE:
 s
 }
 ...+>
 }

@has_dead depends on patch && common@
identifier block.fn;
expression e;
statement s;
@@
 fn(...)
 {
 <+...
 switch (e) {
 case CPU_DEAD:
 s
 }
 ...+>
 }

@has_online depends on patch && common@
identifier block.fn;
expression e;
statement s;
@@
 fn(...)
 {
 <+...
 switch (e) {
 case CPU_ONLINE:
 s
 }
 ...+>
 }

@has_offline depends on patch && common@
identifier block.fn;
expression e;
statement s;
@@
 fn(...)
 {
 <+...
 switch (e) {
 case CPU_DOWN_PREPARE:
 s
 }
 ...+>
 }

// Install and remove. A state is named after the module; the caller's error path is
// left to a person.

@depends on patch && common && alone@
@@
-cpu_notifier_register_begin();

@depends on patch && common && alone@
@@
-cpu_notifier_register_done();

@depends on patch && common@
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

@depends on patch && common && has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common && has_prepare && has_dead@
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

@depends on patch && common && has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on patch && common && has_prepare && !has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common && has_prepare && !has_dead@
identifier block.nb, block.fn;
fresh identifier up = fn ## "_prepare";
fresh identifier state = fn ## "_prepare_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, KBUILD_MODNAME,
+		up, NULL);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on patch && common && has_prepare && !has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on patch && common && !has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common && !has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier down = fn ## "_dead";
fresh identifier state = fn ## "_prepare_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, KBUILD_MODNAME,
+		NULL, down);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on patch && common && !has_prepare && has_dead@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_prepare_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on patch && common && has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common && has_online && has_offline@
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

@depends on patch && common && has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on patch && common && has_online && !has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common && has_online && !has_offline@
identifier block.nb, block.fn;
fresh identifier up = fn ## "_online";
fresh identifier state = fn ## "_online_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, KBUILD_MODNAME,
+		up, NULL);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on patch && common && has_online && !has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

@depends on patch && common && !has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
+static int state;
 struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common && !has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier down = fn ## "_offline";
fresh identifier state = fn ## "_online_state";
@@
+state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, KBUILD_MODNAME,
+		NULL, down);
+if (state < 0)
+	return state;
 register_cpu_notifier(&nb);

@depends on patch && common && !has_online && has_offline@
identifier block.nb, block.fn;
fresh identifier state = fn ## "_online_state";
@@
 unregister_cpu_notifier(&nb);
+cpuhp_remove_state_nocalls(state);

// What is not needed any more

@depends on patch && common@
identifier block.nb;
@@
 struct notifier_block nb = {
-.priority = 0,
 };

@depends on patch && common@
identifier block.nb;
@@
(
-register_cpu_notifier(&nb);
|
-unregister_cpu_notifier(&nb);
)

@depends on patch && common@
identifier block.nb, block.fn;
@@
-struct notifier_block nb = { .notifier_call = fn, };

@depends on patch && common@
identifier block.fn;
@@
-int fn(...) { ... }

@depends on patch && common@
@@
-#include <linux/notifier.h>
+#include <linux/cpuhotplug.h>

// A local variable only where it is used

@depends on patch && common@
identifier f =~ "_(prepare|dead|online|offline)$";
identifier cpu;
identifier r;
@@
 int f(unsigned int cpu)
 {
-int r;
 ... when != r
 }
