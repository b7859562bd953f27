# SPDX-License-Identifier: GPL-2.0
"""The kernels that a run of the benchmark compares, in the order in which they take turns.

Stock and ours are always there. A run may have more: images that somebody has
built before, and ours with more on its command line.
"""
import dataclasses
import os

from lab.common import LabError
from lab.figures.record import OURS, STOCK
from lab.guest import guests

# flavour: what the figures call its configuration
TITLES = {"x86_64": "lean", "bench": "realistic", "real": "realistic, with jump labels"}


@dataclasses.dataclass(frozen=True)
class Kernel:
    """One of the kernels, for any flavour."""
    name: str
    stock: bool = False
    image: str = ""         # a file, with {flavour} in it where there is one for each
    append: str = ""        # more of the kernel's command line

    def guest(self, flavour, **rest):
        """A guest that runs it; a foreign image comes with our files."""
        append = " ".join(filter(None, (self.append, rest.pop("append", ""))))
        return guests.Guest(flavour=flavour, stock=self.stock, append=append,
                            kernel=self.image.format(flavour=flavour), **rest)

    @property
    def foreign(self):
        """Reports of its own spoil nothing: it is there to compare with."""
        return self.stock or bool(self.image)


def title(flavour):
    return TITLES.get(flavour, flavour)


def chosen(images, appends, flavours):
    """All kernels of a run; ours comes last.

    @images:  "PATH=NAME" words
    @appends: "NAME=PARAMETERS" words, with parameters that may contain "="
    """
    more = [of_image(word, flavours) for word in images]
    for word in appends:
        name, equals, append = word.partition("=")
        if not equals or not append:
            raise LabError(f"{word}: a name, '=' and parameters of the kernel are expected")
        more.append(Kernel(name, append=append))
    found = [Kernel(STOCK, stock=True), *more, Kernel(OURS)]
    names = [kernel.name for kernel in found]
    if len(set(names)) != len(names) or not all(names):
        raise LabError(f"each kernel needs a name of its own: {' '.join(names)}")
    return found


def of_image(word, flavours):
    path, _, name = word.rpartition("=")
    if len(flavours) > 1 and "{flavour}" not in path:
        raise LabError(f"{path}: which of {' '.join(flavours)} is it? Put {{flavour}} in its "
                       "place, or measure one of them")
    for flavour in flavours:
        if not os.path.isfile(path.format(flavour=flavour)):
            raise LabError(f"no kernel {path.format(flavour=flavour)}")
    return Kernel(name, image=os.path.abspath(path))
