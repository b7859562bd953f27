# SPDX-License-Identifier: GPL-2.0
"""The guest, seen from the host: its machine, its files, its console."""
