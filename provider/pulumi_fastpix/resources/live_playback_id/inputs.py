"""What a playback ID's inputs may be: the rules, and what to say when they are broken. Pure; knows no Pulumi."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.api.ids import KEPT_HIDDEN, holds_stream_secret, problem_of_id, type_name
from pulumi_fastpix.resources.base import Problem, Unknown
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID

ACCESS_POLICIES = ("public", "private")
DEFAULT_ACCESS_POLICY = "public"

_A_WORD = re.compile(r"[A-Za-z]{0,10}")
"""Too short and too plain for a secret."""


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
        if holds_stream_secret(value):
            problems.append(Problem(key, f"this holds {KEPT_HIDDEN}", harmless=False))
        elif reason := judge(value):
            problems.append(Problem(key, reason, isinstance(value, str) and bool(_A_WORD.fullmatch(value))))
    return inputs, problems


def _problem_of_stream_id(value: object) -> str | None:
    return problem_of_id("a stream ID", value)


def _problem_of_access_policy(value: object) -> str | None:
    allowed = "'public' or 'private'"
    if not isinstance(value, str):
        return f"an access policy must be {allowed}, not {type_name(value)}"
    if value in ACCESS_POLICIES:
        return None
    if value == "drm":
        return f"a live playback ID's access policy must be {allowed}; 'drm' exists for on-demand media only"
    if value.strip().lower() in ACCESS_POLICIES:
        return f"an access policy must be {allowed}, in lower case and without white space"
    return f"an access policy must be {allowed}"
