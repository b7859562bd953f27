# SPDX-License-Identifier: GPL-2.0
"""Runs the tests and sums them up: the command behind "make check".

"list" names all parts, "all" runs them; without a word, those run that run by
default.

No part can hang the command: guests are under a watchdog, parts on the host
under a limit. Each part reports its counts, then what failed or was skipped
and why. The last line is "N passed, N failed, N skipped"; the status is 1 on a
failure.
"""
import time

from lab import common
from lab.checks.table import PARTS
from lab.common import LabError
from lab.results import Results, guarded
from lab.tree import packages


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


def print_list():
    for part in PARTS:
        print(f"{part.name:<12} {part.what}{'' if part.by_default else ' (only if asked for)'}")


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
        total.add(results)
        print(f"{part.name:<12} {results.passed:>7} {results.failed:>7} {results.skipped:>7} "
              f"{time.monotonic() - start:>6.0f} s", flush=True)
        for note in results.notes:
            print(f"    {note}", flush=True)
    print()
    print(total.line(), flush=True)
    return 1 if total.failed else 0
