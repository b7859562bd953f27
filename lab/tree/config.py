# SPDX-License-Identifier: GPL-2.0
"""Configures a flavour: allnoconfig with the flavour's fragments of lab/configs on top.

A line of a fragment that Kconfig does not take over is an error: a kernel
that quietly lacks what a test is about proves nothing. The one exception is
an option that the tree does not know at all, as the stock tree knows none of
ours; that is said.
"""
import hashlib
import os
import re
import subprocess

from lab import arches, common
from lab.common import LAB, LabError
from lab.tree import assemble, trees

ASSIGNMENT = re.compile(r"^(?:CONFIG_(\w+)=(.*)|# CONFIG_(\w+) is not set)$")


def parse(text):
    """symbol -> value, "n" where it is not set; later lines win."""
    values = {}
    for match in filter(None, map(ASSIGNMENT.match, text.splitlines())):
        symbol, value, unset = match.groups()
        values[symbol or unset] = "n" if unset else value
    return values


def requested(flavour):
    values = {}
    for name in arches.fragments(flavour):
        path = os.path.join(LAB, "configs", name + ".config")
        if not os.path.isfile(path):
            raise LabError(f"no fragment {path}")
        with open(path) as file:
            values.update(parse(file.read()))
    return values


def fragment_text(values):
    return "".join(f"# CONFIG_{symbol} is not set\n" if value == "n"
                   else f"CONFIG_{symbol}={value}\n" for symbol, value in values.items())


def known_symbols(tree, symbols):
    """Those of @symbols that some Kconfig file of the tree defines."""
    pattern = r"^\s*(menu)?config (" + "|".join(symbols) + r")\s*$"
    found = subprocess.run(["grep", "-rhoE", "--include=Kconfig*", "--exclude-dir=o-*",
                            pattern, tree], stdout=subprocess.PIPE, check=False)
    return {line.split()[-1] for line in found.stdout.decode().splitlines()}


def check(flavour, stock, values):
    with open(os.path.join(trees.objects(flavour, stock), ".config")) as file:
        got = parse(file.read())
    lost = [symbol for symbol, value in values.items() if got.get(symbol, "n") != value]
    if not lost:
        return
    known = known_symbols(trees.source(stock), lost)
    refused = [f"    CONFIG_{symbol}: wanted {values[symbol]}, got {got.get(symbol, 'n')}"
               for symbol in lost if symbol in known]
    if refused:
        raise LabError(f"{trees.label(flavour, stock)}: Kconfig did not take over what "
                       "lab/configs asks for:\n" + "\n".join(refused))
    unknown = [symbol for symbol in lost if symbol not in known]
    common.say(f"  not in this tree, left out: {' '.join(unknown)}")


def stamp_of(flavour, stock, text):
    """Changes when the fragments, the tree's Kconfig files or the compiler do."""
    tree = trees.source(stock)
    content = common.read_text(tree + ".content")
    compiler = subprocess.run([arches.machine(flavour).cross + "gcc", "--version"],
                              stdout=subprocess.PIPE, check=False).stdout
    return hashlib.sha256(text.encode() + content.encode() + compiler).hexdigest()


def configure(flavour, stock, text):
    """Run allnoconfig; the old .config stays, with its time, if nothing differs."""
    directory = trees.objects(flavour, stock)
    os.makedirs(directory, exist_ok=True)
    seed = os.path.join(directory, ".lab-fragment")
    common.write_if_changed(seed, text.encode())
    fresh = os.path.join(directory, ".lab-config")
    env = dict(common.build_env(), KCONFIG_ALLCONFIG=seed, KCONFIG_CONFIG=fresh)
    common.run_logged(trees.make(flavour, "allnoconfig", stock=stock),
                      "config-" + trees.label(flavour, stock), env=env)
    with open(fresh, "rb") as file:
        common.write_if_changed(os.path.join(directory, ".config"), file.read())


def ensure(flavour, stock=False):
    """Have the flavour configured; the tree must be there."""
    values = requested(flavour)
    text = fragment_text(values)
    stamp = stamp_of(flavour, stock, text)
    mark = os.path.join(trees.objects(flavour, stock), ".lab-configured")
    if common.read_text(mark) == stamp:
        return
    if os.path.exists(mark):
        os.unlink(mark)     # a refused configuration must not pass for the last good one
    with common.step(f"configure {trees.label(flavour, stock)}"):
        configure(flavour, stock, text)
    check(flavour, stock, values)
    with open(mark, "w") as file:
        file.write(stamp)


def arguments(parser):
    trees.arguments(parser)


def main(options):
    assemble.ensure(options.stock)
    ensure(options.flavour, options.stock)
