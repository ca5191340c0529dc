"""A running sandbox and a plain HTTP client for it."""

from __future__ import annotations

import base64
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
def credentials(sandbox: Sandbox) -> str:
    """The header with the sandbox's credentials."""
    pair = f"{sandbox.access_token_id}:{sandbox.secret_key}"
    return f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"


@pytest.fixture
def demo() -> str:
    """Path of the demo stream."""
    return f"/live/streams/{DEMO_STREAM_ID}"


@pytest.fixture
def ids(demo: str) -> str:
    """Path of the demo stream's playback IDs."""
    return f"{demo}/playback-ids"
