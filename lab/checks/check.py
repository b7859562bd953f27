# SPDX-License-Identifier: GPL-2.0
"""Runs the tests and sums them up: the command behind "make check".

"list" names all parts and says how long each took here when it last ran; "all"
runs them; without a word, those run that run by default.

No part can hang the command: guests are under a watchdog, parts on the host
under a limit. Each part reports its counts, then what failed or was skipped
and why. The last line is "N passed, N failed, N skipped"; the status is 1 on a
failure.
"""
import json
import os
import time

from lab import common
from lab.checks.table import PARTS
from lab.common import LabError
from lab.results import Results, guarded
from lab.tree import packages

TIMES = os.path.join(common.BUILD, "check-times.json")


def chosen(names):
    if names == ["all"]:
        return PARTS
    known = {part.name: part for part in PARTS}
    # A person may say "make kunit ARCH=arm64".
    unknown = [name for name in names if name not in known]
    if unknown:
        raise LabError(f"no such part: {' '.join(unknown)} (there are: {' '.join(known)})")
    if names:
        return [known[name] for name in names]
    return [part for part in PARTS if part.by_default]


def run_part(part):
    if part.packages:
        packages.ensure(*part.packages)
    with common.limited(part.limit):
        return part.run(*part.args)


def last_times():
    """Part -> seconds that it took here when it last ran."""
    return json.loads(common.read_text(TIMES) or "{}")


def note_time(part, seconds):
    times = {**last_times(), part.name: round(seconds)}
    common.write_if_changed(TIMES, json.dumps(times, indent=1, sort_keys=True).encode())


def print_list():
    times = last_times()
    print(f"{'part':<12} {'last time':>9}  what it covers")
    for part in PARTS:
        last = f"{times[part.name]} s" if part.name in times else "-"
        print(f"{part.name:<12} {last:>9}  {part.what}"
              f"{'' if part.by_default else ' (only if asked for)'}")


def arguments(parser):
    parser.add_argument("parts", nargs="*", metavar="PART")


def main(options):
    if options.parts == ["list"]:
        print_list()
        return 0
    selected = chosen(options.parts)
    total = Results()
    print(f"{'part':<12} {'passed':>7} {'failed':>7} {'skipped':>7} {'time':>8}", flush=True)
    for part in selected:
        start = time.monotonic()
        results = guarded(run_part, part)
        spent = time.monotonic() - start
        note_time(part, spent)
        total.add(results)
        print(f"{part.name:<12} {results.passed:>7} {results.failed:>7} {results.skipped:>7} "
              f"{spent:>6.0f} s", flush=True)
        for note in results.notes:
            print(f"    {note}", flush=True)
    print()
    print(total.line(), flush=True)
    return 1 if total.failed else 0
