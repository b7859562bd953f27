# SPDX-License-Identifier: GPL-2.0
"""The kernel tree: base, our work on it, configurations, what is built from it."""
