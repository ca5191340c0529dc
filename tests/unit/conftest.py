"""A client and a lifecycle in front of a scripted server, on a clock on which waiting takes no time.

A test that needs another server, clock or settings replaces that fixture, and keeps the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.settings.settings import Settings
from support.scripted_server import ScriptedServer, scripted_server
from support.still_clock import StillClock


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def settings(server: ScriptedServer) -> Settings:
    return Settings("token", "secret-key", server.base_url)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def client(settings: Settings, clock: StillClock) -> Iterator[Client]:
    with Client(settings, clock) as client:
        yield client


@pytest.fixture
def lifecycle(client: Client) -> Lifecycle:
    return LivePlaybackIdLifecycle(Workspace(client))
