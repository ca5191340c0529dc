"""Access restrictions in a program, at the server and in the state: for tests on the engine."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox

PARTNER = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
BOTH = {**PARTNER, "user_agents": {"deny": ["curl"]}}
RULES: dict[str, dict[str, Any]] = {
    "domains": {"defaultPolicy": "deny", "allow": ["partner.example"]},
    "userAgents": {"deny": ["curl"]},
}
"""`BOTH` as stacks have it."""


def at_fastpix(sandbox: Sandbox, playback_id: str, stream_id: str = DEMO_STREAM_ID) -> dict[str, Any]:
    """The rules at the server, as lists of default policy, allowed and denied ones."""
    rules = sandbox.store.playback_ids.restrictions(stream_id).get(playback_id, {})
    return {group: [one.default_policy, [*one.allow], [*one.deny]] for group, one in rules.items()}
