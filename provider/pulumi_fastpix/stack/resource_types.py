"""The table of our resource types, by the tokens under which stacks store their resources."""

from __future__ import annotations

from pulumi_fastpix.resources.names import DYNAMIC_PACKAGE, NATIVE_PACKAGE

PLAYBACK_ID = "LivePlaybackId"


def tokens_of(name: str) -> tuple[str, str]:
    """The two tokens of a resource type: of the dynamic and of the native provider."""
    return f"{DYNAMIC_PACKAGE}:dynamic/{NATIVE_PACKAGE}:{name}", f"{NATIVE_PACKAGE}:index:{name}"


def types_named(*names: str) -> dict[str, str]:
    """For each token of these resource types, the type's name."""
    return {token: name for name in names for token in tokens_of(name)}


OURS = types_named(PLAYBACK_ID)
