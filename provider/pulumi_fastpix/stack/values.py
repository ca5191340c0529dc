"""Values as an export holds them, where one that the stack keeps secret stands as an object.

That object has a ciphertext or, in an export with `--show-secrets`, a plaintext, which is JSON. A secret may also be an
item of a list, or a property of an object.
"""

from __future__ import annotations

import json
from typing import Any

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


def plain(value: Any) -> Any:
    """A value in which secrets stand as what they are. Nothing of it may be encrypted."""
    if isinstance(value, dict):
        return plain(json.loads(value["plaintext"])) if is_secret(value) else {key: plain(value[key]) for key in value}
    return [plain(item) for item in value] if isinstance(value, list) else value


def holds_secret(value: object) -> bool:
    """Whether the stack keeps something of this value secret, be it readable in this export or not."""
    return is_encrypted(value) or plain(value) != value


def text_of(value: object) -> str | None:
    """A value that is text or a number, as text; None if there is none or if it is encrypted."""
    if is_encrypted(value):
        return None
    text = plain(value)
    return None if text is None else str(text)


def as_secret(value: object) -> dict[str, str]:
    """A value as a secret of the stack, which Pulumi encrypts when it imports it."""
    return {_SIGNATURE: _SECRET, "plaintext": json.dumps(value)}
