# SPDX-License-Identifier: GPL-2.0
"""Reads what patches/ and series.d say: header lines, then a message."""
import email
import os

from lab.common import ROOT, LabError


def read(path):
    """(header lines by name, message) of a file, up to a line of three dashes."""
    with open(path) as file:
        parsed = email.message_from_string(file.read().split("\n---\n")[0])
    headers = {name: " ".join(value.split()) for name, value in parsed.items()}
    return headers, parsed.get_payload().strip()


def of_patch(path):
    """(subject, message) of a patch."""
    headers, body = read(path)
    if not headers.get("Subject"):
        raise LabError(f"{os.path.relpath(path, ROOT)} has no Subject")
    return headers["Subject"], body
