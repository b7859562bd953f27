# SPDX-License-Identifier: GPL-2.0
"""What the soak makes of the lines that the guest writes."""
import unittest

from lab.checks import soak
from lab.guest.console import Job

LINES = ["TAP version 13", "# 3 CPUs can move, seed 7",
         "# ops set-off:2:1000000:0 one-on:1:3000000:0 target-down:1:2000000:0",
         "# suspend of 3 CPUs: Device or resource busy",
         "# ops suspend:3:9000000:16 set-off:2:5000000:0 suspend:3:9000000:16",
         "# build 1 in 900 ms", "# 1 builds, 0 lost", "# beside it, disk: 12 times",
         "# moved 6 CPUs in 2 s", "# slowest step: timers:prepare down 1500 us", "ok 1 x"]


class Soak(unittest.TestCase):
    def setUp(self):
        self.job = Job("/soak/soak.sh mixed 60 7", LINES)

    def test_operations_are_read(self):
        ops = soak.operations(self.job)
        self.assertEqual(len(ops), 6)
        self.assertEqual(ops[2], soak.Op("target-down", 1, 2000000, 0))

    def test_the_mode_is_in_the_command(self):
        self.assertEqual(soak.mode_of(self.job), "mixed")

    def test_each_kind_that_succeeded_has_a_row(self):
        rows = soak.table({"mixed": soak.operations(self.job)})
        self.assertEqual([row.split()[0] for row in rows],
                         ["kind", "set-off", "one-on", "target-down"])
        self.assertEqual(rows[1].split()[1:5], ["mixed", "2", "2.0", "1.0"])

    def test_refusals_are_counted_by_errno(self):
        self.assertEqual(soak.refusals(soak.operations(self.job)), "suspend EBUSY 2")
        self.assertEqual(soak.refusals([]), "none")

    def test_the_summary_has_the_whole(self):
        self.assertEqual(soak.summary("mixed", self.job), [
            "mixed: 6 operations, refused: suspend EBUSY 2", "  1 builds, 0 lost",
            "  beside it, disk: 12 times", "  moved 6 CPUs in 2 s",
            "  slowest step: timers:prepare down 1500 us"])
