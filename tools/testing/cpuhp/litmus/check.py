#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Checks litmus tests: every execution of each, with its barriers and without.

Usage: check.py FILE.litmus...

The outcome that a test names must be forbidden. Then each of its barriers is
weakened alone, and the outcome must be allowed: so the test needs the barrier. Of a
test that states a result, as those of tools/memory-model do, only that is checked.
The README says what the model of memory is, and what it leaves out.
"""
import itertools
import re
import sys

RMW = re.compile(r"(?:(\w+) = )?(xchg|cmpxchg)(_relaxed|_torn)?\((\w+), (.*)\)$")
LOAD = re.compile(r"(\w+) = (READ_ONCE\(\*|smp_load_acquire\()(\w+)\)$")
STORE = re.compile(r"(WRITE_ONCE\(\*|smp_store_release\()(\w+), (.*)\)$")
FENCE = re.compile(r"(smp_mb|smp_rmb|smp_wmb|smp_mb__after_atomic|rcu_read_lock|"
                   r"rcu_read_unlock|synchronize_rcu)\(\)$")

# What may be weakened, and to what; a barrier has to matter in one of the ways.
WEAKER = ((r"smp_(?:mb|rmb|wmb|mb__after_atomic)\(\);", [""]),
          (r"synchronize_rcu\(\);", [""]),
          (r"rcu_read_lock\(\);", ["rcu_read_unlock();"]),
          (r"smp_store_release\(", ["WRITE_ONCE(*"]),
          (r"smp_load_acquire\(", ["READ_ONCE(*"]),
          (r"xchg\(", ["xchg_relaxed(", "xchg_torn("]))


class Event:
    def __init__(self, thread, kind, loc="", value=0, tags=(), data=(), ctrl=(), rmw=None):
        self.thread, self.kind, self.loc, self.value = thread, kind, loc, value
        self.tags, self.deps, self.rmw = tags, set(data) | set(ctrl), rmw


def statements(text):
    """Nested lists: a statement is a string, an if is (condition, body)."""
    result, stack = [], []
    for word in re.findall(r"if \([^{]*\{|\}|[^;{}]+;", text):
        word = " ".join(word.split())
        if word.startswith("if"):
            body = []
            result.append((word[4:word.rindex(")")], body))
            stack.append(result)
            result = body
        elif word == "}":
            result = stack.pop()
        elif not word.startswith("int "):
            result.append(word[:-1])
    return result


def parse(text):
    """Initial values, the code of each thread, the outcome, and the numbers that occur."""
    text = re.sub(r"\(\*[^)]*?\*\)|\(\*.*?\n \*\)|//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    init = {loc: int(value) for loc, value in
            re.findall(r"(\w+) = (\d+);", re.search(r"\{(.*?)\}", text, re.S)[1])}
    threads = [statements(body) for body in re.findall(r"\nP\d+\([^)]*\)\s*\{(.*?)\n\}", text, re.S)]
    exists = re.search(r"exists \((.*)\)", text, re.S)[1]
    wanted = [re.fullmatch(r"(?:(\d+):)?(\w+)=(\d+)", part.strip()).groups()
              for part in exists.split("/\\")]
    return init, threads, wanted, {int(number) for number in re.findall(r"\b\d+\b", text)}


def evaluate(text, regs):
    """Value of an expression, and the loads that it depends on."""
    names = set(re.findall(r"[a-z]\w*", text)) & set(regs)
    value = eval(text.replace("&&", " and ").replace("||", " or "),
                 {"__builtins__": {}}, {name: regs[name][0] for name in names})
    return int(value), set().union(*(regs[name][1] for name in names))


def paths(thread, code, numbers):
    """Each way through the code of a thread: its events, and its registers at the end."""
    if not code:
        yield [], {}
    todo = [(list(code), [], {}, frozenset())]
    while todo:
        code, events, regs, ctrl = todo.pop()
        if not code:
            yield events, {name: value for name, (value, _) in regs.items()}
            continue
        step, rest = code[0], code[1:]
        if isinstance(step, tuple):
            value, deps = evaluate(step[0], regs)
            todo.append(((step[1] if value else []) + rest, events, regs, ctrl | deps))
        elif match := STORE.match(step):
            value, deps = evaluate(match[3], regs)
            tags = ("release",) if "release" in match[1] else ()
            todo.append((rest, events + [Event(thread, "W", match[2], value, tags, deps, ctrl)],
                         regs, ctrl))
        elif match := LOAD.match(step):
            tags = ("acquire",) if "acquire" in match[2] else ()
            for value in numbers:
                load = Event(thread, "R", match[3], value, tags, (), ())
                todo.append((rest, events + [load], {**regs, match[1]: (value, {load})}, ctrl))
        elif match := RMW.match(step):
            todo += rmw_paths(thread, match, rest, events, regs, ctrl, numbers)
        elif match := FENCE.match(step):
            todo.append((rest, events + [Event(thread, match[1])], regs, ctrl))
        else:
            raise SystemExit(f"cannot read: {step}")


def rmw_paths(thread, match, rest, events, regs, ctrl, numbers):
    name, kind, weak, loc, args = match.groups()
    *old, new = [evaluate(arg, regs) for arg in args.split(", ")]
    fence = [] if weak == "_relaxed" else [Event(thread, "smp_mb")]
    for value in numbers:
        load = Event(thread, "R", loc, value)
        after = {**regs, name or "_": (value, {load})}
        if kind == "cmpxchg" and value != old[0][0]:
            yield rest, events + [load], after, ctrl
            continue
        store = Event(thread, "W", loc, new[0], (), new[1], ctrl | {load},
                      None if weak == "_torn" else load)
        yield rest, events + fence + [load, store] + fence[:1], after, ctrl


def acyclic(edges):
    """Edges as a dict: event to set of events."""
    state = {}

    def visit(event):
        state[event] = 1
        for other in edges.get(event, ()):
            if state.get(other) == 1 or (other not in state and not visit(other)):
                return False
        state[event] = 2
        return True
    return all(event in state or visit(event) for event in list(edges))


def graph(*relations):
    result = {}
    for a, b in itertools.chain(*relations):
        result.setdefault(a, set()).add(b)
    return result


def then(first, second):
    table = graph(second)
    return {(a, c) for a, b in first for c in table.get(b, ())}


def closure(relation, events):
    result, new = {(e, e) for e in events}, {(e, e) for e in events}
    while new:
        new = then(new, relation) - result
        result |= new
    return result


def fences(trace):
    """Pairs of accesses of one thread that a barrier orders: strong, write, all others."""
    strong, write, other = set(), set(), set()
    for (i, a), (j, b) in itertools.combinations(enumerate(trace), 2):
        if a.kind not in "RW" or b.kind not in "RW":
            continue
        between = {e.kind for e in trace[i + 1:j]}
        if between & {"smp_mb", "smp_mb__after_atomic", "synchronize_rcu"}:
            strong.add((a, b))
        if "smp_wmb" in between and a.kind == b.kind == "W":
            write.add((a, b))
        if ("smp_rmb" in between and a.kind == b.kind == "R") or "acquire" in a.tags or \
           "release" in b.tags or (b.kind == "W" and a in b.deps):
            other.add((a, b))
    return strong, write, other


def sections(traces):
    """RCU readers and grace periods: for each pair, the two orders it may have."""
    readers, periods = [], []
    for trace in traces:
        kinds = [e.kind for e in trace]
        if "rcu_read_lock" in kinds and "rcu_read_unlock" in kinds:
            lock, unlock = kinds.index("rcu_read_lock"), kinds.index("rcu_read_unlock")
            readers.append((trace[:unlock], trace[lock:]))
        periods += [(trace[:i], trace[i:]) for i, kind in enumerate(kinds)
                    if kind == "synchronize_rcu"]
    for (until, since), (before, after) in itertools.product(readers, periods):
        yield [{(a, b) for a in first for b in second if a.kind in "RW" and b.kind in "RW"}
               for first, second in ((until, after), (before, since))]


def consistent(traces, events, rf, co):
    """The axioms of the README."""
    store_of = {load: store for store, load in rf}
    fr = {(load, b) for load in store_of for a, b in co if a is store_of[load]}
    overwrite = co | fr
    po_loc = {(a, b) for trace in traces for a, b in itertools.combinations(trace, 2)
              if a.loc and a.loc == b.loc}
    if not acyclic(graph(po_loc, rf, co, fr)):
        return False
    for store in events:
        if store.rmw and any((store.rmw, w) in fr and (w, store) in co for w in events):
            return False

    per_thread = [fences(trace) for trace in traces]
    local, write, other = (set().union(*sets) for sets in zip(*per_thread))
    same = {(e, e) for e in events}
    rfe = {(a, b) for a, b in rf if a.thread != b.thread}
    ext = {(a, b) for a, b in overwrite if a.thread != b.thread}
    own = {(a, b) for a, b in overwrite - ext if b.kind == "W"}
    release = {(a, b) for a, b in other if "release" in b.tags}
    for order in itertools.product(*sections(traces)):
        strong = local.union(*order)
        cumul = then(rfe | same, strong | release) | write
        prop = then(then(ext | same, closure(cumul, events)), rfe | same)
        ppo = strong | write | other | own
        inner = {(a, b) for a, b in prop if a.thread == b.thread and a is not b}
        hb = ppo | rfe | inner
        pb = then(then(prop, strong), closure(hb, events))
        if acyclic(graph(hb)) and acyclic(graph(pb)):
            return True
    return False


def orders(stores, init):
    """Each coherence order of the stores to one location, as a list."""
    for order in itertools.permutations(stores):
        yield [init, *order]


def allowed(text):
    """Is there an execution with the outcome?"""
    init, threads, wanted, numbers = parse(text)
    choices = [[(events, regs) for events, regs in paths(i, code, numbers)
                if all(regs.get(name) == int(value) for thread, name, value in wanted
                       if thread == str(i))] for i, code in enumerate(threads)]
    finals = [(name, int(value)) for thread, name, value in wanted if thread is None]
    return any(execution_exists([events for events, _ in choice], init, finals)
               for choice in itertools.product(*choices))


def execution_exists(traces, init, finals):
    accesses = [e for trace in traces for e in trace if e.loc]
    locs = sorted({e.loc for e in accesses})
    first = {loc: Event(-1, "W", loc, init.get(loc, 0)) for loc in locs}
    stores = {loc: [e for e in accesses if e.loc == loc and e.kind == "W"] for loc in locs}
    loads = [e for e in accesses if e.kind == "R"]
    sources = [[w for w in [first[e.loc], *stores[e.loc]] if w.value == e.value] for e in loads]
    events = [*first.values(), *accesses]
    for order in itertools.product(*(orders(stores[loc], first[loc]) for loc in locs)):
        last = {one[0].loc: one[-1].value for one in order}
        if any(last[loc] != value for loc, value in finals):
            continue
        co = {pair for one in order for pair in itertools.combinations(one, 2)}
        for source in itertools.product(*sources):
            if consistent(traces, events, set(zip(source, loads)), co):
                return True
    return False


def weakened(text):
    """For each barrier its text, and the test with the barrier weakened in each way."""
    start = text.index("\nP0(")
    for pattern, replacements in WEAKER:
        for match in re.finditer(r"(?<!\w)(cmp)?" + pattern, text[start:]):
            if match[1] and "xchg" not in pattern:
                continue
            line = text.count("\n", 0, start + match.start()) + 1
            head, tail = text[:start + match.start()], text[start + match.end():]
            yield line, match[0].rstrip("(;"), [head + (match[1] or "") + new + tail
                                               for new in replacements]


def judge(path):
    """What is wrong with a test, or an empty list."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = "Sometimes" if allowed(text) else "Never"
    if stated := re.search(r"Result: (Never|Sometimes)", text):
        return [] if found == stated[1] else [f"{stated[1]} is stated, {found} found"]
    if found == "Sometimes":
        return ["the outcome is allowed"]
    barriers = list(weakened(text))
    wrong = [f"line {line}: {name} is not needed" for line, name, variants in barriers
             if not any(map(allowed, variants))]
    return wrong if barriers else ["it has no barrier"]


def main(files):
    failed = 0
    for path in files:
        name = path.rsplit("/", 1)[-1]
        wrong = judge(path)
        failed += bool(wrong)
        print(f"not ok {name}: {'; '.join(wrong)}" if wrong else f"ok     {name}", flush=True)
    print(f"{len(files) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
