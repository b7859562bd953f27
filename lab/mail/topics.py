# SPDX-License-Identifier: GPL-2.0
"""What series.d says: the topics, each a series of its own, and the entries of each.

A folder is a topic. Its file "cover" has the Subject of the cover letter, what
other topics it Needs, and the letter. The other files are the entries, in
order, one or more commits each, with header lines:

  Subject    of the commit, whose message follows. Without it, the Patches are
             commits of their own; if it brings Files, too, it is one patch,
             which has subject and message
  Files      globs of our files that it brings, and Without those
  Patches    globs of patches/ that go with it
  Meanwhile  a diff, in the same folder, to files that a later entry replaces

A glob takes what no entry before it has taken.
"""
import fnmatch
import glob
import os

from lab.common import LAB, LabError
from lab.mail import message

WHERE = os.path.join(LAB, "mail", "series.d")
COVER = "cover"


class Entry:
    """One file of a topic."""

    def __init__(self, path):
        headers, self.body = message.read(path)
        self.name = os.path.relpath(path, WHERE)
        self.subject = headers.get("Subject")
        self.globs, self.without, self.patch_globs = (
            headers.get(name, "").split() for name in ("Files", "Without", "Patches"))
        self.meanwhile = [os.path.join(os.path.dirname(path), name)
                          for name in headers.get("Meanwhile", "").split()]
        self.files, self.patches = [], []

    def take(self, files, patches):
        """Claim what this entry names out of what is left."""
        self.files = [path for path in files
                      if matches(path, self.globs) and not matches(path, self.without)]
        self.patches = [patch for patch in patches
                        if matches(os.path.basename(patch), self.patch_globs)]
        if self.files == self.patches == []:
            raise LabError(f"{self.name} matches nothing")
        if (self.files or self.meanwhile) and not self.subject and len(self.patches) != 1:
            raise LabError(f"{self.name}: which patch has the message?")

    def commits(self):
        """(message, files, diffs) of each commit, in order."""
        if self.subject:
            return [(f"{self.subject}\n\n{self.body}\n", self.files,
                     self.patches + self.meanwhile)]
        return [("\n\n".join(message.of_patch(patch)) + "\n", self.files,
                 [patch, *self.meanwhile]) for patch in self.patches]


class Topic:
    """One folder: a cover letter and entries."""

    def __init__(self, path):
        headers, self.body = message.read(os.path.join(path, COVER))
        self.name = os.path.basename(path)
        self.subject = headers["Subject"]
        self.needs = headers.get("Needs", "").split()
        self.entries = [Entry(name) for name in sorted(glob.glob(os.path.join(path, "*")))
                        if os.path.basename(name) != COVER and not name.endswith(".diff")]


def matches(path, globs):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in globs)


def read(files, patches):
    """All topics, with every file and patch given to exactly one entry."""
    topics = [Topic(path) for path in sorted(glob.glob(os.path.join(WHERE, "*")))]
    earlier = []
    for topic in topics:
        if not set(topic.needs) <= set(earlier):
            raise LabError(f"{topic.name} needs what does not come before it")
        earlier.append(topic.name)
        for entry in topic.entries:
            entry.take(files, patches)
            files = [path for path in files if path not in entry.files]
            patches = [patch for patch in patches if patch not in entry.patches]
    if files or patches:
        raise LabError("no entry of lab/mail/series.d takes: " + " ".join(files + patches))
    return topics
