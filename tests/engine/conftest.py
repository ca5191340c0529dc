"""The real engine against the real sandbox, one of each for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support.engine import Stack, find_engine


@pytest.fixture(autouse=True, scope="session")
def engine() -> None:
    find_engine()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """A stack whose environment points to the sandbox, created and without a program."""
    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program("")
    stack.create()
    return stack
