# SPDX-License-Identifier: GPL-2.0
"""Our entries of MAINTAINERS, put into the base's file where they belong.

Pure: texts in, text out. The top level's MAINTAINERS holds entries and nothing
else. An entry that the base has gives way to ours; a new one goes to its
alphabetical place.
"""
import itertools
import re

from lab.common import LabError

NAME = "MAINTAINERS"
FIELD = re.compile(r"^[A-Z]:\t")
LAST = "THE REST"       # ends the list, whatever the alphabet says


def title(entry):
    return entry.partition("\n")[0]


def key(name):
    """Titles are sorted without regard to case."""
    return name == LAST, name.upper()


def is_entry(paragraph):
    first, *fields = paragraph.split("\n")
    return bool(first and fields) and not FIELD.match(first) and all(map(FIELD.match, fields))


def paragraphs(text):
    return [paragraph.strip("\n") for paragraph in re.split(r"\n{2,}", text) if paragraph.strip()]


def ours(text):
    """The entries of our file, which has to be in order."""
    entries = paragraphs(text)
    for entry in entries:
        if not is_entry(entry):
            raise LabError(f"{NAME}: not an entry: {title(entry)}")
    names = [title(entry) for entry in entries]
    for one, other in zip(names, names[1:]):
        if key(one) >= key(other):
            raise LabError(f"{NAME}: {other} has to stand before {one}"
                           if one != other else f"{NAME}: {one} stands there twice")
    return entries


def split(text):
    """The base's file: what stands before the first entry, and the entries."""
    _, heading, behind = text.partition("\nMaintainers List\n")
    entries = list(itertools.dropwhile(lambda paragraph: not is_entry(paragraph),
                                       paragraphs(behind)))
    if not heading or not entries:
        raise LabError(f"the base's {NAME} has no list of maintainers")
    return text[:text.index(entries[0], len(text) - len(behind))], entries


def place(name, names):
    """The index at which the fewest titles stand on the wrong side of @name.

    The base's list is not wholly in order: the first title behind @name may be
    far from where its neighbours are.
    """
    wrong = sum(key(other) < key(name) for other in names)
    best, least = 0, wrong
    for index, other in enumerate(names, 1):
        wrong += 1 if key(other) > key(name) else -1
        if wrong < least:
            best, least = index, wrong
    return best


def merge(base, text):
    """The base's file with the entries of ours in it."""
    head, entries = split(base)
    for entry in ours(text):
        names = [title(other) for other in entries]
        if title(entry) in names:
            entries[names.index(title(entry))] = entry
        else:
            entries.insert(place(title(entry), names), entry)
    return head + "\n\n".join(entries) + "\n"


def lost(base, text):
    """Lines of the base's entries that ours, which replace them, do not have."""
    replaced = {title(entry): entry.split("\n") for entry in split(base)[1]}
    return [f"{title(entry)}: {line}" for entry in ours(text)
            for line in replaced.get(title(entry), []) if line not in entry.split("\n")]
