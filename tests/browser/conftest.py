"""One real browser for all tests of this folder, and a sandbox with an API client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Chromium, running
from pulumi_fastpix.sandbox import Sandbox
from support.needed import find_or_skip
from unit.sandbox.client import Client

ELSEWHERE = "elsewhere.example"
"""A site whose name leads to this machine."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with running(
        find_or_skip("tools/program", "chromium"), f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    ) as chromium:
        yield chromium


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client
