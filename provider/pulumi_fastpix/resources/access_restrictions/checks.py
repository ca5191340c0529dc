"""Finds every problem of declared access restrictions, and what is odd about them. Pure; unknown values pass.

What FastPix itself refuses isn't known. What is refused here can't match any page's domain, or any user agent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_fastpix.api.ids import type_name
from pulumi_fastpix.resources.access_restrictions.names import (
    ACCESS_RESTRICTIONS,
    ALLOW,
    DEFAULT_POLICIES,
    DEFAULT_POLICY,
    DENY,
    DOMAINS,
    FIELDS,
    GROUPS,
    UNCONFIRMED,
)
from pulumi_fastpix.resources.base import Problem, Unknown


def cleaned(restrictions: Any) -> Any:
    """Restrictions without what is None, as the program's optional arguments are."""
    if isinstance(restrictions, Mapping):
        return {key: cleaned(value) for key, value in restrictions.items() if value is not None}
    return restrictions


def problems(restrictions: Any, path: str = ACCESS_RESTRICTIONS) -> Iterator[Problem]:
    """Everything wrong with restrictions, without the values."""
    for group, fields, at in _members(restrictions, path, GROUPS):
        for name, value, within in _members(fields, at, FIELDS):
            if name == DEFAULT_POLICY:
                yield from _problems_of_default_policy(value, within)
            else:
                yield from _problems_of_list(
                    value, within, _problem_of_domain if group == DOMAINS else _problem_of_user_agent
                )
        yield from _problems_of_object(fields, at, FIELDS)
    yield from _problems_of_object(restrictions, path, GROUPS)


def warnings(restrictions: Any, path: str = ACCESS_RESTRICTIONS) -> Iterator[str]:
    """What is odd about restrictions that have no problem."""
    for _, fields, at in _members(restrictions, path, GROUPS):
        if not isinstance(fields, Mapping):
            continue
        default_policy = fields.get(DEFAULT_POLICY, ALLOW)
        if default_policy == ALLOW and fields.get(ALLOW):
            yield (
                f"{at}.{ALLOW} has no effect while {at}.{DEFAULT_POLICY} is 'allow', which it is unless it is given: "
                f"everybody is let in. Set it to 'deny' to let in these alone."
            )
        if default_policy == DENY and fields.get(DENY):
            yield (
                f"{at}.{DENY} has no effect while {at}.{DEFAULT_POLICY} is 'deny': everybody is kept out who isn't in "
                f"{at}.{ALLOW}."
            )
        if default_policy == DENY and not fields.get(ALLOW):
            yield f"{at} keeps everybody out: its {DEFAULT_POLICY} is 'deny', and its {ALLOW} is empty."


def _members(value: Any, path: str, names: tuple[str, ...]) -> Iterator[tuple[str, Any, str]]:
    """Name, value and path of those members of an object that it may have."""
    if isinstance(value, Mapping):
        yield from ((name, value[name], f"{path}.{name}") for name in names if name in value)


def _problems_of_object(value: Any, path: str, names: tuple[str, ...]) -> Iterator[Problem]:
    allowed = f"{', '.join(names[:-1])} and {names[-1]}"
    if isinstance(value, Mapping):
        for name in sorted(value.keys() - set(names)):
            yield Problem(path, f"{name!r} is unknown; there are {allowed}", harmless=True)
    elif not isinstance(value, Unknown):
        yield Problem(path, f"must be an object with {allowed}, not {type_name(value)}", harmless=True)


def _problems_of_default_policy(value: Any, path: str) -> Iterator[Problem]:
    if value == UNCONFIRMED:
        reason = (
            f"FastPix hasn't confirmed these rules: take {ACCESS_RESTRICTIONS} out of ignore_changes for a `pulumi up`"
        )
        yield Problem(path, reason, harmless=True)
    elif not isinstance(value, Unknown) and value not in DEFAULT_POLICIES:
        instead = "" if isinstance(value, str) else f", not {type_name(value)}"
        yield Problem(path, f"a default policy must be 'allow' or 'deny'{instead}", harmless=True)


def _problems_of_list(value: Any, path: str, problem_of: Callable[[str], str | None]) -> Iterator[Problem]:
    if isinstance(value, Unknown):
        return
    if not isinstance(value, list):
        yield Problem(path, f"must be a list, not {type_name(value)}", harmless=True)
        return
    for place, entry in enumerate(value):
        if isinstance(entry, Unknown):
            continue
        reason = problem_of(entry) if isinstance(entry, str) else f"must be a string, not {type_name(entry)}"
        if reason:
            yield Problem(f"{path}[{place}]", reason, harmless=True)


def _problem_of_domain(entry: str) -> str | None:
    if not entry.strip():
        return "is empty; give a domain, such as example.com"
    for pattern, excess in ((r"\s", "white space"), ("://", "a scheme"), (r"[/?#\\]", "a path"), ("@", "a user name"),
                            (":", "a port")):  # fmt: skip
        if re.search(pattern, entry):
            return f"has {excess}; give the domain alone, such as example.com"
    return None


def _problem_of_user_agent(entry: str) -> str | None:
    if not entry.strip():
        return "is empty; give a part of a User-Agent header, such as Mozilla/5.0"
    if not entry.isprintable():
        return "has a line break or another character that no User-Agent header can have"
    return None
