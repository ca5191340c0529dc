"""A program is told of a provider process of its stack that was killed, and of no other."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_fastpix.journal import files
from pulumi_fastpix.journal.files import new_file
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.program import killed_processes
from pulumi_fastpix.program.killed_processes import LOOKED_EVERY_SECONDS
from support.noted import create, write_journal

SENT = create(is_sent=True)
TOLD = "A provider process was killed during this run."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FASTPIX_JOURNAL", str(tmp_path / "journal"))
    return tmp_path / "journal"


def told(capsys: pytest.CaptureFixture[str], happens: Callable[[], object], stack: str = "dev") -> int:
    """How often a program is told while something happens, and a while longer."""
    program = asyncio.new_event_loop()
    arguments = (program, stack, "project", time.time())
    watching = threading.Thread(target=killed_processes._watch, args=arguments)
    watching.start()
    happens()
    watching.join(20 * LOOKED_EVERY_SECONDS)
    program.close()
    watching.join(60)
    return capsys.readouterr().err.count(TOLD)


def write_dead(folder: Path, *creates: NotedCreate) -> None:
    write_journal(folder, *creates, name=new_file(folder).name)


def write_living(folder: Path, *creates: NotedCreate) -> None:
    file = folder / new_file(folder).name
    folder.mkdir()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    files.lock(descriptor)
    write_journal(folder, *creates, name=file.name)


def test_a_killed_process_is_told_of_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, lambda: write_dead(folder, SENT)) == 1


def test_others_are_not_told_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def happens() -> None:
        write_dead(folder, create())
        write_journal(folder, SENT)

    assert told(capsys, happens) == 0
    assert told(capsys, lambda: write_dead(folder, SENT), stack="another") == 0


def test_a_process_that_lives_is_not_told_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, lambda: write_living(folder, SENT)) == 0


@pytest.mark.parametrize("system", ["Windows", "a network's file system"])
def test_where_there_are_no_locks_nothing_is_told(
    system: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There it isn't known which process lives. No such system is at hand, so this one is made like it."""
    if system == "Windows":
        monkeypatch.setattr(files, "fcntl", None)
    else:
        monkeypatch.setattr("fcntl.flock", _no_locks)
    assert told(capsys, lambda: write_living(folder, SENT)) == 0


def _no_locks(_descriptor: int, _operation: int) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
