"""One real browser for all tests of this folder, and a sandbox with an API client."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import Chromium
from pulumi_fastpix.sandbox import Sandbox
from unit.sandbox.client import Client

FIND = Path(__file__).parents[2] / "tools" / "chromium"
ELSEWHERE = "elsewhere.example"
"""A site whose name leads to this machine."""


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A person may go without a browser; continuous integration may not."""
    found = subprocess.run([FIND], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(found.stderr)
    folder = tmp_path_factory.mktemp("chromium")
    chromium = Chromium(found.stdout.strip(), folder, f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1")
    yield chromium
    chromium.close()


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client
