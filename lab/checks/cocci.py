# SPDX-License-Identifier: GPL-2.0
"""Try the semantic patch for old CPU notifiers, and build what the documents show.

tools/testing/cpuhp/notifiers/before holds sample drivers of the old kind. Those that have a
namesake in after/ must become that, but for white space, which spatch does not keep in
code it moves; the others must be left alone and reported, with nothing else said about
them. Then after/ and samples/cpuhp are compiled, in a small configuration.
"""
import difflib
import os
import shutil
import subprocess

from lab import common
from lab.common import ROOT
from lab.results import Results
from lab.tree import assemble
from lab.tree.partial import Partial

SCRIPT = os.path.join(ROOT, "scripts/coccinelle/api/cpu_notifier.cocci")
SAMPLES = os.path.join(ROOT, "tools/testing/cpuhp/notifiers")
# What the modules need and little else: less to prepare.
CONFIG = "".join(f"CONFIG_{name}\n" for name in (
    "64BIT=y", "SMP=y", "HOTPLUG_CPU=y", "SYSFS=y", "PRINTK=y", "MODULES=y",
    "MODULE_UNLOAD=y", "SAMPLES=y", "SAMPLE_CPUHP=m"))


def spatch(mode, path, *words):
    command = ["spatch", "--very-quiet", "--no-includes", "--no-show-diff",
               "--sp-file", SCRIPT, "-D", mode, path, *words]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=True).stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def converted(name):
    """What the semantic patch makes of a driver; as it was where nothing matches."""
    before = os.path.join(SAMPLES, "before", name)
    out = os.path.join(common.BUILD, "cocci-" + name)
    if os.path.exists(out):
        os.remove(out)
    spatch("patch", before, "-o", out)
    return read(out if os.path.exists(out) else before)


def solid(lines):
    """Text without white space."""
    return "".join("".join(lines).split())


def check_driver(name, results):
    after = os.path.join(SAMPLES, "after", name)
    common_case = os.path.exists(after)
    before = os.path.join(SAMPLES, "before", name)
    wanted = read(after if common_case else before)
    got = converted(name)
    if solid(got) == solid(wanted):
        results.ok()
    else:
        results.fail(name, list(difflib.unified_diff(wanted, got, lineterm="")))

    words = "can become a state" if common_case else "needs a person"
    said = spatch("report", before).splitlines()
    if len(said) == 1 and words in said[0]:
        results.ok()
    else:
        results.fail(f"{name}: not reported as '{words}' but as {said}")


def modules_of_after(tree):
    """A copy to build in: kbuild would leave its objects beside the sources."""
    directory = os.path.join(tree.path, "notifiers-after")
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(os.path.join(SAMPLES, "after"), directory)
    return directory


def build(results):
    assemble.ensure()
    tree = Partial("cocci", "x86_64")
    tree.configure(CONFIG)
    tree.make("modules_prepare")
    for what, words in (("samples/cpuhp", ["samples/cpuhp/"]),
                        ("after/", ["M=" + modules_of_after(tree), "KBUILD_MODPOST_WARN=1"])):
        try:
            text = tree.make("W=1", *words)
        except common.LabError as error:
            results.fail(f"{what} does not build", str(error).splitlines())
            continue
        complaints = [line for line in text.splitlines()
                      if "warning:" in line and "undefined!" not in line]
        results.found(what, complaints)


def run():
    """Both halves; returns Results."""
    results = Results()
    with common.step("convert sample drivers"):
        for name in sorted(os.listdir(os.path.join(SAMPLES, "before"))):
            check_driver(name, results)
    with common.step("compile the samples"):
        build(results)
    return results


def main(_options):
    return run().report()
