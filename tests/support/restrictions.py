"""Access restrictions in a program, at the server and in the state: for tests on the engine."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Stack

PARTNER = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
BOTH = {**PARTNER, "user_agents": {"deny": ["curl"]}}
RULES: dict[str, dict[str, Any]] = {
    "domains": {"defaultPolicy": "deny", "allow": ["partner.example"]},
    "userAgents": {"deny": ["curl"]},
}
"""`BOTH` as stacks have it."""


def declared(restrictions: object = None, **inputs: str) -> str:
    given = {"stream_id": DEMO_STREAM_ID, **inputs}
    arguments = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f'main = fastpix.LivePlaybackId("main", {arguments}, access_restrictions={restrictions!r})\n'


def sent(sandbox: Sandbox) -> list[str]:
    """What was changed since the last time, as method and last part of the path."""
    requests = [f"{one.method} {one.path.rsplit('/', 1)[-1]}" for one in sandbox.mutating_requests]
    sandbox.clear_requests()
    return requests


def at_fastpix(sandbox: Sandbox, playback_id: str, stream_id: str = DEMO_STREAM_ID) -> dict[str, Any]:
    """The rules at the server, as lists of default policy, allowed and denied ones."""
    rules = sandbox.store.playback_ids.restrictions(stream_id).get(playback_id, {})
    return {group: [one.default_policy, [*one.allow], [*one.deny]] for group, one in rules.items()}


def stored(stack: Stack) -> Any:
    (resource,) = stack.resources().values()
    return resource["outputs"].get("accessRestrictions")
