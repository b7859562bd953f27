# SPDX-License-Identifier: GPL-2.0
"""The two kernels that figures compare: the base alone, and ours."""
from lab.guest import ready

FLAVOUR = "x86_64"


def ensure():
    for stock in (True, False):
        ready.ensure(FLAVOUR, stock)
