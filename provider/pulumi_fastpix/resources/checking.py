"""What the checks of all resource types have in common: unknown values pass, and what may be a secret isn't shown."""

from __future__ import annotations

import re
from collections.abc import Callable

from pulumi_fastpix.api.ids import KEPT_HIDDEN, holds_stream_secret, type_name
from pulumi_fastpix.resources.base import Problem, Unknown, Values

ACCESS_POLICIES = ("public", "private")
DEFAULT_ACCESS_POLICY = "public"

_A_WORD = r"[A-Za-z]{0,10}"
"""Too short and too plain for a secret."""

_NO_SUCH_INPUT = (
    "this version of pulumi-fastpix has no such input; correct its name, or let Pulumi find a provider that isn't "
    "older than the program"
)


def problems_of(key: str, value: object, wrong_with: Callable[[object], str | None]) -> list[Problem]:
    """The problem of an input, if it has one.

    Args:
        key: the input.
        value: what it is given.
        wrong_with: what is wrong with a known value, in words that don't repeat it; None if nothing is.
    """
    if isinstance(value, Unknown):
        return []
    if holds_stream_secret(value):
        return [Problem(key, f"this holds {KEPT_HIDDEN}", harmless=False)]
    if reason := wrong_with(value):
        return [Problem(key, reason, isinstance(value, str) and bool(re.fullmatch(_A_WORD, value)))]
    return []


def problems_of_names(inputs: Values, known: tuple[str, ...]) -> list[Problem]:
    """The inputs that don't exist here: misspelt ones, and those of a newer version. None is ignored without a word.

    Args:
        inputs: as a program declares them.
        known: the names of all inputs of the resource type.
    """
    return [Problem(key, _NO_SUCH_INPUT, harmless=False) for key in inputs if key not in known]


def wrong_with_access_policy(value: object) -> str | None:
    """What is wrong with the access policy of a live playback ID."""
    if value == "drm":
        return "a live playback ID's access policy must be 'public' or 'private'; 'drm' exists for on-demand media only"
    return one_of("an access policy", ACCESS_POLICIES)(value)


def one_of(what: str, allowed: tuple[str, ...]) -> Callable[[object], str | None]:
    """What is wrong with a value that has to be one of a few strings in lower case.

    Args:
        what: the value, as in "an access policy".
        allowed: the strings.
    """
    names = [f"'{one}'" for one in allowed]
    rule = f"{what} must be {', '.join(names[:-1])} or {names[-1]}"

    def wrong_with(value: object) -> str | None:
        if not isinstance(value, str):
            return f"{rule}, not {type_name(value)}"
        if value in allowed:
            return None
        return f"{rule}, in lower case and without white space" if value.strip().lower() in allowed else rule

    return wrong_with
