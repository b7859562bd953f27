# SPDX-License-Identifier: GPL-2.0
"""From nothing to a kernel that shows its CPU hotplug: the command behind "make run".

Builds what is not built, boots, runs lab/guest/inside/demo.sh with NCPU CPUs
and ends with a verdict line.
"""
import time

from lab import arches, common
from lab.guest import guests, ready


def main(_options):
    flavour = arches.shown(common.ARCH)
    start = time.monotonic()
    ready.ensure(flavour)
    common.say(f"  boot it with {common.NCPU} CPUs and walk them through their states\n")
    outcome = guests.run(guests.Guest(flavour=flavour, jobs="/lab/demo.sh", log="run"),
                         on_line=lambda text: print(text, flush=True))
    spent = f"{time.monotonic() - start:.0f} s in all, console in {outcome.log}"
    if outcome.good:
        print(f"\nVERDICT: pass: every CPU went and came back, failures were undone, the kernel "
              f"has nothing to report\n({spent})")
        return 0
    print("\n" + guests.describe(outcome))
    print(f"\nVERDICT: fail ({spent})")
    return 1
