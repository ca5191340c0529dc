"""What killed processes have left is found, and forgotten once it is settled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.journal import noted, reading
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.reading import LeftOver

CREATE = NotedCreate("k", "urn:pulumi:dev::project::fastpix:index:LivePlaybackId::main", "LivePlaybackId", "mark")
OF_ANOTHER_STACK = replace(CREATE, key="o", urn=CREATE.urn.replace(":dev:", ":dev2:"))


def file_with(folder: Path, number: int, *creates: NotedCreate) -> Path:
    """A file that a killed process has left, in which each of these was sent."""
    file = folder / f"2026010{number}T000000Z-1-a.jsonl"
    lines = (line for one in creates for line in (noted.begun(one), noted.sending(one)))
    file.write_bytes(b"".join(map(noted.encoded, lines)))
    return file


def test_the_creates_of_a_stack_are_those_of_all_processes_but_this_one(tmp_path: Path) -> None:
    second = file_with(tmp_path, 2, replace(CREATE, key="second"), OF_ANOTHER_STACK)
    first = file_with(tmp_path, 1, CREATE)
    own = file_with(tmp_path, 3, replace(CREATE, key="own"))
    left_over = LeftOver(tmp_path, own)
    assert [(one.key, one.file) for one in left_over.of_stack("dev", "project")] == [("k", first), ("second", second)]
    assert LeftOver(None).creates == LeftOver(tmp_path / "missing").creates == []


def test_what_is_settled_is_forgotten_and_then_its_file(tmp_path: Path) -> None:
    never_sent = replace(CREATE, key="never sent")
    file = file_with(tmp_path, 1, CREATE, replace(CREATE, key="second"))
    with file.open("ab") as opened:
        opened.write(b'\n{"half a line' + noted.encoded(noted.begun(never_sent)))
    first, second, _ = LeftOver(tmp_path).creates
    LeftOver(tmp_path).forget([first])
    assert [one.key for one in LeftOver(tmp_path).creates] == ["second", "never sent"]
    LeftOver(tmp_path).forget([second])
    assert not file.exists()


def test_what_was_not_found_is_noted(tmp_path: Path) -> None:
    file_with(tmp_path, 1, CREATE)
    left_over = LeftOver(tmp_path)
    left_over.note_not_found(left_over.creates)
    assert [one.is_looked_for for one in LeftOver(tmp_path).creates] == [True]


def test_what_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 50_000)
    huge = file_with(tmp_path, 1, CREATE)
    huge.write_bytes(huge.read_bytes() + b"\n" * 50_000)
    folder = tmp_path / "20260102T000000Z-1-a.jsonl"
    folder.mkdir()
    file_with(tmp_path, 3, CREATE)
    left_over = LeftOver(tmp_path)
    assert [one.key for one in left_over.creates] == ["k"]
    assert left_over.unreadable == [
        f"{huge}, of the journal, is too large to be read.",
        f"{folder}, of the journal, can't be read: Is a directory.",
    ]
