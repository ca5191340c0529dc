"""Access restrictions as the promises compare them, apart from the code under test: by group, without an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.sandbox.data.records import RestrictedBy, Restrictions, Rules

GROUPS: tuple[RestrictedBy, ...] = ("domains", "userAgents")
PATHS: Mapping[str, RestrictedBy] = {"domains": "domains", "user-agents": "userAgents"}
"""The groups by the last part of the path of a PATCH."""
OPEN = Rules()
"""What a playback ID has in a group that was never set."""
NONE: Restrictions = {}


def in_order(rules: Rules) -> Rules:
    """The same rules in the one form in which all that mean the same are equal."""
    return Rules(default_policy=rules.default_policy, allow=_sorted(rules.allow), deny=_sorted(rules.deny))


def read(group: Mapping[str, Any]) -> Rules:
    """The rules that a request, a response or a state has in the form of JSON."""
    policy = group.get("defaultPolicy", "allow")
    return Rules(default_policy=policy, allow=_sorted(group.get("allow", ())), deny=_sorted(group.get("deny", ())))


def read_all(restrictions: Mapping[str, Any]) -> Restrictions:
    """All groups of restrictions in the form of JSON."""
    return {group: read(restrictions[group]) for group in GROUPS if group in restrictions}


def as_written(restrictions: Restrictions) -> dict[str, Any]:
    """Restrictions as a program gives them: without the fields that have their defaults."""
    return {group: _as_written(rules) for group, rules in restrictions.items()}


def _as_written(rules: Rules) -> dict[str, Any]:
    given = {"defaultPolicy": rules.default_policy, "allow": list(rules.allow), "deny": list(rules.deny)}
    return {name: value for name, value in given.items() if value not in ("allow", [])}


def _sorted(entries: Any) -> tuple[str, ...]:
    return tuple(sorted(set(entries)))
