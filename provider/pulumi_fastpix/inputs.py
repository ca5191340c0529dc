"""What a playback ID's inputs may be: the rules, and what to say when they are broken. Pure; knows no Pulumi."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.stored_names import ACCESS_POLICY, STREAM_ID

ACCESS_POLICIES = ("public", "private")
DEFAULT_ACCESS_POLICY = "public"

STREAM_SECRET = re.compile(r"[0-9a-f]{32}k[0-9a-f]{32}|play[0-9a-f]{32}", re.IGNORECASE)
"""What FastPix's stream keys, SRT secrets and SRT playback stream ids look like (recorded answers)."""

ID_CHARACTERS = r"[A-Za-z0-9._~-]+"
"""What an id consists of, as a regular expression; all of these need no quoting in a URL."""

_A_WORD = re.compile(r"[A-Za-z]{0,10}")
"""Too short and too plain for a secret."""


class Unknown:
    """Stands for a value that will only be known when the program runs for real."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Problem:
    """Something wrong with an input.

    Attributes:
        key: the input.
        reason: what is wrong and what is allowed, without the value.
        harmless: its value can't be a secret that was given by mistake.
    """

    key: str
    reason: str
    harmless: bool

    def told(self, *, secret: bool = False) -> tuple[str, str]:
        """The property to report it for, and what to say. Pulumi prints the value of the property that is named.

        Args:
            secret: the value is known to be one.
        """
        return (self.key, self.reason) if self.harmless and not secret else ("", f"{self.key}: {self.reason}")


def check_inputs(news: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Fill in defaults and find every problem at once; unknown values pass.

    Returns:
        The inputs to go on with, and the problems.
    """
    inputs = {key: value for key, value in news.items() if value is not None}
    inputs.setdefault(ACCESS_POLICY, DEFAULT_ACCESS_POLICY)
    problems = []
    for key, judge in ((STREAM_ID, _problem_of_stream_id), (ACCESS_POLICY, _problem_of_access_policy)):
        value = inputs.get(key)
        if isinstance(value, Unknown):
            continue
        if _holds_stream_secret(value):
            problems.append(Problem(key, f"this holds {_KEPT_HIDDEN}", harmless=False))
        elif reason := judge(value):
            problems.append(Problem(key, reason, isinstance(value, str) and bool(_A_WORD.fullmatch(value))))
    return inputs, problems


def problem_of_id(kind: str, value: object) -> str | None:
    """What is wrong with an id, in words that don't repeat a secret; None if it may be right.

    Args:
        kind: what the id is of, as in "a stream ID".
        value: the id.
    """
    if value is None:
        return f"{kind} is required"
    if _holds_stream_secret(value):
        return f"this holds {_KEPT_HIDDEN}"
    if not isinstance(value, str):
        return f"{kind} must be a string, not {_type_name(value)}"
    if not value.strip():
        return f"{kind} must not be empty"
    if "://" in value:
        return f"{kind} is expected, not a URL: give only the id itself"
    if value.strip(".") == "" or not re.fullmatch(ID_CHARACTERS, value):
        return (
            f"{kind} consists of letters, digits and `-._~`; this has other characters "
            f"(white space, '/', '?', '#' and the like are never part of one)"
        )
    return None


_KEPT_HIDDEN = (
    "what looks like a stream key or SRT secret, which is not shown here. Anyone who has it can broadcast to the "
    "stream: use the stream's ID (32 hex digits) instead, and keep the key out of the program"
)


def _problem_of_stream_id(value: object) -> str | None:
    return problem_of_id("a stream ID", value)


def _problem_of_access_policy(value: object) -> str | None:
    allowed = "'public' or 'private'"
    if not isinstance(value, str):
        return f"an access policy must be {allowed}, not {_type_name(value)}"
    if value in ACCESS_POLICIES:
        return None
    if value == "drm":
        return f"a live playback ID's access policy must be {allowed}; 'drm' exists for on-demand media only"
    if value.strip().lower() in ACCESS_POLICIES:
        return f"an access policy must be {allowed}, in lower case and without white space"
    return f"an access policy must be {allowed}"


def _holds_stream_secret(value: object) -> bool:
    return STREAM_SECRET.search(json.dumps(value, default=repr)) is not None


def _type_name(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
