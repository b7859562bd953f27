# SPDX-License-Identifier: GPL-2.0
"""Packs files into an archive that the kernel unpacks into its first root file system.

With the kernel's own gen_init_cpio, which needs no root.
"""
import gzip
import os
import re
import shutil
import subprocess

from lab import common
from lab.common import BUILD, LabError
from lab.tree import trees

PYTHON = "/usr/bin/python3"


def pack(target, flavour, stock, pairs, links=(), directories=(), nodes=()):
    """Write a compressed archive, and its list of contents beside it.

    @pairs: (path in the guest, file); @links: (path in the guest, where it
    points); @nodes: lines for gen_init_cpio as they are. Directories above a
    file need no mention.
    """
    everywhere = set(directories) | {parent for path, _ in pairs
                                     for parent in parents(path.lstrip("/"))}
    lines = [f"dir /{path} 0755 0 0" for path in sorted(everywhere)]
    lines += nodes
    lines += [f"file {path} {source} 0{mode_of(source):o} 0 0" for path, source in pairs]
    lines += [f"slink {path} {to} 0777 0 0" for path, to in links]
    listing = target + ".list"
    common.write_if_changed(listing, ("\n".join(lines) + "\n").encode())
    packer = os.path.join(trees.objects(flavour, stock), "usr/gen_init_cpio")
    result = subprocess.run([packer, "-t", "0", listing], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False)
    if result.returncode:
        raise LabError(result.stderr.decode(errors="replace") + f"cannot pack {listing}")
    with open(target, "wb") as file:
        file.write(gzip.compress(result.stdout, 1, mtime=0))


def archive(name):
    return os.path.join(BUILD, f"initramfs-{name}.cpio.gz")


def pack_behind(name, flavour, pairs):
    """Write the guest's archive with one of @pairs behind it; return its path.

    The kernel unpacks one after the other. The guest's own must be there.
    """
    ours = archive(name + "-only")
    target = archive(name)
    pack(ours, flavour, False, pairs)
    with open(target, "wb") as whole:
        for path in (archive(flavour), ours):
            with open(path, "rb") as part:
                shutil.copyfileobj(part, whole)
    return target


def libraries_of(programs):
    """Shared libraries and the loader, as the loader will look for them."""
    found = set()
    for program in programs:
        listing = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True)
        found.update(re.findall(r"(/\S+) \(0x", listing.stdout))
    return found


def python_of(script, late=()):
    """Debian's Python, and what it loads for a script: modules and shared libraries.

    @late: modules that are loaded only while it runs. The script itself is not run.
    """
    code = ("import runpy, sys; runpy.run_path(sys.argv[1]); list(map(__import__, sys.argv[2:]));"
            "print(*{m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', 0)})")
    listing = subprocess.run([PYTHON, "-c", code, script, *late], stdout=subprocess.PIPE,
                             text=True, check=True)
    modules = set(listing.stdout.split()) - {script}
    binaries = {PYTHON, *(name for name in modules if name.endswith(".so"))}
    return modules | binaries | libraries_of(binaries)


def parents(path):
    while path := os.path.dirname(path):
        yield path


def mode_of(path):
    return 0o755 if os.access(path, os.X_OK) or path.endswith(".sh") else 0o644
