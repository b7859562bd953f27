# SPDX-License-Identifier: GPL-2.0
"""Stock and ours side by side: numbers and pictures."""
