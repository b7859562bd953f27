# SPDX-License-Identifier: GPL-2.0
"""The kernel's own torture of RCU, function calls and locks, while CPUs go and come.

Each scenario has guests of its own: of each size, once with the torture alone
moving CPUs, and once with batches beside it. Alone, its verdict must be
SUCCESS. With batches, whichever of the two is slower is refused, which is
counted; nothing else may fail, and enough must have been moved.

Prints a line for each guest, then what failed and the counts.
"""
import dataclasses
import itertools
import re

from lab import common
from lab.checks import inguest
from lab.common import LabError
from lab.guest import ready
from lab.results import Results

FLAVOUR = "torture"
SIZES = (4, 16)
MOVERS = ("onoff", "both")
TEST = "/kselftest/cpu-hotplug/torture_test.sh"
# Small leaves of RCU's tree, so that all CPUs of one can go; a look at every task before
# each takedown; and room for the log of a long torture.
EVERYWHERE = "rcutree.rcu_fanout_leaf=2 cpuhp.verify=1 log_buf_len=8M"
# With batches: operations in so many seconds, at least, once all threads have started.
WANTED, WANTED_SECONDS = 1000, 600
START_SECONDS = 10
# Loading the module, ending its threads, the last CPUs that come back.
SLACK_SECONDS = 300
BOOT_SECONDS = 300


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A row of the table: a module, its parameters, and the guest's command line for it."""
    name: str
    module: str
    parameters: str = ""
    append: str = ""


SCENARIOS = (
    Scenario("rcu", "rcutorture", "n_barrier_cbs=4"),
    # Its threads take all of a CPU for seconds, which no throttling may end.
    Scenario("rcu-boost", "rcutorture", "test_boost=2 test_boost_interval=15",
             "rcutree.kthread_prio=2 sysctl.kernel.sched_rt_runtime_us=-1"),
    Scenario("rcu-nocb", "rcutorture", "nocbs_nthreads=4 nocbs_toggle=100", "rcu_nocbs=1"),
    Scenario("rcu-exp", "rcutorture", "gp_exp=1"),
    Scenario("srcu", "rcutorture", "torture_type=srcu n_barrier_cbs=4"),
    Scenario("tasks", "rcutorture", "torture_type=tasks"),
    # No module can have it.
    Scenario("scf", "scftorture", "weight_resched=0"),
    # By default two for each CPU: a host with fewer CPUs does nothing but spin.
    Scenario("lock", "locktorture", "nwriters_stress=6"),
)

# What the test says of itself.
OUTCOME = re.compile(r"^# (\w*), (\d+) operations of (\d+) CPUs, refused: (.*)$")
# Lines that are no report of a kernel at rest: the torture's own, and a step that failed.
FAILURES = re.compile("|".join((r"!!!", r"\?\?\? Writer stall", r"End of test: FAILURE",
                                r"kthread starved", r"Boost inversion thread",
                                r"cpuhp: CPU\d+ step .* failed")))
ROW = "{:<10} {:>4}  {:<7}  {:<12} {:>10} {:>7}  {}"
HEADER = ROW.format("scenario", "CPUs", "movers", "verdict", "operations", "moved", "refused")


def wanted(seconds):
    """Operations in so many seconds."""
    return WANTED * max(0, seconds - START_SECONDS) // (WANTED_SECONDS - START_SECONDS)


def outcome_of(console):
    """(verdict, operations, CPUs moved, refusals) as the test counted them, or None."""
    for match in filter(None, (OUTCOME.match(line) for job in console.jobs for line in job.lines)):
        return match[1] or "none", int(match[2]), int(match[3]), match[4]
    return None


def judge(found, movers, seconds, console, results):
    """Add what only the torture makes a failure."""
    for _, text in console.kernel:
        if FAILURES.search(text):
            results.fail(f"the log: {text}")
    if not found:
        if not results.skipped:
            results.fail("it came to no end")
    elif movers != "onoff" and found[1] < wanted(seconds):
        results.fail(f"{found[1]} operations in {seconds} s, {wanted(seconds)} wanted")
    elif not found[1]:
        results.fail("no CPU was moved")


def as_one(name, results):
    """A guest passes or fails as a whole."""
    one = Results()
    if results.failed:
        one.fail(name, results.notes)
    elif results.skipped:
        one.skip(f"{name}: {'; '.join(note[8:] for note in results.notes)}")
    else:
        one.ok()
    return one


def torture(scenario, size, movers, seconds):
    """One guest; returns its line and its one result."""
    name = f"{scenario.name}-{size}-{movers}"
    job = f"{TEST} {movers} {scenario.module} {scenario.parameters}".strip()
    results, outcome = inguest.in_guest(
        FLAVOUR, f"torture-{name}", [job], cpus=size,
        append=f"{EVERYWHERE} {scenario.append} CPUHP_SECONDS={seconds}",
        job_timeout=seconds + SLACK_SECONDS, limit=seconds + SLACK_SECONDS + BOOT_SECONDS)
    found = outcome_of(outcome.console)
    judge(found, movers, seconds, outcome.console, results)
    one = as_one(name, results)
    line = ROW.format(scenario.name, size, movers, *(found or ("none", "-", "-", "-")))
    return line + (" FAILED" if one.failed else " skipped" if one.skipped else ""), one


def chosen(names):
    known = {scenario.name: scenario for scenario in SCENARIOS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise LabError(f"no such scenario: {' '.join(unknown)} (there are: {' '.join(known)})")
    return [known[name] for name in names] or SCENARIOS


def run(seconds, names=(), sizes=SIZES, movers=MOVERS, tell=common.say):
    """These scenarios for so many seconds each; returns Results."""
    scenarios = chosen(names)
    ready.ensure(FLAVOUR)
    guests = list(itertools.product(scenarios, sizes, movers))
    tell(f"{len(guests)} guests, each tortured for {seconds} s")
    tell(HEADER)
    results = Results()
    for scenario, size, mover in guests:
        line, one = torture(scenario, size, mover, seconds)
        tell(line)
        results.add(one)
    return results


def arguments(parser):
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO",
                        help=" ".join(scenario.name for scenario in SCENARIOS))
    parser.add_argument("--seconds", type=int, default=60, help="for each guest")
    parser.add_argument("--cpus", type=int, nargs="+", default=SIZES, help="sizes of the guests")
    parser.add_argument("--movers", nargs="+", choices=MOVERS, default=MOVERS,
                        help="onoff: the torture alone; both: batches beside it")


def main(options):
    return run(options.seconds, options.scenarios, options.cpus, options.movers,
               lambda line: print(line, flush=True)).report()
