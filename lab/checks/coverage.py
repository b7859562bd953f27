# SPDX-License-Identifier: GPL-2.0
"""Which lines of the core the tests in the guest run.

Builds a kernel that counts them, runs KUnit and the selftests in several
guests, adds their counts up, and writes lab/figures/COVERAGE.md: for each file
what part of its lines has run, and for each function with lines that have not,
why. The reasons are in lab/coverage.tsv; a line there that no function needs
any more is named.
"""
import base64
import collections
import glob
import gzip
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile

from lab import common
from lab.checks import inguest, successors
from lab.common import LAB, ROOT, LabError
from lab.guest import ready
from lab.results import Results
from lab.tree import kernel, trees

FLAVOUR = kernel.PROFILED
REASONS = os.path.join(LAB, "coverage.tsv")
TABLE = os.path.join(LAB, "figures/COVERAGE.md")
WANTED = 90     # percent of all lines
JOB = "/lab/coverage.sh"
HEAD = """\
# Lines of the core that the tests run

Written by `make coverage`, which writes it anew: nothing here is edited by hand. It counts
the lines that gcov sees on x86_64 with the configuration of the tests, in KUnit and in
the selftests, in guests that differ in their machine and their command line. What only
other architectures, other configurations or a crash run is not in it. The reasons are
kept in `lab/coverage.tsv`.
"""
TESTS = "/kselftest/cpu-hotplug/"


def guests():
    """(name, jobs, the rest of the guest). Each has something that no other can show."""
    boots = [(f"boot-{number}", [TESTS + "boot_test.sh"], {"append": words})
             for number, words in enumerate(inguest.BOOTS)]
    return (
        *boots,
        ("all", ["@/lab/kselftest.jobs"], {
            "append": f"{inguest.parameters(FLAVOUR)} kunit.enable=1 kunit.filter_glob=cpuhp*",
            "job_timeout": 900, "limit": 3000, **inguest.hardware(FLAVOUR)}),
        ("forceoff", [TESTS + "smt_test"], {
            "cpus": 8, "threads": 4, "append": "CPUHP_SMT_FORCEOFF=1"}),
        ("one-thread", [TESTS + "smt_test"], {"threads": 1}),
        ("nohz-full", [TESTS + "nohz_full_test", TESTS + "timekeeper_test"], {
            "cpus": 8, "append": "nohz_full=2,4 isolcpus=domain,2,4"}),
        # It takes itself for hardware, where moved interrupts may still be under way.
        ("bare", [TESTS + "quiet_test.sh"], {"bare": True}),
        ("hibernate", ["/lab/hibernate.sh smt/control=off"], {
            "swap": successors.fresh_disk(FLAVOUR), "wake": "resume=/dev/vda"}),
    )


# lines: number -> how often it ran; functions: name -> numbers of its lines
File = collections.namedtuple("File", "lines functions")


# --- out of the guest ------------------------------------------------------------------

def unpack(lines, directory):
    """What the guest's job has printed, below @directory as in the object directory."""
    packed = gzip.decompress(base64.b64decode("".join(lines)))
    marker = os.path.basename(trees.objects(FLAVOUR)) + "/"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive.getmembers():
            _, found, name = member.name.partition(marker)
            if found and member.isfile():
                path = os.path.join(directory, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(archive.extractfile(member).read())


def read_counts(directory):
    """gcov's JSON for each of its files below @directory; the notes lie with the objects."""
    for path in sorted(glob.glob(os.path.join(directory, "**/*.gcda"), recursive=True)):
        notes = os.path.splitext(os.path.relpath(path, directory))[0] + ".gcno"
        shutil.copy(os.path.join(trees.objects(FLAVOUR), notes), os.path.dirname(path))
        text = subprocess.run(["gcov", "--json-format", "--stdout", path], check=True,
                              cwd=os.path.dirname(path), stdout=subprocess.PIPE).stdout
        yield from json.loads(text)["files"]


# --- counts ----------------------------------------------------------------------------

def name_in_tree(path):
    """A source as the repository calls it; the compiler has seen it from the object directory."""
    return os.path.normpath(path.removeprefix("../"))


def counted(counts, wanted):
    """name -> File, of the files that @wanted says yes to; a header has many origins."""
    files = {}
    for entry in counts:
        name = name_in_tree(entry["file"])
        if not wanted(name):
            continue
        lines, functions = files.setdefault(name, File(collections.Counter(),
                                                       collections.defaultdict(set)))
        for line in entry["lines"]:
            lines[line["line_number"]] += line["count"]
            functions[line.get("function_name", "")].add(line["line_number"])
    return files


def share(lines):
    """(how many have run, of how many)"""
    return sum(1 for count in lines.values() if count), len(lines)


def missed(file):
    """function -> its lines that have not run"""
    found = {name: sorted(line for line in numbers if not file.lines[line])
             for name, numbers in file.functions.items()}
    return {name: numbers for name, numbers in found.items() if numbers}


def ranges(numbers):
    """[1, 2, 3, 7] -> "1-3, 7"; lines without code between them do not part them."""
    groups = []
    for number in numbers:
        if groups and number <= groups[-1][1] + 2:
            groups[-1][1] = number
        else:
            groups.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in groups)


# --- the table -------------------------------------------------------------------------

def reasons_of(text):
    """(file, function) -> why some of its lines are never run"""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {(file, function): why for file, function, why in rows}


def gaps_of(files):
    """(file, function) -> its lines that have not run"""
    return {(name, function): numbers for name, file in sorted(files.items())
            for function, numbers in sorted(missed(file).items())}


def percent(run, total):
    return f"{100 * run / total:.1f} %" if total else "-"


def markdown(files, reasons):
    rows = [(name, *share(files[name].lines)) for name in sorted(files)]
    run, total = sum(row[1] for row in rows), sum(row[2] for row in rows)
    out = [HEAD, "| file | lines | run | |", "|---|---|---|---|"]
    out += [f"| `{name}` | {total} | {run} | {percent(run, total)} |" for name, run, total in rows]
    out += [f"| **all** | {total} | {run} | **{percent(run, total)}** |", "",
            "| function | file | lines that have not run | why |", "|---|---|---|---|"]
    out += [f"| `{function}()` | `{name}` | {ranges(numbers)} "
            f"| {reasons.get((name, function), 'no reason is known')} |"
            for (name, function), numbers in gaps_of(files).items()]
    return "\n".join(out) + "\n"


def judge(files, reasons, results):
    run, total = (sum(numbers) for numbers in zip(*(share(file.lines) for file in files.values())))
    if 100 * run < WANTED * total:
        results.fail(f"{percent(run, total)} of the lines have run, {WANTED} % wanted")
    else:
        results.ok()
    gaps = gaps_of(files).keys()
    results.found("functions with lines that have not run have a reason",
                  named(gaps - reasons.keys()))
    results.found("each reason is needed", named(reasons.keys() - gaps))


def named(functions):
    return sorted(f"{name}: {function}()" for name, function in functions)


def run_guest(name, jobs, guest, directory):
    """Boot, run the jobs, and leave the counts of the guest below @directory."""
    results, outcome = inguest.in_guest(FLAVOUR, "coverage-" + name, [*jobs, JOB],
                                        [JOB], **guest)
    printed = [job.lines for job in outcome.console.jobs if job.name == JOB]
    if not printed:
        raise LabError(f"the guest {name} did not get as far as its counts")
    unpack(printed[0], directory)
    return results


def run():
    ready.ensure(FLAVOUR)
    owned = kernel.core_sources()
    results, counts = Results(), []
    for name, jobs, guest in guests():
        with tempfile.TemporaryDirectory() as directory:
            results.add(run_guest(name, jobs, guest, directory), f"{name}: ")
            counts += read_counts(directory)
    files = counted(counts, owned.__contains__)
    reasons = reasons_of(common.read_text(REASONS) or "")
    common.write_if_changed(TABLE, markdown(files, reasons).encode())
    judge(files, reasons, results)
    common.say(f"  the table is in {os.path.relpath(TABLE, ROOT)}")
    return results


def main(_options):
    return run().report()
