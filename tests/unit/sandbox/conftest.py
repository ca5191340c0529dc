"""A running sandbox and a plain HTTP client for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from unit.sandbox.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client


@pytest.fixture
def demo() -> str:
    """Path of the demo stream."""
    return f"/live/streams/{DEMO_STREAM_ID}"


@pytest.fixture
def ids(demo: str) -> str:
    """Path of the demo stream's playback IDs."""
    return f"{demo}/playback-ids"
