"""One real browser for all tests of this folder, and a sandbox with an API client."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from browser.chromium import Chromium, NoBrowserError, find_program, running
from pulumi_fastpix.sandbox import Sandbox
from unit.sandbox.client import Client

ELSEWHERE = "elsewhere.example"
"""A site whose name leads to this machine."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A person may go without a browser; continuous integration may not."""
    try:
        program = find_program()
    except NoBrowserError as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    with running(program, f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1") as chromium:
        yield chromium


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client
