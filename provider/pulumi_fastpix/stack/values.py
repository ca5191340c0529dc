"""Values as an export holds them, where one that the stack keeps secret stands as an object.

That object has a ciphertext or, in an export with `--show-secrets`, a plaintext, which is JSON. A secret may also be an
item of a list, or a property of an object.
"""

from __future__ import annotations

import json

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # how Pulumi marks a secret value in a state file


def is_secret(value: object) -> bool:
    """Whether the stack keeps this value as a whole secret, be it readable in this export or not."""
    return isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET


def is_encrypted(value: object) -> bool:
    """Whether this value, or something inside it, can't be read in this export."""
    if isinstance(value, dict):
        if is_secret(value):
            return "plaintext" not in value
        return any(is_encrypted(item) for item in value.values())
    return isinstance(value, list) and any(is_encrypted(item) for item in value)


def text_of(value: object) -> str | None:
    """A value that is text or a number, as text; None if there is none or if it is encrypted."""
    if is_encrypted(value):
        return None
    if isinstance(value, dict) and is_secret(value):
        value = json.loads(value["plaintext"])
    return None if value is None else str(value)
