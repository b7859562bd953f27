# SPDX-License-Identifier: GPL-2.0
"""A guest that can be booted: its kernel, and the files in it."""
from lab.guest import initramfs
from lab.tree import kernel


def ensure(flavour, stock=False):
    kernel.ensure(flavour, stock)
    initramfs.ensure(flavour, stock)
