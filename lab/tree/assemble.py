# SPDX-License-Identifier: GPL-2.0
"""Builds the kernel tree: the base, then patches/ without fuzz, then our files.

build/linux is the base with our work on it, build/stock the base alone. Both
share unchanged files with build/base as hard links, so neither may be edited
in place. A file is written only where its content changes, and what goes away
from patches/ or from our files gives way to the base's version again: make
sees exactly what changed.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile

from lab import common
from lab.common import BASE, ROOT, LabError
from lab.tree import base, maintainers, overlay, trees


class DoesNotApply(LabError):
    """A patch does not fit to the files before it."""

    def __init__(self, patch, said):
        super().__init__(said + f"{os.path.relpath(patch, ROOT)} does not apply to this base "
                         "without fuzz")
        self.patch = patch


def link_base(tree, identity):
    """A fresh tree of hard links to the base, unless the tree stands on it already."""
    stamp = tree + ".base"
    if common.read_text(stamp) == identity:
        return
    with common.step(f"lay out {os.path.relpath(tree, ROOT)}"):
        shutil.rmtree(tree, ignore_errors=True)
        subprocess.run(["cp", "-al", BASE, tree], check=True)
        forget(tree)
        with open(stamp, "w") as file:
            file.write(identity)


def patch_targets(patch):
    """The files that a patch creates, edits or removes."""
    with open(patch, errors="replace") as file:
        names = re.findall(r"^(?:---|\+\+\+) (\S+)", file.read(), re.M)
    return sorted({name.split("/", 1)[1] for name in names if name != "/dev/null"})


def patched_contents(patches, before=None):
    """path -> content after the patches, None if they remove the file.

    @before: contents to start from, for files that are not the base's
    """
    touched = sorted({path for patch in patches for path in patch_targets(patch)})
    with tempfile.TemporaryDirectory(prefix="lab-patch-") as scratch:
        for path in touched:
            if before and path in before:
                common.write_if_changed(os.path.join(scratch, path), before[path])
            else:
                copy_in(os.path.join(BASE, path), os.path.join(scratch, path))
        for patch in patches:
            apply(patch, scratch)
        return {path: read_or_none(os.path.join(scratch, path)) for path in touched}


def copy_in(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isfile(source):
        shutil.copyfile(source, target)


def apply(patch, scratch):
    result = subprocess.run(
        ["patch", "-p1", "--fuzz=0", "--force", "--no-backup-if-mismatch", "--reject-file=-",
         "-i", patch],
        cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        raise DoesNotApply(patch, result.stdout.decode(errors="replace"))


def read_or_none(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def wanted_contents(patches=None):
    """path -> content (None: no such file) for everything that differs from the base.

    @patches: apply these instead of all of patches/
    """
    wanted = patched_contents(overlay.patches() if patches is None else patches)
    for path in overlay.files():
        if path in wanted:
            raise LabError(f"{path} is replaced by a file of ours and edited by a patch as well")
        wanted[path] = read_or_none(os.path.join(ROOT, path))
    for path in overlay.merged():
        if path in wanted:
            raise LabError(f"{path}: our part of it is merged, and a patch edits it as well")
        wanted[path] = merged_maintainers()
    return wanted


def merged_maintainers():
    base_text, text = (common.read_text(os.path.join(tree, maintainers.NAME))
                       for tree in (BASE, ROOT))
    for line in maintainers.lost(base_text, text):
        common.say(f"  NOTICE: {maintainers.NAME}: ours does not have the base's {line}")
    return maintainers.merge(base_text, text).encode()


def put(tree, path, content):
    """Give a file of the tree its content; True where something changed."""
    target = os.path.join(tree, path)
    if content is not None:
        return common.write_if_changed(target, content) | copy_mode(tree, path)
    if not os.path.lexists(target):
        return False
    os.unlink(target)
    return True


def copy_mode(tree, path):
    """Scripts of ours stay executable; False, for no content changes by it."""
    for origin in (os.path.join(ROOT, path), os.path.join(BASE, path)):
        if os.path.isfile(origin):
            mode = os.stat(origin).st_mode & 0o777
            target = os.path.join(tree, path)
            if os.stat(target).st_mode & 0o777 != mode:
                os.chmod(target, mode)
            break
    return False


def remembered(tree):
    """Paths that differed from the base after the last assembly."""
    try:
        with open(tree + ".overlaid") as file:
            return json.load(file)
    except FileNotFoundError:
        return []


def forget(tree):
    if os.path.exists(tree + ".overlaid"):
        os.unlink(tree + ".overlaid")


def remember(tree, paths):
    with open(tree + ".overlaid", "w") as file:
        json.dump(sorted(paths), file)


def lay_over(tree, wanted):
    """Make the tree the base plus @wanted; returns the number of files that changed."""
    before = remembered(tree)
    # Written first: an interrupted run must still know what to take back.
    remember(tree, set(before) | set(wanted))
    restored = {path: read_or_none(os.path.join(BASE, path))
                for path in before if path not in wanted}
    changed = sum(put(tree, path, content) for path, content in {**restored, **wanted}.items())
    remember(tree, wanted)
    return changed


def fingerprint(wanted, identity):
    """A text that stands for the whole tree's content."""
    digest = hashlib.sha256(identity.encode())
    for path, content in sorted(wanted.items()):
        digest.update(path.encode() + b"\0" + (content or b"\0gone") + b"\0")
    return digest.hexdigest() + "\n"


def ensure(stock=False):
    """Have the tree as this checkout says; with @stock, the base alone."""
    base.ensure()
    tree = trees.source(stock)
    identity = common.read_text(BASE + ".from")
    wanted = {} if stock else wanted_contents()
    link_base(tree, identity)
    changed = lay_over(tree, wanted)
    common.write_if_changed(tree + ".content", fingerprint(wanted, identity).encode())
    if changed:
        common.say(f"  {changed} files new or changed in {os.path.relpath(tree, ROOT)}")


def arguments(parser):
    parser.add_argument("--stock", action="store_true", help="the base alone, in build/stock")


def main(options):
    ensure(options.stock)
