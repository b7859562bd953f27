# SPDX-License-Identifier: GPL-2.0
"""The form that all of patches/ have: their names, and how their text is laid out.

A patch is called after its number and its subject. It has a Subject line, a
message, a line of three dashes, and plain unified diffs: what git adds to a
diff would change with every patch before it.
"""
import os
import re

from lab.mail import message

MAX_NAME = 52       # characters of the subject that a name has
MAX_LINE = 75       # columns of a message
GIT_ONLY = re.compile(r"diff --git |index [0-9a-f]+\.\.|(new|deleted) file mode ")
TAG = re.compile(r"[A-Z][a-z-]+: ")


def slug(subject):
    """As much of a subject as fits into a name, in whole words."""
    words = re.findall(r"[a-z0-9]+", subject.lower().replace("'", ""))
    text = words[0]
    for word in words[1:]:
        if len(text) + 1 + len(word) > MAX_NAME:
            break
        text += "-" + word
    return text


def name(number, subject):
    return f"{number}-{slug(subject)}.patch"


def tidied(text):
    """The text of a patch in that form; lines of the message are left as they are."""
    head, _, diff = text.partition("\n---\n")
    lines = [line for line in diff.splitlines() if not GIT_ONLY.match(line)]
    return head.strip() + "\n---\n" + "\n".join(lines) + "\n"


def complaints(path):
    """What is not as it should be about a patch."""
    with open(path) as file:
        text = file.read()
    base = os.path.basename(path)
    subject, body = message.of_patch(path)
    found = []
    if base != name(base[:4], subject):
        found.append(f"is to be called {name(base[:4], subject)}")
    if text != tidied(text):
        found.append("is not laid out like the others (lab/lab series --tidy)")
    if not body:
        found.append("has no message")
    found += [f"a line of the message is too long: {line}" for line in body.splitlines()
              if len(line) > MAX_LINE and not TAG.match(line)]
    return [f"{base}: {line}" for line in found]


def tidy(path):
    """Rewrite and rename a patch; returns where it is now."""
    with open(path) as file:
        text = file.read()
    directory, base = os.path.split(path)
    target = os.path.join(directory, name(base[:4], message.of_patch(path)[0]))
    os.replace(path, target)
    if text != tidied(text):
        with open(target, "w") as file:
            file.write(tidied(text))
    return target
