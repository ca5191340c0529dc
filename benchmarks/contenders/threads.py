"""Scripts with threads, which remember no more than the IDs that they made: what FastPix and Python allow at best."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contenders.contender import Contender, Prepared
from benchmarks.contenders.on_pulumi import PROGRAMS
from benchmarks.server import Server
from benchmarks.work import Operation, Work

THREADS = 16


class Script(Contender):
    """One of the scripts in programs/. It has no second run and no preview: nobody declared anything."""

    operations = ("create", "refresh", "replace all", "destroy")
    at_once = THREADS

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, f"{title}, {THREADS} threads"

    def prepare(self, folder: Path, work: Work, server: Server) -> Prepared:
        return _PreparedScript(PROGRAMS / f"{self.name}.py", folder, work, server)


class _PreparedScript(Prepared):
    def __init__(self, script: Path, folder: Path, work: Work, server: Server) -> None:
        self._script, self.folder = script, folder
        self.environ = {**os.environ, **server.environ}
        self.state = folder / "made.json"
        self.state.write_text(json.dumps([[server.streams[n % len(server.streams)], ""] for n in range(work.ids)]))

    def command(self, operation: Operation) -> Sequence[str]:
        return [sys.executable, str(self._script), operation, str(self.state), str(THREADS)]
