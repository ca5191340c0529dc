"""The inputs of a live stream: checking them, and comparing them with the state. Pure, and light to import."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pulumi_fastpix.api.ids import KEPT_HIDDEN, holds_stream_secret, problem_of_id, type_name
from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.resources.access_restrictions import checks
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import differing_paths
from pulumi_fastpix.resources.base import NOTHING, Change, Path, Problem, Unknown, Values
from pulumi_fastpix.resources.checking import (
    ACCESS_POLICIES,
    DEFAULT_ACCESS_POLICY,
    one_of,
    problems_of,
    problems_of_names,
    wrong_with_access_policy,
)
from pulumi_fastpix.resources.live_stream.names import (
    ENABLE_DVR_MODE,
    ENABLE_RECORDING,
    INPUT_KEYS,
    MAX_RESOLUTION,
    MEDIA_POLICY,
    METADATA,
    PLAYBACK_ID,
    RECONNECT_WINDOW,
    REPLACING,
)
from pulumi_fastpix.resources.names import ACCESS_POLICY

RESOLUTIONS = ("1080p", "720p", "480p")
SHORTEST_WINDOW, LONGEST_WINDOW = 60, 1800
"""Seconds. These limits, and those of metadata, are those of FastPix's OpenAPI specification and SDKs."""
MOST_METADATA = 10
LONGEST_METADATA = 255
"""Characters of a key or a value."""

DEFAULTS: Values = MappingProxyType(
    {
        ACCESS_POLICY: DEFAULT_ACCESS_POLICY,
        MAX_RESOLUTION: "1080p",
        RECONNECT_WINDOW: 60,
        ENABLE_DVR_MODE: False,
        ENABLE_RECORDING: True,
    }
)
"""FastPix's own. Which recordings it makes public isn't known: that follows the access policy unless it is given."""

IMPORT_ID = "<stream ID>"
IMPORT_ID_OF_SEVERAL = "<stream ID>/<playback ID>"


def check(inputs: Values) -> tuple[dict[str, Any], list[Problem]]:
    """Fill in defaults and find every problem at once; unknown values pass.

    Returns:
        The inputs to go on with, and the problems.
    """
    checked = {**DEFAULTS, **{key: value for key, value in inputs.items() if value is not None}}
    access_policy = checked[ACCESS_POLICY]
    if MEDIA_POLICY not in checked:
        # A stream that not everybody can watch isn't to leave recordings behind that everybody can.
        is_valid = isinstance(access_policy, Unknown) or access_policy in ACCESS_POLICIES
        checked[MEDIA_POLICY] = access_policy if is_valid else DEFAULT_ACCESS_POLICY
    media_policy = checked[MEDIA_POLICY]
    # A program has filled in the same one: it is reported once.
    wrong_with_recordings = (
        one_of("the policy of recordings", ACCESS_POLICIES) if media_policy != access_policy else _nothing
    )
    problems = [
        *problems_of_names(checked, INPUT_KEYS),
        *problems_of(ACCESS_POLICY, access_policy, wrong_with_access_policy),
        *problems_of(MAX_RESOLUTION, checked[MAX_RESOLUTION], one_of("the highest resolution", RESOLUTIONS)),
        *problems_of(RECONNECT_WINDOW, checked[RECONNECT_WINDOW], _wrong_with_window),
        *problems_of(MEDIA_POLICY, media_policy, wrong_with_recordings),
        *problems_of(ENABLE_DVR_MODE, checked[ENABLE_DVR_MODE], _wrong_with_boolean),
        *problems_of(ENABLE_RECORDING, checked[ENABLE_RECORDING], _wrong_with_boolean),
        *_problems_of_metadata(checked.get(METADATA, NOTHING)),
    ]
    restrictions = checks.cleaned(checked.pop(ACCESS_RESTRICTIONS, NOTHING))
    problems += checks.problems(restrictions)
    if restrictions != NOTHING:
        checked[ACCESS_RESTRICTIONS] = restrictions
    return checked, problems


def warnings(inputs: Values) -> list[str]:
    """What is odd about inputs that have no problem."""
    restrictions = inputs.get(ACCESS_RESTRICTIONS, NOTHING)
    found = [] if any(checks.problems(restrictions)) else list(checks.warnings(restrictions))
    closed = inputs.get(ACCESS_POLICY) == "private" and inputs.get(MEDIA_POLICY) == "public"
    if closed and inputs.get(ENABLE_RECORDING, True) is True:
        found.append(
            f"{MEDIA_POLICY} is 'public', so anyone who has their addresses can watch the recordings of this private "
            f"stream. Set it to 'private', or {ENABLE_RECORDING} to false, unless that is meant."
        )
    return found


def diff(state: Values, inputs: Values) -> Change:
    """Compare the stored state with checked inputs. A value not known yet counts as a change.

    No stream is replaced for an input of which its state has nothing, because FastPix didn't show it.
    """
    return Change(
        replaces=tuple(key for key in REPLACING if key in state and _differs(state, inputs, key)),
        updates=(
            *([(RECONNECT_WINDOW,)] if _differs(state, inputs, RECONNECT_WINDOW) else []),
            *_differing_metadata(state, inputs),
            *differing_paths(state, inputs),
        ),
    )


def warning_of_replacement(stream_id: str, keys: tuple[str, ...], inputs: Values) -> str:
    """What is lost with a stream that is replaced; nothing as long as the inputs that may replace it aren't known."""
    known = [key for key in keys if not isinstance(inputs.get(key), Unknown)]
    if not known:
        return ""
    return (
        f"Live stream {stream_id} can't be given another {' and '.join(known)}, so it is replaced: the new one has "
        f"another stream key, playback ID and addresses, and whoever uses those of the old one is cut off when that is "
        f"deleted."
    )


def settings_differ(state: Values, inputs: Values) -> bool:
    """Whether what one PATCH of the stream changes differs; known values."""
    return _differs(state, inputs, RECONNECT_WINDOW) or bool(_differing_metadata(state, inputs))


def parse_import_id(import_id: str) -> tuple[str, dict[str, Any]]:
    """The stream ID, and the playback ID that came with the stream if it is given.

    Raises:
        InvalidInputError: what isn't an id is given.
    """
    stream_id, separator, playback_id = import_id.partition("/")
    validate_ids(stream_id, playback_id if separator else None)
    return stream_id, {PLAYBACK_ID: playback_id} if separator else {}


def validate_ids(stream_id: object, playback_id: object = None) -> None:
    """Let ids pass that may be valid. No check runs before a lookup.

    Raises:
        InvalidInputError: one of them can't be.
    """
    problem = problem_of_id("a stream ID", stream_id)
    if not problem and playback_id is not None:
        problem = problem_of_id("a playback ID", playback_id)
    if problem:
        raise InvalidInputError(f"Invalid stream ID or playback ID: {problem}.")


def _differs(state: Values, inputs: Values, key: str) -> bool:
    value = inputs.get(key)
    if isinstance(value, Unknown) or (key in state) != (key in inputs):
        return True
    return bool(value != state.get(key))


def _differing_metadata(state: Values, inputs: Values) -> list[Path]:
    stored, declared = state.get(METADATA), inputs.get(METADATA)
    if isinstance(stored, Mapping) and isinstance(declared, Mapping):
        return [(METADATA, key) for key in (*declared, *stored.keys() - declared) if _differs(stored, declared, key)]
    return [(METADATA,)] if _differs(state, inputs, METADATA) else []


def _nothing(_: object) -> None:
    return None


def _wrong_with_window(value: object) -> str | None:
    rule = f"the reconnect window is a whole number of seconds from {SHORTEST_WINDOW} to {LONGEST_WINDOW}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"{rule}, not {type_name(value)}"
    return None if SHORTEST_WINDOW <= value <= LONGEST_WINDOW and value == int(value) else rule


def _wrong_with_boolean(value: object) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {type_name(value)}"


def _problems_of_metadata(value: object) -> list[Problem]:
    if isinstance(value, Unknown):
        return []
    if not isinstance(value, Mapping):
        return [Problem(METADATA, f"metadata is an object with strings, not {type_name(value)}", harmless=False)]
    problems = []
    if len(value) > MOST_METADATA:
        problems.append(Problem(METADATA, f"has {len(value)} entries; FastPix takes {MOST_METADATA}", harmless=False))
    for number, (key, text) in enumerate(value.items(), start=1):
        if holds_stream_secret([key, text]):
            reason = f"entry {number} holds {KEPT_HIDDEN}"
        elif not key or len(key) > LONGEST_METADATA:
            reason = f"the key of entry {number} must have 1 to {LONGEST_METADATA} characters"
        elif isinstance(text, Unknown):
            continue
        elif not isinstance(text, str):
            reason = f"the value of {key!r} must be a string, not {type_name(text)}"
        elif len(text) > LONGEST_METADATA:
            reason = f"the value of {key!r} has {len(text)} characters; FastPix takes {LONGEST_METADATA}"
        else:
            continue
        problems.append(Problem(METADATA, reason, harmless=False))
    return problems
