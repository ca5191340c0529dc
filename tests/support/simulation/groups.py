"""What can be changed in place, as the promises compare it, apart from the code under test: by group, without an order.

The groups are the access restrictions of a playback ID, by domain and by user agent, and the reconnect window and the
metadata of a stream. A stream has the restrictions of the playback ID that was made with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from pulumi_fastpix.sandbox.data.records import RestrictedBy, Rules

Group: TypeAlias = Literal["domains", "userAgents", "reconnectWindow", "metadata"]
Groups: TypeAlias = Mapping[Group, Any]
"""Rules, seconds, or metadata as pairs in order, by group."""

RULES: tuple[RestrictedBy, ...] = ("domains", "userAgents")
SETTINGS: tuple[Group, ...] = ("reconnectWindow", "metadata")
"""What one PATCH of a stream changes."""
GROUPS: tuple[Group, ...] = (*RULES, *SETTINGS)
PATHS: Mapping[str, RestrictedBy] = {"domains": "domains", "user-agents": "userAgents"}
"""The groups by the last part of the path of a PATCH."""
DEFAULTS: Groups = {"domains": Rules(), "userAgents": Rules(), "reconnectWindow": 60, "metadata": ()}
"""What an object has in a group that was never set."""
NONE: Groups = {}


def in_order(value: Any) -> Any:
    """The same in the one form in which all that mean the same are equal."""
    if isinstance(value, Rules):
        return Rules(default_policy=value.default_policy, allow=_sorted(value.allow), deny=_sorted(value.deny))
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else value


def read(group: Group, value: Any) -> Any:
    """A group that a request, a response or a state has in the form of JSON."""
    if group not in RULES:
        return in_order(value)
    policy = value.get("defaultPolicy", "allow")
    return Rules(default_policy=policy, allow=_sorted(value.get("allow", ())), deny=_sorted(value.get("deny", ())))


def read_all(values: Mapping[str, Any]) -> Groups:
    """All groups in the form of JSON."""
    return {group: read(group, values[group]) for group in GROUPS if group in values}


def of_stream(stream: Mapping[str, Any]) -> dict[str, Any]:
    """The groups of a stream in a response, whose empty metadata are left out, but for its restrictions."""
    return {"metadata": {}, **{group: stream[group] for group in SETTINGS if group in stream}}


def rules_as_written(groups: Groups) -> dict[str, Any]:
    """Restrictions as a program gives them: without the fields that have their defaults."""
    return {group: _as_written(groups[group]) for group in RULES if group in groups}


def settings_as_written(groups: Groups) -> dict[str, Any]:
    """Settings of a stream as a program gives them."""
    given = {group: groups[group] for group in SETTINGS if group in groups}
    return {group: dict(value) if group == "metadata" else value for group, value in given.items()}


def look_of_stream(access_policy: str, groups: Groups) -> str:
    """All that streams have in common that can't be told apart."""
    window, metadata = (groups.get(group, DEFAULTS[group]) for group in SETTINGS)
    return f"{access_policy}, {window} s, {dict(metadata)}"


def _as_written(rules: Rules) -> dict[str, Any]:
    given = {"defaultPolicy": rules.default_policy, "allow": list(rules.allow), "deny": list(rules.deny)}
    return {name: value for name, value in given.items() if value not in ("allow", [])}


def _sorted(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(entries)))
