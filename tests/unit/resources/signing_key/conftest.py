"""Signing keys in front of a server that answers word for word what a test wants."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.announce import announcing_through
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.signing_key.lifecycle import SigningKeyLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from support.scripted_server import ScriptedServer
from support.signing_keys import (
    CREATED_AT,
    KEY_DELETED,
    KEY_ID,
    PRIVATE_KEY,
    PUBLIC_KEY,
    key_made,
    key_read,
    keys_listed,
)

LIST = "*/signing-keys[?]*"
ONE = f"*/signing-keys/{KEY_ID}"


@pytest.fixture
def workspace(client: Client) -> Workspace:
    return Workspace(client)


@pytest.fixture
def lifecycle(workspace: Workspace) -> SigningKeyLifecycle:
    return SigningKeyLifecycle(workspace)


@pytest.fixture(autouse=True)
def script(server: ScriptedServer) -> None:
    server.on("GET", keys_listed("0-old"), path=LIST)
    server.on("GET", key_read(), path=ONE)
    server.on("POST", key_made())
    server.on("DELETE", KEY_DELETED)


@pytest.fixture
def state(workspace: Workspace) -> dict[str, Any]:
    return {
        "rotation": "2026-11",
        "privateKey": PRIVATE_KEY,
        "publicKey": PUBLIC_KEY,
        "createdAt": CREATED_AT,
        "seenBy": workspace.settings.workspace_mark,
    }


@pytest.fixture
def said() -> Any:
    """What is announced, with its severity."""
    lines: list[tuple[str, str]] = []
    with announcing_through(lambda severity, text: lines.append((severity, text))):
        yield lines
