# SPDX-License-Identifier: GPL-2.0
"""The commands of the lab: a table, and what finds a row and runs it.

Each is a module with main(), and arguments() where it takes some; the first
line of its text is its line in the list.
"""
import argparse

from lab import common
from lab.checks import check, cocci, coverage, lint, proof, soak, symbols, torture
from lab.common import LabError
from lab.figures import bench, picture
from lab.guest import initramfs, run, shell, vm
from lab.mail import series
from lab.tree import assemble, base, config, deb, htmldocs, kernel, packages

GROUPS = (
    ("a machine to look at", (run, shell, vm)),
    ("tests", (check, lint, symbols, cocci, proof, soak, torture,
                coverage)),
    ("figures", (bench, picture)),
    ("what leaves the lab", (series, deb, htmldocs)),
    ("single stages; the others have done what they need", (packages, base, assemble, config,
                                                            kernel, initramfs)),
)


def name_of(module):
    return module.__name__.rpartition(".")[2]


COMMANDS = {name_of(module): module for _, modules in GROUPS for module in modules}


def listing():
    """What the lab can do, a line each."""
    lines = ["usage: lab/lab COMMAND [...]     lab/lab COMMAND --help says more"]
    for title, modules in GROUPS:
        lines += ["", title + ":"]
        lines += [f"  {name_of(module):<10} {module.__doc__.splitlines()[0].rstrip('.')}"
                  for module in modules]
    return "\n".join(lines)


def parsed(name, words):
    module = COMMANDS[name]
    parser = argparse.ArgumentParser(prog="lab/lab " + name, description=module.__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    if hasattr(module, "arguments"):
        module.arguments(parser)
    return parser.parse_args(words)


def dispatch(words):
    if not words or words[0] in ("help", "-h", "--help"):
        print(listing())
        return 0
    name, *rest = words
    if name not in COMMANDS:
        raise LabError(f"no such command: {name}\n\n{listing()}")
    return COMMANDS[name].main(parsed(name, rest))


def main(words):
    common.main(dispatch, words)
