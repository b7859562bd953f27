# SPDX-License-Identifier: GPL-2.0
"""The work as a series of patches."""
