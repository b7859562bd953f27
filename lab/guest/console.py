# SPDX-License-Identifier: GPL-2.0
"""Reads a guest's console: verdict, jobs with their lines, and reports of the kernel.

Pure: takes lines, keeps what it learnt. Runs no process and prints nothing.
"""
import dataclasses
import re

# "[    1.234567] text", with an optional caller "[    T42]" behind the time
RECORD = re.compile(r"^(?:<\d+>)?\[ *(\d+\.\d+)\](?:\[ *[TC]\d+\])? ?(.*)$")
END = re.compile(r"^lab: end (.*) rc=(\d+) ms=(\d+)$")

# A kernel that prints one of these has something wrong with it, whatever the tests say.
REPORTS = re.compile("|".join((
    r"\bWARNING: ", r"\bBUG: ", r"\bBUG at ", r"\bOops\b", r"Kernel panic", r"kernel BUG",
    r"possible circular locking", r"possible recursive locking", r"inconsistent lock state",
    r"suspicious RCU usage", r"possible irq lock inversion", r"held lock freed",
    r"\brcu: INFO:", r"\brcu_\w+ (?:self-)?detected", r"detected stall",
    r"\bINFO: task .* blocked", r"sleeping function called", r"scheduling while atomic",
    r"\bKASAN:", r"\bKCSAN:", r"\bUBSAN:", r"\bODEBUG:", r"\bDEBUG_LOCKS_WARN_ON\b",
    r"soft lockup", r"hard LOCKUP", r"workqueue lockup", r"general protection fault",
    r"unable to handle", r"Unable to handle", r"refcount_t: ", r"list_(?:add|del) corruption",
    r"IRQ \d+: .*affinity.*broken", r"\bnobody cared\b", r"Unexpected interrupt",
    r"still runs after offline", r"\bcsd: ")))
# What cpuhp says of a step that takes long. Not a report: a test may want one.
SLOW = re.compile(r"cpuhp: .* runs for more than")
# Where the machine cannot go on, the host need not wait for the watchdog.
FATAL = re.compile(r"Kernel panic - not syncing|end Kernel panic")


@dataclasses.dataclass
class Job:
    """One program that the guest ran."""
    name: str
    lines: list
    status: int = None      # None: it never ended
    seconds: float = 0.0


class Console:
    """What the console has said so far.

    @on_line is called with each line of a job, @on_job with each job's name.
    """

    def __init__(self, on_line, on_job):
        self.on_line, self.on_job = on_line, on_job
        self.verdict = None     # "pass", "fail", None while there is none
        self.jobs = []
        self.kernel = []        # (time, text) of the kernel's own records
        self.reports = []       # lines that match REPORTS
        self.fatal = False

    def feed(self, line):
        """Take one line of the console."""
        match = RECORD.match(line)
        stamp, text = (float(match[1]), match[2]) if match else (None, line)
        if text.startswith("lab| "):
            if self.jobs:
                self.jobs[-1].lines.append(text[5:])
            self.on_line(text[5:])
            return
        if text.startswith(("lab: ", "LAB-VERDICT: ")):
            self.control(text)
            return
        self.kernel.append((stamp, text))
        if REPORTS.search(text):
            self.reports.append(text)
        if FATAL.search(text):
            self.fatal = True

    def control(self, text):
        if text.startswith("LAB-VERDICT: "):
            self.verdict = text.split()[1]
        elif text.startswith("lab: begin "):
            self.jobs.append(Job(text[len("lab: begin "):], []))
            self.on_job(self.jobs[-1].name)
        elif END.match(text) and self.jobs:
            _, status, milliseconds = END.match(text).groups()
            self.jobs[-1].status = int(status)
            self.jobs[-1].seconds = int(milliseconds) / 1000
