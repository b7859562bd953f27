# SPDX-License-Identifier: GPL-2.0
"""Counts test results: KTAP from kernel and kselftests, the plain line from other tools.

Pure: text in, Results out. Only leaves count; a suite that says "not ok"
though all its tests passed counts as one more failure, and so does a plan
that was not kept.
"""
import dataclasses
import re

from lab.results import Results

RESULT = re.compile(r"^( *)(ok|not ok) (\d+)(?: -)?(?: ([^#]*))?(?:#\s*(.*))?$")
PLAN = re.compile(r"^( *)1\.\.(\d+)(?:\s*#\s*(.*))?$")
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
SKIPPED = re.compile(r"^ *skip(?:ped)?\b(?!\W*\d)|.*\bskipped: ", re.I)
BAD = re.compile(r"^ *(?:not ok|FAIL)")
SKIPPED_STATUS = 4

# What a document may say of one test.
PASSED, FAILED, OMITTED = "passed", "failed", "skipped"


@dataclasses.dataclass
class Level:
    """One depth of nesting: what was planned and what has come."""
    planned: int = None
    seen: int = 0
    bad: int = 0


def parse(lines):
    """Results of a KTAP document; total 0 where the lines hold none."""
    results, levels = Results(), {}
    for line in lines:
        if match := PLAN.match(line):
            take_plan(match, levels, results)
        elif match := RESULT.match(line):
            take_result(match, levels, results)
        elif line.strip().startswith("Bail out!"):
            results.fail(line.strip())
    for depth in sorted(levels, reverse=True):
        close(levels.pop(depth), f"level {depth}" if depth else "the test", results, depth == 0)
    return results


def verdict_on(name, lines):
    """PASSED, FAILED or OMITTED for the test of this name, "" where it does not occur."""
    for match in filter(None, map(RESULT.match, lines)):
        if (match[4] or match[3]).strip() != name:
            continue
        if (match[5] or "").upper().startswith("SKIP"):
            return OMITTED
        return PASSED if match[2] == "ok" else FAILED
    return ""


def take_plan(match, levels, results):
    depth, count, remark = len(match[1]), int(match[2]), match[3] or ""
    levels.setdefault(depth, Level()).planned = count
    if count == 0 and remark.upper().startswith("SKIP"):
        results.skip(remark[4:].strip() or "no reason given")


def take_result(match, levels, results):
    depth, good = len(match[1]), match[2] == "ok"
    name, remark = (match[4] or match[3]).strip(), (match[5] or "").strip()
    level = levels.setdefault(depth, Level())
    level.seen += 1
    level.bad += not good
    below = [levels.pop(deeper) for deeper in sorted(levels, reverse=True) if deeper > depth]
    if any(inner.seen for inner in below):
        failures = results.failed
        for inner in below:
            close(inner, name, results, False)
        explained = results.failed > failures or any(inner.bad for inner in below)
        if not good and not explained:
            results.fail(f"{name} (as a whole)")
    elif remark.upper().startswith(("SKIP", "TODO")):
        results.skip(f"{name}: {remark[4:].strip() or 'no reason given'}")
    elif good:
        results.ok()
    else:
        results.fail(name)


def close(level, name, results, plan_needed):
    """A level is over: did everything come that was planned?"""
    if level.planned is None:
        if plan_needed:
            results.fail(f"{name}: no plan")
    elif level.seen != level.planned:
        results.fail(f"{name}: {level.planned} tests planned, {level.seen} came")


def of_job(job):
    """Results of a program that a guest ran: its KTAP, or else its exit status."""
    results = parse(job.lines)
    if job.status is None:
        results.fail(f"{job.name}: never ended")
    elif not results.total:
        by_status(job.status, job.name, results)
    elif job.status not in (0, SKIPPED_STATUS) and not results.failed:
        results.fail(f"{job.name}: exit status {job.status}, but no test failed")
    return results


def of_command(status, text, name):
    """Results of a tool: its last plain line, or else its exit status."""
    results = Results()
    plain = [match for match in map(PLAIN.match, text.splitlines()) if match]
    if not plain:
        by_status(status, name, results)
        return results
    results.passed, results.failed, results.skipped = map(int, plain[-1].groups())
    if results.failed:
        results.notes += [f"FAILED  {line.strip()}" for line in text.splitlines()
                          if BAD.match(line)] or [f"FAILED  {results.failed} in {name}"]
    if results.skipped:
        results.notes += [f"skipped {line.strip()}" for line in text.splitlines()
                          if SKIPPED.match(line)] or [f"skipped {results.skipped} in {name}"]
    if status and not results.failed:
        results.fail(f"{name}: exit status {status}, but no test failed")
    return results


def by_status(status, name, results):
    if status == 0:
        results.ok()
    elif status == SKIPPED_STATUS:
        results.skip(f"{name}: it says so")
    else:
        results.fail(f"{name}: exit status {status}")
