"""The signing keys that a stack has made, with their private keys, which no command may show."""

from __future__ import annotations

import base64
import json

from support.commands import Completed
from support.engine import Stack


def keys_of(stack: Stack) -> dict[str, tuple[str, str]]:
    """The ID and the private key of each signing key that the stack has made, by name."""
    state = json.loads(stack.run("stack", "export", "--show-secrets").output)["deployment"]
    return {
        one["urn"].rpartition("::")[2]: (str(one["id"]), str(json.loads(one["outputs"]["privateKey"]["plaintext"])))
        for one in state["resources"]
        if "privateKey" in one.get("outputs", {})
    }


def assert_never_shown(private_key: str, *completed: Completed) -> None:
    body = base64.b64decode(private_key).decode().splitlines()[1]
    printed = "".join(one.stdout + one.stderr for one in completed)
    assert not any(form in printed for form in (private_key, body, body[:40]))
