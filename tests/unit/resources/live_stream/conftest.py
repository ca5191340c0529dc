"""A lifecycle of live streams in front of a server that answers word for word what a test wants."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.live_stream.lifecycle import LiveStreamLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.live_stream_resource import INPUTS
from support.playback_ids import PLAYBACK_ID, STREAM_KEY
from support.responses import DELETED, rules
from support.scripted_server import ScriptedServer
from support.streams import SECRETS, stream, streams


@pytest.fixture
def workspace(client: Client) -> Workspace:
    return Workspace(client)


@pytest.fixture
def lifecycle(workspace: Workspace, script: None) -> LiveStreamLifecycle:
    del script
    return LiveStreamLifecycle(workspace)


@pytest.fixture
def script(server: ScriptedServer) -> None:
    server.on("GET", stream(), path=f"*/{DEMO_STREAM_ID}")
    server.on("GET", streams(), path="*/streams[?]*")
    server.on("POST", stream(status=201))
    server.on("PATCH", stream(), path=f"*/{DEMO_STREAM_ID}")
    server.on("PATCH", rules("deny", ["a.example"]), path="*/domains")
    server.on("DELETE", DELETED)


@pytest.fixture
def state(workspace: Workspace) -> dict[str, Any]:
    return {
        **INPUTS,
        "playbackId": PLAYBACK_ID,
        "streamKey": STREAM_KEY,
        "srtSecret": SECRETS[1],
        "srtPlaybackStreamId": f"play{DEMO_STREAM_ID}",
        "srtPlaybackSecret": SECRETS[2],
        "createdAt": "2026-05-20T12:50:15.267974Z",
        "maxDuration": 0,
        "trial": False,
        "seenBy": workspace.settings.workspace_mark,
    }
