# SPDX-License-Identifier: GPL-2.0
"""What builds, boots, tests and mails this kernel; lab/README is the map."""
