"""The forms of FastPix's ids and stream secrets, and the problems of a value that is no id. Pure."""

from __future__ import annotations

import json
import re

STREAM_SECRET = r"(?i:[0-9a-f]{32}k[0-9a-f]{32}|play[0-9a-f]{32})"  # noqa: S105  # what one looks like
"""FastPix's stream keys, SRT secrets and SRT playback stream ids, as a regular expression (recorded responses)."""

_PRIVATE_KEY = r"-----BEGIN|LS0tLS1CRUdJTi"
"""The beginning of a PEM, and of base64 of one, which is how FastPix gives a private key."""

ID_CHARACTERS = r"[A-Za-z0-9._~-]+"
"""The characters of an id, as a regular expression; all of these need no quoting in a URL."""

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

KEPT_HIDDEN = (
    "what looks like a stream key or SRT secret, which is not shown here. Anyone who has it can broadcast to the "
    "stream: use the stream's ID (32 hex digits) instead, and keep the key out of the program"
)


def problem_of_id(kind: str, value: object) -> str | None:
    """What is wrong with an id, in words that don't repeat a secret; None if it may be right.

    Args:
        kind: what the id is of, as in "a stream ID".
        value: the id.
    """
    if value is None:
        return f"{kind} is required"
    if holds_stream_secret(value):
        return f"this holds {KEPT_HIDDEN}"
    if not isinstance(value, str):
        return f"{kind} must be a string, not {type_name(value)}"
    if re.search(_PRIVATE_KEY, value):
        return f"{kind} is expected; this holds what looks like a private key, which is not shown here"
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


def oddity_of_stream_id(stream_id: str) -> str | None:
    """What is odd about a valid stream ID, without repeating it; None if it is as all that were seen at FastPix."""
    if re.fullmatch(r"[0-9a-f]{32}", stream_id):
        return None
    if re.fullmatch(_UUID, stream_id):
        return "this looks like a playback ID, or like the ID of an access token"
    if re.fullmatch(r"[0-9a-fA-F]{32}", stream_id):
        return "this has capital letters"
    if len(stream_id) != 32:
        return f"this has {len(stream_id)} characters"
    return "this has other characters"


def holds_stream_secret(value: object) -> bool:
    """Whether a stream key or SRT secret stands anywhere in a value, nested or not."""
    return re.search(STREAM_SECRET, json.dumps(value, default=repr)) is not None


def type_name(value: object) -> str:
    """What people call a value's type."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
