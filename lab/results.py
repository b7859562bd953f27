# SPDX-License-Identifier: GPL-2.0
"""What tests come to: counts, and for a person what failed and why something was skipped."""
import dataclasses

from lab.common import LabError

SHOWN = 100     # lines of what one check has found


@dataclasses.dataclass
class Results:
    """Counts, and notes whose first word says whether something failed or was skipped."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list = dataclasses.field(default_factory=list)

    def ok(self):
        self.passed += 1

    def fail(self, what, details=()):
        self.failed += 1
        self.notes.append(f"FAILED  {what}")
        self.notes += ["        " + line for line in details[:SHOWN]]
        if len(details) > SHOWN:
            self.notes.append(f"        and {len(details) - SHOWN} lines more")

    def found(self, what, lines):
        """A check that finds nothing has passed."""
        if lines:
            self.fail(what, lines)
        else:
            self.ok()

    def skip(self, what):
        self.skipped += 1
        self.notes.append(f"skipped {what}")

    def add(self, other, prefix=""):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.notes += [note[:8] + prefix + note[8:] for note in other.notes]

    def report(self):
        """Say it all to a person; returns the exit status."""
        print("\n".join([*self.notes, self.line()]), flush=True)
        return 1 if self.failed else 0

    @property
    def total(self):
        return self.passed + self.failed + self.skipped

    def line(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def guarded(function, *args):
    """Run a part; what keeps it from running is one failure."""
    try:
        results = function(*args)
    except LabError as error:
        results = Results()
        first, *rest = str(error).strip().splitlines() or ["failed without a word"]
        results.fail(first, rest[-SHOWN:])
    if not results.total:
        results.fail("not one test ran")
    return results
