"""A folder for the journal, creates to be noted, and other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.writing import Journal, Noting

Child: TypeAlias = "subprocess.Popen[str]"
WITH_SUPPORT = {"PYTHONPATH": str(Path(__file__).parents[2])}
"""What lets another process import what tests share."""

EXISTING = ("old-1", "old-2")
"""What is in the list when `send` sends."""

Start: TypeAlias = Callable[..., Child]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program in a process of its own, with arguments, and waits until it has printed a line."""
    with ExitStack() as children:

        def started(program: str, *arguments: object) -> Child:
            child = subprocess.Popen(
                [sys.executable, "-c", program, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | WITH_SUPPORT,
            )
            children.enter_context(child)
            children.callback(child.kill)
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            return child

        yield started


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    journal = Journal(folder)
    yield journal
    journal.end()


def send(noting: Noting, existing: tuple[str, ...] = EXISTING) -> None:
    noting.sending(lambda: existing)


def make(journal: Journal, one: NotedCreate, id_: str = "id-1") -> None:
    with journal.creating(one) as noting:
        send(noting)
        noting.made(id_)
