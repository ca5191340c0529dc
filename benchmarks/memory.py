"""Adds up the memory of a command and all that it started: the largest process alone would hide the others."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS_BETWEEN_SAMPLES = 0.1
PROCESSES = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
RESIDENT = 1
"""The column of `statm` with the resident pages."""
SESSION = 3
"""The column of `stat`, counted from behind the command's name."""


@dataclass
class Peak:
    """The most that was resident at once, in bytes; shared pages count once for each process."""

    size: int = 0


@contextmanager
def peak_of_session(leader: int) -> Iterator[Peak]:
    """Watch a session, since Pulumi puts its plugins into process groups of their own. Without /proc it stays 0."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(SECONDS_BETWEEN_SAMPLES):
            peak.size = max(peak.size, _resident(leader))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _resident(leader: int) -> int:
    return sum(_resident_of(process, leader) for process in PROCESSES.glob("[0-9]*"))


def _resident_of(process: Path, leader: int) -> int:
    try:
        columns = (process / "stat").read_text().rpartition(")")[2].split()
        if int(columns[SESSION]) != leader:
            return 0
        return int((process / "statm").read_text().split()[RESIDENT]) * PAGE
    except OSError:
        return 0  # it has ended meanwhile
