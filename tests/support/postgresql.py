"""A PostgreSQL server with a database of its own, without a port: only a socket in its own folder leads to it."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.needed import find_or_skip

_USER = "nobody" if os.geteuid() == 0 else None
"""Who runs it, if not the person at the keyboard: PostgreSQL refuses to be run by root."""
_ENVIRON = {"LC_ALL": "C", "PATH": os.defpath}
"""Nothing that leads to another server."""


class PostgreSQL:
    """A running server.

    Args:
        programs: the folder of PostgreSQL's own programs.
        folder: where its socket is.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._psql = programs / "psql"
        self._folder = folder
        self.environ = {"PULUMI_BACKEND_URL": f"postgres://postgres@/postgres?host={folder}&sslmode=disable"}

    def stored(self) -> dict[str, bytes]:
        """What Pulumi has stored, by its name in this database: the rows of its table, their base64 undone."""
        query = "SELECT key, data->>'data' FROM pulumi_state"
        command: list[str | Path] = [self._psql, "-h", self._folder, "-U", "postgres", "-XAtF", "\t", "-c", query]
        done = subprocess.run(command, env=_ENVIRON, capture_output=True, text=True, check=True)
        rows = (row.split("\t") for row in done.stdout.splitlines())
        return {key.removeprefix("postgres/"): base64.b64decode(data) for key, data in rows}


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """A server for as long as it is used, or a skipped test."""
    pg_ctl = find_or_skip("tools/program", "postgresql")
    # Not in pytest's folder, which others than its owner can't enter; and the path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="postgresql-", dir="/tmp") as name:
        folder = Path(name)
        if _USER:
            shutil.chown(folder, _USER)

        def run(*arguments: str | Path) -> None:
            command = [pg_ctl, *arguments, "--silent", "--pgdata", folder / "data"]
            done = subprocess.run(
                command, cwd=folder, env=_ENVIRON, user=_USER, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr

        run("initdb", "--options", "--username=postgres --auth=trust --no-sync")
        run("start", "--log", folder / "log", "--options", f"-F -h '' -k {folder}")
        try:
            yield PostgreSQL(pg_ctl.resolve().parent, folder)
        finally:
            run("stop")
