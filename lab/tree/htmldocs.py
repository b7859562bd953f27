# SPDX-License-Identifier: GPL-2.0
"""Render our documentation as HTML, and nothing else of the kernel's.

Takes the assembled tree's Sphinx configuration and extensions, our pages, and a
page made from our ABI files. Any warning is about something of ours, so any
warning is an error. The result is build/htmldocs/html/index.html.
"""
import os
import shutil
import subprocess

from lab import common
from lab.common import BUILD, LabError, say
from lab.tree import assemble, overlay, trees

OUT = os.path.join(BUILD, "htmldocs")
LAYOUT = os.path.join(OUT, "tree")
HTML = os.path.join(OUT, "html")

# What pages and extensions refer to by relative paths.
NEIGHBOURS = ("include", "kernel", "samples", "scripts", "tools")
SPHINX = ("conf.py", "sphinx", "sphinx-static", "images")

ABI_PAGE = "abi"
ABI_HEAD = """\
===
ABI
===

"""

INDEX_HEAD = """\
===========
CPU hotplug
===========

.. toctree::
   :maxdepth: 2

"""


def ours(prefix, *endings):
    return [path for path in overlay.files()
            if path.startswith(prefix) and path.endswith(endings or "")]


def pages():
    """Our pages, without the ending, relative to Documentation/."""
    return [path.removeprefix("Documentation/").removesuffix(".rst")
            for path in ours("Documentation/", ".rst")]


def link(target, name):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    os.symlink(target, name)


def lay_out():
    """A tree with the configuration and our pages, everything else by links."""
    shutil.rmtree(LAYOUT, ignore_errors=True)
    source = trees.source()
    for name in NEIGHBOURS:
        link(os.path.join(source, name), os.path.join(LAYOUT, name))
    for name in SPHINX:
        link(os.path.join(source, "Documentation", name),
             os.path.join(LAYOUT, "Documentation", name))
    for page in pages():
        name = os.path.join("Documentation", page + ".rst")
        link(os.path.join(source, name), os.path.join(LAYOUT, name))


def abi_page():
    """What the kernel's script makes of our ABI files, as reStructuredText."""
    directory = os.path.join(LAYOUT, "abi")
    os.makedirs(directory)
    for path in ours("Documentation/ABI/"):
        link(os.path.join(trees.source(), path), os.path.join(directory, os.path.basename(path)))
    script = os.path.join(trees.source(), "scripts", "get_abi.pl")
    done = subprocess.run(["perl", script, "--dir", directory, "rest", "--rst-source"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode or done.stderr:
        raise LabError(f"{done.stderr}{script}: exit status {done.returncode}")
    return ABI_HEAD + done.stdout


def index_page():
    """Pages that another page lists are left to that one."""
    listed = "".join(open(os.path.join(trees.source(), path), encoding="utf-8").read()
                     for path in ours("Documentation/", ".rst"))
    names = [page for page in pages() if f"\n   {os.path.basename(page)}\n" not in listed]
    return INDEX_HEAD + "".join(f"   {name}\n" for name in names + [ABI_PAGE])


def write_pages():
    for name, text in ((ABI_PAGE, abi_page()), ("index", index_page())):
        path = os.path.join(LAYOUT, "Documentation", name + ".rst")
        common.write_if_changed(path, text.encode())


def render():
    source = os.path.join(LAYOUT, "Documentation")
    command = ["sphinx-build", "-b", "html", "-q", "-W", "--keep-going",
               "-D", "kerneldoc_srctree=" + LAYOUT,
               "-D", "kerneldoc_bin=" + os.path.join(LAYOUT, "scripts", "kernel-doc"),
               "-c", source, "-d", os.path.join(OUT, "doctrees"), source, HTML]
    common.run_logged(command, "htmldocs", cwd=source, env={"srctree": LAYOUT})


def ensure():
    """Have all pages rendered; LabError if anything is warned of."""
    assemble.ensure()
    with common.step("render the documentation"):
        lay_out()
        write_pages()
        render()
    say(f"  {os.path.relpath(HTML, common.ROOT)}/index.html")


def main(_options):
    ensure()
