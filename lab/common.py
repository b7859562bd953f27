# SPDX-License-Identifier: GPL-2.0
"""What every part of the lab shares: places, settings, progress, logged commands.

Owns the meaning of the environment variables that a person may set. Knows
nothing about kernels, guests or tests.
"""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAB = os.path.join(ROOT, "lab")
BUILD = os.environ.get("LAB_BUILD") or os.path.join(ROOT, "build")
BASE = os.path.join(BUILD, "base")
LOGS = os.path.join(BUILD, "logs")
RUNNING = set()     # commands of ours, to be ended when time is up

NCPU = int(os.environ.get("NCPU") or 4)
ACCEL = os.environ.get("ACCEL") or "tcg"
ARCH = os.environ.get("ARCH") or "x86_64"
VERBOSE = bool(os.environ.get("VERBOSE"))
QUIET = bool(os.environ.get("QUIET"))
# Seconds without a new line on the console before a guest counts as hung.
WATCHDOG = int(os.environ.get("WATCHDOG") or 120)
JOBS = int(os.environ.get("JOBS") or os.cpu_count() or 1)


class LabError(Exception):
    """Something a person must act on; printed as it is, without a traceback."""


def say(text):
    """One line for the person; dropped with QUIET."""
    if not QUIET:
        print(text, flush=True)


@contextlib.contextmanager
def step(what):
    """Say what is being done and, at the end, how long it took."""
    if not QUIET:
        print(f"  {what:<58}", end="\n" if VERBOSE else "", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        if not QUIET:
            print(" failed", flush=True)
        raise
    if not QUIET:
        print(f" {time.monotonic() - start:7.1f} s", flush=True)


def tail(path, lines=30):
    """The last lines of a log, for an error message."""
    try:
        with open(path, errors="replace") as log:
            return "".join(log.readlines()[-lines:])
    except OSError:
        return ""


def log_path(name):
    os.makedirs(LOGS, exist_ok=True)
    return os.path.join(LOGS, name + ".log")


def run_logged(argv, log_name, cwd=None, env=None):
    """Run a command with its output in build/logs; LabError with the tail if it fails."""
    status, path = try_logged(argv, log_name, cwd, env)
    if status:
        raise LabError(f"{tail(path)}\n{' '.join(argv[:6])} ...: exit status {status}\n"
                       f"full log: {path}")


def try_logged(argv, log_name, cwd=None, env=None):
    """Run a command with its output in build/logs; return (status, log path)."""
    path = log_path(log_name)
    full_env = environment(env or {})
    with open(path, "wb") as log:
        log.write(("$ " + " ".join(argv) + "\n").encode())
        log.flush()
        out = subprocess.PIPE if VERBOSE else log
        proc = subprocess.Popen(argv, cwd=cwd, env=full_env, stdin=subprocess.DEVNULL,
                                stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        RUNNING.add(proc)
        try:
            if VERBOSE:
                for line in proc.stdout:
                    log.write(line)
                    sys.stdout.buffer.write(line)
                    sys.stdout.flush()
            return proc.wait(), path
        finally:
            RUNNING.discard(proc)
            if proc.poll() is None:
                kill_session(proc)


@contextlib.contextmanager
def limited(seconds):
    """Stop what has not come to its end after so many seconds, 0 for never.

    The commands that it runs end first: a thread may wait for one.
    """
    def stop(_number, _frame):
        for proc in list(RUNNING):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(proc.pid, signal.SIGKILL)
        raise LabError(f"not finished after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    outer = signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(outer)
        signal.signal(signal.SIGALRM, before)


def environment(changes):
    """Our environment with changes; a name whose value is None is taken out."""
    merged = {**os.environ, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def kill_session(proc):
    """End a process that we started in a session of its own, and its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(proc.pid, 9)
    proc.wait()


def read_text(path):
    """A file's text, None where there is no such file."""
    with contextlib.suppress(FileNotFoundError):
        with open(path) as file:
            return file.read()
    return None


def write_if_changed(path, content):
    """Write bytes only where they differ, so that make sees no new time; True if written.

    The file is replaced, never written in place: it may share its inode with
    the base.
    """
    with contextlib.suppress(OSError):
        with open(path, "rb") as old:
            if old.read() == content:
                return False
    os.makedirs(os.path.dirname(path), exist_ok=True)
    scratch = path + ".lab-new"
    with open(scratch, "wb") as new:
        new.write(content)
    if os.path.exists(path):
        shutil.copymode(path, scratch)
    os.replace(scratch, path)
    return True


def build_env():
    """Environment of a kernel build: what the caller's own make has set is not for it."""
    outer = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARCH", "CROSS_COMPILE", "KBUILD_OUTPUT", "O")
    return {**dict.fromkeys(outer), "LC_ALL": "C"}


def end_on_term(_number, _frame):
    """Let "finally" run, so that no guest outlives the tool that started it."""
    sys.exit(143)


def main(function, *args):
    """Run a command: LabError becomes a message and status 1, Ctrl-C status 130."""
    signal.signal(signal.SIGTERM, end_on_term)
    try:
        sys.exit(function(*args) or 0)
    except LabError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
