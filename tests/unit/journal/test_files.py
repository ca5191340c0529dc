"""Where the journal's files are, how long they stay, and how a living process is told from a dead one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulumi_fastpix.journal import files
from pulumi_fastpix.journal.files import files_in, folder_of, is_being_written, new_file, prune

WRITES = """
import os, sys
from pulumi_fastpix.journal.files import lock
lock(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT))
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def written_by_a_process(file: Path) -> Iterator[None]:
    """Another process writes a file inside."""
    command = [sys.executable, "-c", WRITES, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.kill()


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/me"}, "/home/me/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/state"}, "/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "state"}, "/home/me/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": ""}, "/home/me/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/me", "FASTPIX_JOURNAL": "/cache"}, "/cache"),
        ({"HOME": "/home/me", "FASTPIX_JOURNAL": ""}, "/home/me/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/me", "FASTPIX_JOURNAL": "off"}, None),
    ],
)
def test_the_environment_says_where_the_files_are(environ: dict[str, str], folder: str | None) -> None:
    assert folder_of(environ) == (Path(folder) if folder else None)


def test_without_a_home_the_users_is_looked_up() -> None:
    assert folder_of({}) == Path.home() / ".local/state/pulumi-fastpix/journal"


def test_files_come_in_the_order_in_which_their_processes_began(tmp_path: Path) -> None:
    for name in ("20260102T000000Z-1-a.jsonl", "20260101T000000Z-9-b.jsonl", "notes.txt"):
        (tmp_path / name).touch()
    new = new_file(tmp_path)
    new.touch()
    assert [file.name[:8] for file in files_in(tmp_path)] == ["20260101", "20260102", new.name[:8]]
    assert files_in(tmp_path, since=time.time() - 5) == [new]
    assert files_in(tmp_path / "missing") == []
    assert files_in(new) == []


def test_a_file_is_being_written_until_its_process_is_dead(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    with written_by_a_process(file):
        assert is_being_written(file)
    assert not is_being_written(file)
    assert not is_being_written(tmp_path / "missing")


def test_old_files_go_unless_their_process_lives(tmp_path: Path) -> None:
    old, alive, new = (tmp_path / f"2026010{number}T000000Z-1-a.jsonl" for number in (1, 2, 3))
    for file in (old, alive, new):
        file.touch()
    with written_by_a_process(alive):
        for file in (old, alive):
            os.utime(file, (0, 0))
        prune(tmp_path)
        assert files_in(tmp_path) == [alive, new]


def test_the_oldest_files_go_while_all_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 25)
    for number in range(1, 5):
        (tmp_path / f"2026010{number}T000000Z-1-a.jsonl").write_bytes(b"x" * 10)
    prune(tmp_path)
    assert [file.name[:8] for file in files_in(tmp_path)] == ["20260103", "20260104"]
