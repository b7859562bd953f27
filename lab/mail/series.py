# SPDX-License-Identifier: GPL-2.0
"""Turns this repository into series of patches that can be mailed, and proves them.

lab/mail/series.d has a folder for each topic; topics.py says what is in them.
Each topic lands in a folder of build/series, with a cover letter and numbers of
its own. One after the other, the series have to take in every file and patch,
apply to the pristine base with git am, give the very tree that the lab builds,
please checkpatch, and have an entry in MAINTAINERS for each file. Each also
applies to the base with nothing but the topics that it says it needs.

--build compiles after every patch, for x86_64 and what else the patch is about.
--tidy gives all of patches/ their names and their form, and does nothing else.
"""
import glob
import json
import os
import shutil
import subprocess

from lab.common import BASE, BUILD, ROOT, LabError, say
from lab.mail import commits, form, kernelscripts, topics
from lab.results import Results
from lab.tree import assemble, overlay, trees

OUT = os.path.join(BUILD, "series")
REPO = os.path.join(BUILD, "series.git")


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


def record(entry):
    """Make the commits of one entry."""
    for text, files, diffs in entry.commits():
        for path in files:
            copy(trees.source(), path)
        for diff in diffs:
            git("apply", "--whitespace=nowarn", diff)
        commit(text)


def ours():
    """Files that are ours as a whole: what differs from the base and is in no patch."""
    patched = {path for patch in overlay.patches() for path in assemble.patch_targets(patch)}
    return [path for path in touched() if path not in patched]


def letter(topic):
    """The text of a cover letter, subject first."""
    with open(os.path.join(BASE, "Makefile")) as makefile:
        version = [makefile.readline().split("=")[-1].strip() for _ in range(4)][1:]
    what = ", ".join([f"Linux {'.'.join(version)}", *topic.needs])
    return f"{topic.subject}\n\n{topic.body}\n\nApplies to: {what}\n"


def write_topic(topic, since):
    """A folder of build/series: a cover letter and a patch per commit."""
    for entry in topic.entries:
        record(entry)
    git("branch", topic.name)
    git("config", f"branch.{topic.name}.description", letter(topic))
    out = os.path.join(OUT, topic.name)
    # --break-rewrites: what is written anew is shown as such, not as accidental matches
    git("format-patch", "--quiet", "--output-directory", out, "--cover-letter",
        "--cover-from-description=subject", "--break-rewrites", "--zero-commit",
        "--signature=", "--stat=75", f"{since}..{topic.name}")
    mails = mails_of(topic)
    say(f"  {len(mails):3} patches in {os.path.relpath(out, ROOT)}")


def write_out():
    """All of build/series; returns the topics."""
    found = topics.read(ours(), overlay.patches())
    start()
    shutil.rmtree(OUT, ignore_errors=True)
    since = "base"
    for topic in found:
        write_topic(topic, since)
        since = topic.name
    return found


def mails_of(topic):
    """The mails of a topic but its cover letter."""
    return sorted(glob.glob(os.path.join(OUT, topic.name, "*.patch")))[1:]


# --- the proof ---------------------------------------------------------------------------

def check_applies(found):
    """git am takes the mails, folder by folder, and the result is the tree that the lab builds."""
    git("checkout", "--quiet", "-B", "applied", "base")
    for topic in found:
        git("am", "--quiet", *mails_of(topic))
    if git("rev-parse", "applied^{tree}") != git("rev-parse", "series^{tree}"):
        return ["the applied series is not what was committed"]
    return [f"{path} differs from the assembled tree" for path in touched()
            if content(REPO, path) != content(trees.source(), path)]


def check_needs(found):
    """git am takes each topic on top of those that it needs."""
    complaints = []
    for topic in found:
        git("checkout", "--quiet", "-B", "alone", "base")
        try:
            for other in found:
                if other is topic or other.name in topic.needs:
                    git("am", "--quiet", *mails_of(other))
        except LabError as error:
            git("am", "--abort")
            complaints.append(f"{topic.name}: {error}")
    return complaints


def check_form():
    return [line for patch in overlay.patches() for line in form.complaints(patch)]


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


def checked(checks):
    """Run checks, which return what they have found, a line each."""
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


def run():
    """Write the series and prove them; returns Results."""
    assemble.ensure()
    found = write_out()
    mails = [mail for topic in found for mail in mails_of(topic)]
    return checked([
        ("patches/ have one form", check_form),
        ("applies with git am, gives the assembled tree", lambda: check_applies(found)),
        ("each topic applies to those that it needs", lambda: check_needs(found)),
        ("the assembled tree holds nothing else", check_rest),
        ("checkpatch.pl --strict", lambda: kernelscripts.checkpatch_patches(mails)),
        ("get_maintainer.pl finds the entry of each file", check_maintainers)])


def build(flavours=None):
    """Compile after every patch; returns Results."""
    assemble.ensure()
    write_out()
    return checked([("each patch builds",
                     lambda: commits.check(REPO, "base", "series", flavours))])


def arguments(parser):
    parser.add_argument("--build", action="store_true", help="compile after every patch")
    parser.add_argument("--tidy", action="store_true", help="give patches/ their form")


def main(options):
    if options.tidy:
        for patch in overlay.patches():
            form.tidy(patch)
        return 0
    results = run()
    if options.build:
        results.add(build())
    return results.report()
