# SPDX-License-Identifier: GPL-2.0
"""For each patch, a test that fails without it: what lab/proof.tsv says, and the proof of that.

The proof has a tree of its own, build/proof, and one whole build of each
flavour. For each patch it builds once more, from that whole build and without
the patch, boots, and runs the test, which has to fail. With all patches it has
to pass. Patches that do not apply without the one that is left out, and those
that the table names behind "with", are left out together with it.

Where the core itself calls what a patch adds, no kernel can be built without
the patch. For such a patch there may be a file in proof.d: it goes on top of all
patches and takes back what the patch does, but not what it declares.
"""
import contextlib
import dataclasses
import os
import re
import shutil
import subprocess

from lab import arches, common
from lab.checks import ktap
from lab.common import BASE, BUILD, LAB, ROOT, LabError
from lab.guest import guests, ready
from lab.results import Results
from lab.tree import assemble, base, config, overlay, trees

TABLE = os.path.join(LAB, "proof.tsv")
TAKEN_BACK = os.path.join(LAB, "checks", "proof.d")
PROGRAMS = os.path.join(ROOT, "tools/testing/selftests/cpu-hotplug")
TREE = os.path.join(BUILD, "proof")
COLUMNS = 5
FLAVOUR = "proof"
# The archive with the tests: they are the same for all kernels of an architecture.
ARCHIVES = {"proof": "x86_64"}
# What a guest may have, by its word in the table.
NUMBERS, SWITCHES = ("cpus", "nodes", "threads"), ("disk", "flips", "bare")
NONE = "-"


@dataclasses.dataclass(frozen=True)
class Entry:
    """A line of the table."""
    number: str         # of the patch
    program: str        # of the selftests, NONE if no guest can show anything
    test: str           # its name in the output of the program
    machine: str        # words for the guest and, all others, for the kernel's command line
    remark: str         # why no guest can show it, or anything else

    def words(self):
        return [] if self.machine == NONE else self.machine.split()

    def value(self, name):
        """What the table has behind NAME= for the machine, "" without that."""
        return next((word.partition("=")[2] for word in self.words()
                     if word.startswith(name + "=")), "")

    @property
    def flavour(self):
        return self.value("flavour") or FLAVOUR

    @property
    def together(self):
        return self.value("with").split(",") if self.value("with") else []

    @property
    def job(self):
        path = "/kselftest/cpu-hotplug/" + self.program
        return path if self.program.endswith(".sh") else f"{path} -r {self.test}"

    def guest(self):
        """The machine as arguments for a guest."""
        known = {name: int(self.value(name)) for name in NUMBERS if self.value(name)}
        known |= {word: True for word in SWITCHES if word in self.words()}
        own = ("flavour", "with", *NUMBERS, *SWITCHES)
        known["append"] = " ".join(word for word in self.words()
                                   if word.partition("=")[0] not in own)
        return known


def parse(text):
    """The entries of a table; LabError for a malformed line."""
    entries = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != COLUMNS:
            raise LabError(f"proof.tsv:{number}: {len(fields)} columns, not {COLUMNS}")
        entries.append(Entry(*fields))
    return entries


def table():
    return parse(common.read_text(TABLE))


def number_of(patch):
    return os.path.basename(patch).partition("-")[0]


def subject_of(patch):
    """A patch's subject, as one line."""
    lines = re.search(r"^Subject: (.*(?:\n .*)*)", common.read_text(patch), re.M)
    return " ".join(lines[1].split()) if lines else ""


# --- whether the table is complete ----------------------------------------------------

def problems(entries, subjects, source_of):
    """What is wrong with a table, as lines.

    @subjects: of all patches, by number
    @source_of: gives the text of a test program, None if there is no such program
    """
    named = [entry.number for entry in entries]
    found = [f"patch {number} has no line" for number in subjects if number not in named]
    found += [f"there is no patch {number}" for number in named if number not in subjects]
    found += [f"patch {number} has {named.count(number)} lines"
              for number in sorted(set(named)) if named.count(number) > 1]
    for entry in entries:
        found += [f"patch {entry.number}: {what}" for what in wrong(entry, subjects, source_of)]
    return found


def wrong(entry, subjects, source_of):
    if entry.program == NONE:
        return [] if entry.remark not in ("", NONE) else ["neither a test nor a reason"]
    source = source_of(entry.program)
    if source is None:
        return [f"there is no program {entry.program}"]
    found = [f"left out with {number}, which does not exist" for number in entry.together
             if number not in subjects]
    if not has_test(source, entry):
        found.append(f"{entry.program} has no test \"{entry.test}\"")
    if subjects.get(entry.number, "") not in " ".join(re.sub(r"\n[ #]\*?", " ", source).split()):
        found.append(f"{entry.program} does not name it: {subjects[entry.number]}")
    return found


def has_test(source, entry):
    """A script names its tests as they are; a program has FIXTURE.TEST or FIXTURE.VARIANT.TEST."""
    if entry.program.endswith(".sh"):
        return f'"{entry.test}"' in source
    fixture, *variant, test = entry.test.split(".")
    return bool(re.search(rf"\bTEST_F(_TIMEOUT)?\({fixture}, {test}\b", source)) and \
        all(re.search(rf"\b\w*VARIANT\w*\(({fixture}, )?{name}\b", source) for name in variant)


def installed_source(program):
    """The text of a program that the selftests' Makefile names, with its own headers."""
    makefile = common.read_text(os.path.join(PROGRAMS, "Makefile"))
    if not re.search(rf"(?<!\S){re.escape(program)}(?!\S)", makefile):
        return None
    if program.endswith(".sh"):
        return common.read_text(os.path.join(PROGRAMS, program))
    text = common.read_text(os.path.join(PROGRAMS, program + ".c"))
    headers = re.findall(r'^#include "(\w+\.h)"', text or "", re.M)
    return text and text + "".join(common.read_text(os.path.join(PROGRAMS, name)) or ""
                                   for name in headers)


def all_problems():
    return problems(table(), {number_of(patch): subject_of(patch) for patch in overlay.patches()},
                    installed_source)


def taken_back_problems():
    """What in proof.d does not apply on top of all patches; the base must be there."""
    contents = assemble.patched_contents(overlay.patches())
    found = []
    for name in sorted(os.listdir(TAKEN_BACK)):
        try:
            assemble.patched_contents([os.path.join(TAKEN_BACK, name)], contents)
        except LabError as error:
            found += str(error).splitlines()
    return found


# --- the tree ---------------------------------------------------------------------------

def objects(flavour):
    return os.path.join(TREE, "o-" + flavour)


def whole(flavour):
    """The object directory with all patches, from which each build starts."""
    return objects(flavour) + ".whole"


def build(flavour, log):
    """Compile what is in the tree; the status of make, and its log."""
    mach = arches.machine(flavour)
    words = trees.make_in("o-" + flavour, mach.kernel_arch, mach.cross, tree=TREE)
    return common.try_logged(["nice", *words, mach.target], log, env=common.build_env())


def configure(flavour):
    mach = arches.machine(flavour)
    seed = os.path.join(objects(flavour), ".lab-fragment")
    common.write_if_changed(seed, config.fragment_text(config.requested(flavour)).encode())
    words = trees.make_in("o-" + flavour, mach.kernel_arch, mach.cross, tree=TREE)
    common.run_logged([*words, "allnoconfig"], "proof-config",
                      env=dict(common.build_env(), KCONFIG_ALLCONFIG=seed))


def make_whole(flavour):
    """Have the tree with all patches, and a build of it."""
    base.ensure()
    identity = common.read_text(BASE + ".from")
    assemble.link_base(TREE, identity)
    wanted = assemble.wanted_contents()
    assemble.lay_over(TREE, wanted)
    mark = os.path.join(whole(flavour), ".lab-built")
    now = assemble.fingerprint(wanted, identity)
    if common.read_text(mark) == now:
        return
    if os.path.isdir(whole(flavour)):
        start_from_whole(flavour)
        shutil.rmtree(whole(flavour))
    os.makedirs(objects(flavour), exist_ok=True)
    configure(flavour)
    with common.step(f"compile the {flavour} kernel with all patches"):
        status, log = build(flavour, f"proof-{flavour}")
    if status:
        raise LabError(f"{common.tail(log)}\nsee {log}")
    common.write_if_changed(os.path.join(objects(flavour), ".lab-built"), now.encode())
    os.rename(objects(flavour), whole(flavour))


def start_from_whole(flavour):
    shutil.rmtree(objects(flavour), ignore_errors=True)
    subprocess.run(["cp", "-a", whole(flavour), objects(flavour)], check=True)


@contextlib.contextmanager
def changed(contents):
    """The tree with some other contents, and afterwards as it was, with the old times."""
    before = {path: kept(path) for path in contents}
    changes = []
    try:
        changes = [path for path, content in contents.items()
                   if assemble.put(TREE, path, content)]
        yield
    finally:
        for path in changes:
            content, times = before[path]
            assemble.put(TREE, path, content)
            if times:
                os.utime(os.path.join(TREE, path), ns=times)


def kept(path):
    """A file's content and times, (None, None) if there is no such file."""
    full = os.path.join(TREE, path)
    if not os.path.exists(full):
        return None, None
    state = os.stat(full)
    return assemble.read_or_none(full), (state.st_atime_ns, state.st_mtime_ns)


# --- without a patch --------------------------------------------------------------------

def contents_without(entry):
    """What the tree's files are without a patch, and the patches that go with it."""
    patches = overlay.patches()
    everything = dict.fromkeys(path for patch in patches
                               for path in assemble.patch_targets(patch))
    contents = {path: assemble.read_or_none(os.path.join(BASE, path)) for path in everything}
    taken_back = os.path.join(TAKEN_BACK, entry.number + ".patch")
    if os.path.exists(taken_back):
        contents = assemble.patched_contents(patches)
        return {**contents, **assemble.patched_contents([taken_back], contents)}, []
    out = {entry.number, *entry.together}
    while True:
        rest = [patch for patch in patches if number_of(patch) not in out]
        try:
            return {**contents, **assemble.patched_contents(rest)}, sorted(out - {entry.number})
        except assemble.DoesNotApply as error:
            out.add(number_of(error.patch))


def boot(entries, kernel, log):
    """Run the tests of entries, which have one machine, in a guest with this kernel."""
    flavour = entries[0].flavour
    archive = os.path.join(BUILD, f"initramfs-{ARCHIVES.get(flavour, flavour)}.cpio.gz")
    jobs = dict.fromkeys(entry.job for entry in entries)
    return guests.run(guests.Guest(flavour=flavour, kernel=kernel, rootfs=archive, log=log,
                                   jobs=" + ".join(jobs), **entries[0].guest()))


def verdict(entry, outcome):
    """What a guest says of an entry's test. One that warns, hangs or crashes has failed."""
    jobs = [job for job in outcome.console.jobs if job.name == entry.job]
    if not jobs:
        return "never ran"
    said = ktap.verdict_on(entry.test, jobs[0].lines)
    if said == ktap.PASSED and (outcome.console.reports or jobs[0].status is None):
        return ktap.FAILED
    return said or (ktap.FAILED if jobs[0].status is None else "not among its tests")


def image(directory, flavour):
    return os.path.join(directory, arches.machine(flavour).image)


def prove_with(entries, results):
    """With all patches all tests pass: one guest for all that have the same machine."""
    alike = {}
    for entry in entries:
        alike.setdefault((entry.flavour, str(entry.guest())), []).append(entry)
    for number, ((flavour, _), some) in enumerate(alike.items()):
        outcome = boot(some, image(whole(flavour), flavour), f"proof-with-{number}")
        for entry in some:
            judge(entry, outcome, ktap.PASSED, "with all patches", results)


def judge(entry, outcome, expected, when, results):
    said = verdict(entry, outcome)
    common.say(f"    {entry.program} {entry.test}: {said} {when}")
    if said == expected:
        results.ok()
    else:
        results.fail(f"{entry.program} {entry.test}: {said} {when}, see {outcome.log}")


def prove_without(entry, results):
    """Without its patch the test fails."""
    contents, others = contents_without(entry)
    what = f"without {' '.join([entry.number, *others])}"
    with changed(contents):
        start_from_whole(entry.flavour)
        with common.step(f"compile {what}"):
            status, log = build(entry.flavour, f"proof-{entry.number}")
    if status:
        results.fail(f"{what}: does not build, see {log}")
        return
    outcome = boot([entry], image(objects(entry.flavour), entry.flavour),
                   f"proof-without-{entry.number}")
    judge(entry, outcome, ktap.FAILED, what, results)


def prove(entries):
    results = Results()
    for flavour in sorted({entry.flavour for entry in entries}):
        ready.ensure(ARCHIVES.get(flavour, flavour))
        make_whole(flavour)
    prove_with(entries, results)
    for entry in entries:
        prove_without(entry, results)
    return results


def run():
    """The part of "make check": all that can be proved."""
    if found := all_problems():
        raise LabError("\n".join(found))
    return prove([entry for entry in table() if entry.program != NONE])


def arguments(parser):
    parser.add_argument("patches", nargs="*", metavar="NUMBER", help="of patches, or all")


def main(options):
    entries = {entry.number: entry for entry in table()}
    if unknown := [number for number in options.patches
                   if number not in entries or entries[number].program == NONE]:
        raise LabError(f"no test for {' '.join(unknown)}")
    if not options.patches:
        return run().report()
    return prove([entries[number] for number in options.patches]).report()
