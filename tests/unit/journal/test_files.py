"""Where the journal's files are, which of them are removed, and how it is known that a process is alive."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from pulumi_fastpix.journal.files import (
    KEPT_FOR_SECONDS,
    MOST_BYTES,
    files_in,
    folder_of,
    is_being_written,
    lock,
    new_file,
    prune,
)
from support.noted import NOTED, write_journal
from unit.journal.conftest import Start

WRITER = """
import os, sys
from pulumi_fastpix.journal.files import lock
descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
lock(descriptor)
print("ready", flush=True)
sys.stdin.read()
"""
READER = WRITER.replace("lock(descriptor)", "import fcntl; fcntl.flock(descriptor, fcntl.LOCK_SH)")


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/a"}, "/home/a/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/a", "FASTPIX_JOURNAL": ""}, "/home/a/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "/state"}, "/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "state"}, "/home/a/.local/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "/state", "FASTPIX_JOURNAL": "/journal"}, "/journal"),
        ({"XDG_STATE_HOME": "/state"}, "/state/pulumi-fastpix/journal"),
        ({"HOME": "/home/a", "FASTPIX_JOURNAL": "off"}, None),
        ({"HOME": "/home/a", "FASTPIX_JOURNAL": "relative"}, None),
    ],
)
def test_where_the_files_are(environ: dict[str, str], folder: str | None) -> None:
    assert folder_of(environ) == (folder and Path(folder))


def test_without_a_home_in_the_environment_it_is_the_users_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/a")
    assert folder_of({}) == Path("/home/a/.local/state/pulumi-fastpix/journal")
    # A user whom the system doesn't know, as in many containers.
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_001)
    assert folder_of({}) is None


def test_files_are_listed_by_age_and_others_are_not(folder: Path) -> None:
    assert files_in(folder) == []
    folder.mkdir(parents=True)
    (folder / "notes.txt").touch()
    old = write_journal(folder, name="20250101T000000Z-2-ff.jsonl")
    new = new_file(folder)
    new.touch()
    assert files_in(folder) == [old, new]
    assert files_in(folder, since=time.time() - 60) == [new]
    assert files_in(new) == []


@pytest.mark.skipif(sys.platform == "win32", reason="the system knows no such locks")
class TestLocks:
    def test_a_process_counts_as_alive_until_it_is_killed(self, folder: Path, start: Start) -> None:
        file = write_journal(folder, NOTED)
        assert not is_being_written(file)
        writer = start(WRITER, file)
        assert is_being_written(file)
        assert is_being_written(file), "looking changes nothing"
        writer.kill()
        writer.wait()
        assert not is_being_written(file)

    def test_a_process_that_is_looked_at_while_it_begins_counts_as_alive(self, folder: Path, start: Start) -> None:
        file = write_journal(folder)
        reader = start(READER, file)
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
        locking = threading.Thread(target=lock, args=(descriptor,), daemon=True)
        locking.start()
        locking.join(0.2)
        reader.kill()
        reader.wait()
        locking.join(60)
        looked_at = start(f"import pathlib, sys\n{LOOKS}", file)
        assert looked_at.stdout is not None
        assert looked_at.stdout.read() == "True\n"
        os.close(descriptor)


LOOKS = """
from pulumi_fastpix.journal.files import is_being_written
print("ready", flush=True)
print(is_being_written(pathlib.Path(sys.argv[1])))
"""


def test_a_file_that_is_not_there_is_of_no_living_process(folder: Path) -> None:
    assert not is_being_written(folder / "missing.jsonl")


def age(file: Path, seconds: float) -> None:
    os.utime(file, (time.time() - seconds,) * 2)


def test_old_files_are_removed(folder: Path) -> None:
    old, new = (write_journal(folder, NOTED, name=f"2026010{day}T000000Z-1-0a.jsonl") for day in (1, 2))
    age(old, KEPT_FOR_SECONDS + 60)
    age(new, KEPT_FOR_SECONDS - 60)
    prune(folder)
    assert files_in(folder) == [new]


def test_the_oldest_files_are_removed_while_all_are_too_large(folder: Path) -> None:
    days = [write_journal(folder, NOTED, name=f"2026010{day}T000000Z-1-0a.jsonl") for day in range(1, 6)]
    for file in days:
        os.truncate(file, MOST_BYTES // 3)
    prune(folder)
    assert files_in(folder) == days[-3:]


def test_a_file_that_is_too_large_by_itself_takes_no_other_along(folder: Path) -> None:
    small, huge = (write_journal(folder, NOTED, name=f"2026010{day}T000000Z-1-0a.jsonl") for day in (1, 2))
    os.truncate(huge, MOST_BYTES + 1)
    prune(folder)
    assert files_in(folder) == [small]


def test_the_file_of_a_living_process_is_never_removed(folder: Path, start: Start) -> None:
    alive, dead = (write_journal(folder, NOTED, name=f"2026010{day}T000000Z-1-0a.jsonl") for day in (1, 2))
    start(WRITER, alive)
    for file in (alive, dead):
        os.truncate(file, MOST_BYTES + 1)
        age(file, KEPT_FOR_SECONDS + 60)
    prune(folder)
    assert files_in(folder) == [alive]
