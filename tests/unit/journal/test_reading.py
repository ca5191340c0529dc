"""What killed processes have left is read, and forgotten once it is settled; what can't be read is said."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

from pulumi_fastpix.journal.files import MOST_BYTES
from pulumi_fastpix.journal.reading import LeftOver
from support.noted import NOTED, create, write_journal
from unit.journal.conftest import Start
from unit.journal.test_files import WRITER

SENT = create(1, is_sent=True)
MADE = create(2, "other", is_sent=True, id="id-2")


def events(file: Path) -> list[str]:
    return [json.loads(line)["event"] for line in file.read_bytes().splitlines() if line]


def test_all_files_are_read_but_the_own_one(folder: Path) -> None:
    assert LeftOver(folder).creates == []
    assert LeftOver(None).creates == []
    first = write_journal(folder, SENT, name="20260101T000000Z-1-0a.jsonl")
    second = write_journal(folder, MADE, NOTED, name="20260102T000000Z-1-0a.jsonl")
    found = LeftOver(folder)
    assert [(one.key, one.file) for one in found.creates] == [("key-1", first), ("key-2", second), ("key-1", second)]
    assert [one.file for one in LeftOver(folder, own=second).creates] == [first]
    assert found.unreadable == []


def test_the_creates_of_one_stack(folder: Path) -> None:
    others = ("dev::project-2", "dev-2::project", "prod::project", "dev::project::x")
    creates = [
        replace(create(number), urn=f"urn:pulumi:{stack}::type::main")
        for number, stack in enumerate(("dev::project", *others))
    ]
    write_journal(folder, *creates)
    assert [one.key for one in LeftOver(folder).of_stack("dev", "project")] == ["key-0", "key-4"]
    assert LeftOver(folder).of_stack("", "") == []


def test_a_file_goes_with_the_last_create_in_it(folder: Path) -> None:
    file = write_journal(folder, SENT, MADE, create(3, "never sent"))
    found = LeftOver(folder)
    found.forget([one for one in found.creates if one.key == "key-1"])
    assert events(file)[-1] == "settled"
    assert [one.key for one in LeftOver(folder).creates] == ["key-2", "key-3"]
    assert [one.key for one in found.creates] == ["key-2", "key-3"]
    found.forget([one for one in found.creates if one.key == "key-2"])
    assert not file.exists(), "what was never sent has made nothing"
    found.forget(found.creates[:])
    assert found.creates == []


def test_a_file_stays_as_long_as_its_process_lives(folder: Path, start: Start) -> None:
    file = write_journal(folder, MADE)
    writer = start(WRITER, file)
    found = LeftOver(folder)
    found.forget(found.creates[:])
    assert file.exists()
    assert LeftOver(folder).creates == []
    writer.kill()


def test_what_was_not_found_is_noted(folder: Path) -> None:
    write_journal(folder, SENT)
    found = LeftOver(folder)
    found.note_looked_for(found.creates)
    assert [one.is_looked_for for one in LeftOver(folder).creates] == [True]


def test_two_readers_may_forget_the_same(folder: Path) -> None:
    """A run, and a command beside it."""
    write_journal(folder, SENT, MADE)
    one, other = LeftOver(folder), LeftOver(folder)
    for found in (one, other):
        found.forget(found.creates[:])
        found.note_looked_for(found.creates)
        assert found.creates == []
    assert list(folder.iterdir()) == []


def test_what_can_not_be_noted_is_found_again(folder: Path) -> None:
    file = write_journal(folder, MADE)
    found = LeftOver(folder)
    file.unlink()
    file.mkdir()
    found.note_looked_for(found.creates)
    found.forget(found.creates[:])
    assert found.creates == []


def test_a_file_that_can_not_be_read_is_named_and_the_others_are_read(folder: Path) -> None:
    write_journal(folder, MADE)
    (folder / "20260101T000000Z-1-0a.jsonl").mkdir()
    os.truncate(write_journal(folder, SENT, name="20260102T000000Z-1-0a.jsonl"), MOST_BYTES + 1)
    (folder / "20260103T000000Z-1-0a.jsonl").symlink_to(folder / "missing")
    (folder / "20260104T000000Z-1-0a.jsonl").symlink_to("20260104T000000Z-1-0a.jsonl")
    found = LeftOver(folder)
    assert [one.key for one in found.creates] == ["key-2"]
    directory, huge, endless = found.unreadable
    assert "20260101T000000Z-1-0a.jsonl, of the journal, can't be read: Is a directory." in directory
    assert "20260102T000000Z-1-0a.jsonl, of the journal, is too large to be read." in huge
    assert "20260104T000000Z-1-0a.jsonl, of the journal, can't be read: Too many levels" in endless


def test_a_folder_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "journal", tmp_path / ("x" * 300)):
        found = LeftOver(folder)
        assert found.creates == []
        (sentence,) = found.unreadable
        assert f"The journal in {folder} can't be read" in sentence
