"""The inputs of a playback ID: checking them, and comparing them with the state. Pure, and light to import."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.api.ids import oddity_of_stream_id, problem_of_id
from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.resources.access_restrictions import checks
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import differing_paths
from pulumi_fastpix.resources.base import NOTHING, Change, Problem, Unknown, Values
from pulumi_fastpix.resources.checking import (
    DEFAULT_ACCESS_POLICY,
    problems_of,
    problems_of_names,
    wrong_with_access_policy,
)
from pulumi_fastpix.resources.live_playback_id.names import INPUT_KEYS, REPLACING, STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY

IMPORT_ID = "<stream ID>/<playback ID>"
_IMPORT_ADVICE = f"To import it, give {IMPORT_ID}."
_INVALID_IDS = "Invalid playback ID or stream ID:"


def check(inputs: Values) -> tuple[dict[str, Any], list[Problem]]:
    """Fill in defaults and find every problem at once; unknown values pass.

    Returns:
        The inputs to go on with, and the problems.
    """
    checked = {key: value for key, value in inputs.items() if value is not None}
    checked.setdefault(ACCESS_POLICY, DEFAULT_ACCESS_POLICY)
    problems = problems_of_names(checked, INPUT_KEYS)
    problems += problems_of(STREAM_ID, checked.get(STREAM_ID), lambda value: problem_of_id("a stream ID", value))
    problems += problems_of(ACCESS_POLICY, checked[ACCESS_POLICY], wrong_with_access_policy)
    restrictions = checks.cleaned(checked.pop(ACCESS_RESTRICTIONS, NOTHING))
    problems += checks.problems(restrictions)
    if restrictions != NOTHING:
        checked[ACCESS_RESTRICTIONS] = restrictions
    return checked, problems


def warnings(inputs: Values) -> list[str]:
    """What is odd about inputs that have no problem."""
    found, stream_id = [], inputs.get(STREAM_ID)
    is_id = isinstance(stream_id, str) and not problem_of_id("a stream ID", stream_id)
    if is_id and (oddity := oddity_of_stream_id(str(stream_id))):
        found.append(
            f"{STREAM_ID}: the ID of a live stream has 32 hex digits, 0-9 and a-f; {oddity}. Is it the right one?"
        )
    restrictions = inputs.get(ACCESS_RESTRICTIONS, NOTHING)
    if not any(checks.problems(restrictions)):
        found += checks.warnings(restrictions)
    return found


def diff(state: Values, inputs: Values) -> Change:
    """Compare the stored state with checked inputs. A value not known yet counts as a change."""
    return Change(
        replaces=tuple(
            key for key in REPLACING if isinstance(inputs.get(key), Unknown) or inputs.get(key) != state.get(key)
        ),
        updates=differing_paths(state, inputs),
    )


def parse_import_id(import_id: str) -> tuple[str, dict[str, Any]]:
    """The playback ID, and its stream, in an :data:`IMPORT_ID`.

    Raises:
        InvalidInputError: it has no stream ID.
    """
    stream_id, separator, playback_id = import_id.partition("/")
    if not separator:
        raise InvalidInputError(f"{_INVALID_IDS} {problem_of_id('a stream ID', None)}.", _IMPORT_ADVICE)
    return playback_id, {STREAM_ID: stream_id}


def validated_stream_id(playback_id: object, stream_id: object) -> str:
    """The stream ID, once both ids may be valid. No check runs before a lookup.

    Raises:
        InvalidInputError: one of them is invalid.
    """
    problems = [
        problem
        for problem in (problem_of_id("a playback ID", playback_id), problem_of_id("a stream ID", stream_id))
        if problem
    ]
    if problems:
        raise InvalidInputError(f"{_INVALID_IDS} {'; '.join(problems)}.")
    return str(stream_id)
