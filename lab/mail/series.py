# SPDX-License-Identifier: GPL-2.0
"""Turns this repository into a series of patches that can be mailed, and proves it.

lab/mail/series.d has an entry per commit, in order: a message with a Subject, the
files of ours it brings, and patches of patches/ that go with them. An entry
without a Subject stands for its patches, each a commit of its own. The series
lands in build/series. It has to take in every file and patch, apply to the
pristine base with git am, give the very tree that the lab builds, please
checkpatch, and have an entry in MAINTAINERS for each file.

--build compiles after every patch, for x86_64 and what else the patch is about.
"""
import email
import fnmatch
import glob
import json
import os
import shutil
import subprocess

from lab.common import BASE, BUILD, LAB, ROOT, LabError, say
from lab.mail import commits, kernelscripts
from lab.results import Results
from lab.tree import assemble, overlay, trees

OUT = os.path.join(BUILD, "series")
REPO = os.path.join(BUILD, "series.git")
COVER = "00-cover"


class Entry:
    """A file of lab/mail/series.d."""

    def __init__(self, path):
        with open(path) as file:
            message = email.message_from_file(file)
        self.name = os.path.basename(path)
        self.subject = message["Subject"]
        self.body = message.get_payload().strip()
        self.globs = (message["Files"] or "").split()
        self.without = (message["Without"] or "").split()
        self.patch_globs = (message["Patches"] or "").split()
        self.files, self.patches = [], []

    def take(self, files, patches):
        """Claim what this entry names out of what is left."""
        self.files = [path for path in files
                      if matches(path, self.globs) and not matches(path, self.without)]
        self.patches = [patch for patch in patches
                        if matches(os.path.basename(patch), self.patch_globs)]


def matches(path, globs):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in globs)


def entries():
    """All entries but the cover, with every file and patch given to exactly one of them."""
    found = [Entry(path) for path in sorted(glob.glob(os.path.join(LAB, "mail", "series.d", "*")))
             if os.path.basename(path) != COVER]
    files, patches = overlay.files() + overlay.merged(), overlay.patches()
    for entry in found:
        entry.take(files, patches)
        if entry.patches == entry.files == []:
            raise LabError(f"lab/mail/series.d/{entry.name} matches nothing")
        files = [path for path in files if path not in entry.files]
        patches = [patch for patch in patches if patch not in entry.patches]
    if files or patches:
        raise LabError("no entry of lab/mail/series.d takes: " + " ".join(files + patches))
    return found


# --- the scratch repository: the files that the series touches, and no others -----------

def git(*words, repo=REPO, text=None):
    env = {**os.environ, **identity()}
    result = subprocess.run(["git", "-C", repo, *words], env=env, text=True, input=text,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        raise LabError(f"git {' '.join(words[:3])}: {result.stdout.strip()}")
    return result.stdout


def identity():
    """Author and date of this checkout's last commit: same content, same series."""
    name, mail, date = subprocess.run(
        ["git", "-c", "safe.directory=*", "log", "-1", "--format=%an%n%ae%n%ad"], cwd=ROOT,
        text=True, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    return {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", mail), ("DATE", date))}


def touched():
    """Paths in which the assembled tree differs from the base, as lab/assemble noted them."""
    with open(trees.source() + ".overlaid") as file:
        return json.load(file)


def copy(origin, path, target=REPO):
    source = os.path.join(origin, path)
    if os.path.isfile(source):
        os.makedirs(os.path.dirname(os.path.join(target, path)), exist_ok=True)
        shutil.copy(source, os.path.join(target, path))


def commit(message):
    git("add", "--all")
    git("commit", "--quiet", "--file=-", text=message)


def start():
    """A repository whose one commit is the base, as far as the series touches it."""
    shutil.rmtree(REPO, ignore_errors=True)
    os.makedirs(REPO)
    git("init", "--quiet", "--initial-branch=series")
    for path in touched():
        copy(BASE, path)
    commit("base")
    git("tag", "base")


def patch_message(patch):
    """Subject and text of a patch, as a commit message."""
    with open(patch) as file:
        text = file.read()
    message = email.message_from_string(text.split("\n---\n")[0])
    if not message["Subject"]:
        raise LabError(f"{os.path.relpath(patch, ROOT)} has no Subject")
    subject = " ".join(message["Subject"].split())
    return f"{subject}\n\n{message.get_payload().strip()}\n"


def apply(patch):
    git("apply", "--whitespace=nowarn", patch)


def record(entry):
    """Make the commits of one entry."""
    if not entry.subject:
        for patch in entry.patches:
            apply(patch)
            commit(patch_message(patch))
        return
    for path in entry.files:
        copy(trees.source(), path)
    for patch in entry.patches:
        apply(patch)
    commit(f"{entry.subject}\n\n{entry.body}\n")


def write_out(all_entries):
    """build/series: a cover letter and a patch per commit."""
    start()
    for entry in all_entries:
        record(entry)
    cover = Entry(os.path.join(LAB, "mail", "series.d", COVER))
    with open(os.path.join(BASE, "Makefile")) as makefile:
        version = [makefile.readline().split("=")[-1].strip() for _ in range(4)][1:]
    git("config", "branch.series.description",
        f"{cover.subject}\n\n{cover.body}\n\nApplies to Linux {'.'.join(version)}.\n")
    shutil.rmtree(OUT, ignore_errors=True)
    # --break-rewrites: what is written anew is shown as such, not as accidental matches
    git("format-patch", "--quiet", "--output-directory", OUT, "--cover-letter",
        "--cover-from-description=subject", "--break-rewrites", "--zero-commit",
        "--signature=", "--stat=75", "base")
    return sorted(glob.glob(os.path.join(OUT, "*.patch")))


# --- the proof ---------------------------------------------------------------------------

def check_applies(patches):
    """git am takes the mails, and the result is the tree that the lab builds."""
    git("checkout", "--quiet", "-B", "applied", "base")
    git("am", "--quiet", *patches[1:])
    if git("rev-parse", "applied^{tree}") != git("rev-parse", "series^{tree}"):
        return ["the applied series is not what was committed"]
    return [f"{path} differs from the assembled tree" for path in touched()
            if content(REPO, path) != content(trees.source(), path)]


def content(tree, path):
    """What makes two files the same to git: bytes and whether it can be run."""
    full = os.path.join(tree, path)
    if not os.path.isfile(full):
        return None
    with open(full, "rb") as file:
        return file.read(), bool(os.stat(full).st_mode & 0o100)


def check_rest():
    """Outside the series' files the assembled tree is the base."""
    result = subprocess.run(["diff", "-rq", "--no-dereference", "--exclude=o-*",
                             "--exclude=.checkpatch-camelcase.*", BASE,
                             trees.source()], text=True, stdout=subprocess.PIPE, check=False,
                            env={**os.environ, "LC_ALL": "C"})
    known = set(touched())
    return [line for line in result.stdout.splitlines()
            if not any(path in known or is_parent(path, known) for path in named(line))]


def named(line):
    """The path, relative to its tree, that a line of diff -rq is about."""
    if line.startswith("Only in "):
        directory, name = line[len("Only in "):].split(": ", 1)
        full = os.path.join(directory, name)
    else:
        full = line.split()[1]
    return [os.path.relpath(full, tree) for tree in (BASE, trees.source())
            if full.startswith(tree + "/")]


def is_parent(path, known):
    return any(other.startswith(path + "/") for other in known)


# Entries of MAINTAINERS, and the files of ours that have one of their own.
ENTRY = "CPU HOTPLUG"
OTHER_ENTRIES = {path: "FREEZER" for path in ("include/linux/freezer.h", "kernel/freezer.c",
                                              "kernel/freezer_events.c")}


def check_maintainers():
    """The entry of CPU hotplug names each of our files."""
    orphans = []
    for path in overlay.files():
        entry = OTHER_ENTRIES.get(path, ENTRY)
        if entry not in kernelscripts.script("get_maintainer.pl", "--no-git", "--no-git-fallback",
                                             "--no-tree", "--no-rolestats", "--subsystem", "-f",
                                             path):
            orphans.append(f"{path} is not in the entry {entry} of MAINTAINERS")
    return orphans


def run(build=False):
    """Write the series and prove it; returns Results."""
    assemble.ensure()
    patches = write_out(entries())
    say(f"  {len(patches) - 1} patches in {os.path.relpath(OUT, ROOT)}")
    checks = [("applies with git am, gives the assembled tree", lambda: check_applies(patches)),
              ("the assembled tree holds nothing else", check_rest),
              ("checkpatch.pl --strict",
               lambda: kernelscripts.checkpatch_patches(patches[1:])),
              ("get_maintainer.pl finds the entry of each file", check_maintainers)]
    if build:
        checks.append(("each patch builds", lambda: commits.check(REPO, "base", "series")))
    results = Results()
    for what, check in checks:
        found = check()
        say(f"  {what:<50} {f'{len(found)} lines' if found else 'ok'}")
        for line in found:
            say("    " + line)
        if found:
            results.fail(what)
        else:
            results.ok()
    return results


def arguments(parser):
    parser.add_argument("--build", action="store_true", help="compile after every patch")


def main(options):
    return run(options.build).report()
