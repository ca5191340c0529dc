"""What tests of the lifecycle of live streams declare, and what they look at."""

from __future__ import annotations

import json
from typing import Any

from pulumi_fastpix.resources.live_stream.inputs import check
from support.scripted_server import ScriptedServer
from support.streams import SECRETS, STREAM

INPUTS = check({})[0]
RULES = {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}}
PLAYBACK_IDS: list[dict[str, Any]] = STREAM["playbackIds"]
SECOND = {"id": "second", "accessPolicy": "public"}


def bodies(server: ScriptedServer, *methods: str) -> list[Any]:
    return [json.loads(request.body) for request in server.received if request.method in methods]


def changes(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.received if request.method != "GET"]


def no_secret_in(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)
