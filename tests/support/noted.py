"""Creates as the journal has them, and a journal that has some."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi_fastpix.journal import noted
from pulumi_fastpix.journal.noted import NotedCreate
from support.states import STREAM, urn

MARK = "sandbox-0123456789ab"
NOTED = NotedCreate("key-1", urn("main"), "LivePlaybackId", MARK, STREAM, "public", begun_at="2026-05-20T12:50:15Z")


def create(number: int = 1, name: str = "main", **more: Any) -> NotedCreate:
    """One with a key of its own."""
    return replace(NOTED, key=f"key-{number}", urn=urn(name), **more)


def lines_of(one: NotedCreate) -> list[bytes]:
    """What a process has written of a create that has come as far as this one."""
    lines = [noted.begun(one)]
    if one.existing is not None:
        lines.append(noted.existing(one, one.existing))
    if one.is_sent:
        lines.append(noted.sending(one))
    if one.id:
        lines.append(noted.made(one, one.id))
    return [noted.encoded(line) for line in lines]


def write_journal(folder: Path, *creates: NotedCreate, name: str = "20260520T125015Z-1-0a.jsonl") -> Path:
    """The file of a process that was killed, and has had these."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(b"".join(line for one in creates for line in lines_of(one)))
    return file
