# SPDX-License-Identifier: GPL-2.0
"""Draw an SMT switch on the stock kernel and on ours, on one time axis.

The machine is x86_64, whatever ARCH says. Each kernel runs once and records what
its CPUs do; the tool draws. Results are
smt-off.svg and smt-on.svg in DIR, by default build/picture, where the recordings
are, which Perfetto opens. Run it on a machine that does nothing else.
"""
import base64
import gzip
import json
import os

from lab import common
from lab.common import BUILD, LabError, say
from lab.figures import both
from lab.guest import guests

OUT = os.path.join(BUILD, "picture")
TITLES = {"stock": "Linux 6.12, one CPU after the other", "ours": "lockstep, all at once"}
SWITCHES = ("smt-off", "smt-on")


def build_tool():
    directory = os.path.join(common.ROOT, "tools/cpuhp")
    out = os.path.join(OUT, "tool")
    common.run_logged(["make", "-C", directory, f"O={out}", "TRACE=n"], "picture-tool",
                      env=common.build_env())
    return os.path.join(out, "cpuhp")


def recordings(lines):
    """What the guest's job has printed: name -> recording, as Python data."""
    found, name, text = {}, None, []
    for line in lines:
        if line.startswith("recording "):
            name, text = line.split()[1], []
        elif line == "end" and name:
            found[name] = json.loads(gzip.decompress(base64.b64decode("".join(text))))
            name = None
        else:
            text.append(line)
    return found


def record(kernel, cpus):
    """Boot one kernel; returns switch -> path of its recording."""
    guest = guests.Guest(stock=kernel == "stock", cpus=cpus, jobs="/lab/picture.sh",
                         log=f"picture-{kernel}", job_timeout=1200, limit=1500)
    outcome = guests.run(guest)
    found = recordings(outcome.console.jobs[0].lines) if outcome.console.jobs else {}
    if not outcome.usable(guest.stock) or set(found) != set(SWITCHES):
        raise LabError(f"{kernel}:\n" + guests.describe(outcome))
    paths = {}
    for name, data in found.items():
        data["otherData"]["title"] = f"{TITLES[kernel]}: {name.replace('-', ' ').upper()}"
        paths[name] = os.path.join(OUT, f"{name}-{kernel}.json")
        common.write_if_changed(paths[name], json.dumps(data).encode())
    return paths


def arguments(parser):
    parser.add_argument("-o", dest="where", metavar="DIR", default=OUT)
    parser.add_argument("cpus", type=int, nargs="?", default=64)


def main(options):
    cpus = options.cpus
    os.makedirs(options.where, exist_ok=True)

    both.ensure()
    tool = build_tool()
    paths = {}
    for kernel in TITLES:
        with common.step(f"record an SMT switch: {kernel}, {cpus} CPUs"):
            paths[kernel] = record(kernel, cpus)
    for name in SWITCHES:
        picture = os.path.join(options.where, name + ".svg")
        common.run_logged([tool, "draw", "-o", picture,
                           *(paths[kernel][name] for kernel in TITLES)], "picture-draw")
        say(f"  {os.path.relpath(picture)}")
