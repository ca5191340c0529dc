"""What the scripts share: a list of streams and playback IDs in a file, and threads that go through it."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class Calls(ABC):
    """The three calls, each as one kind of client makes it."""

    @abstractmethod
    def create(self, stream_id: str, access_policy: str) -> str:
        """Returns the playback ID."""

    @abstractmethod
    def read(self, stream_id: str, playback_id: str) -> None:
        """Raises if there is none."""

    @abstractmethod
    def delete(self, stream_id: str, playback_id: str) -> None:
        """Raises if there is none."""


def run(calls: Calls) -> None:
    """Do what the command line says: an operation, the file with streams and playback IDs, how many threads."""
    _, operation, file, threads = sys.argv
    state: list[list[str]] = json.loads(Path(file).read_text())

    def work(entry: list[str]) -> list[str]:
        stream_id, playback_id = entry
        if operation == "create":
            return [stream_id, calls.create(stream_id, "public")]
        if operation == "refresh":
            calls.read(stream_id, playback_id)
            return entry
        made = calls.create(stream_id, "private") if operation == "replace all" else ""
        calls.delete(stream_id, playback_id)
        return [stream_id, made]

    with ThreadPoolExecutor(int(threads)) as pool:
        state = list(pool.map(work, state))
    Path(file).write_text(json.dumps(state))
