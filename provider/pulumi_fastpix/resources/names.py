"""The names that all our resources share in stacks. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

import re

DYNAMIC_PACKAGE = "pulumi-python"
NATIVE_PACKAGE = "fastpix"
"""Pulumi's names for the dynamic and the native provider."""

ACCESS_POLICY = "accessPolicy"
"""Who can watch by a playback ID: of a live stream, by the one that FastPix makes with it."""

SEEN_BY = "seenBy"
"""Output only: the workspace in which an object was last seen. Tells a refresh from a lookup by id, too."""

PROVIDER_KEY = "__provider"
"""Where the SDK stores the pickle of a dynamic provider, among the inputs and the outputs."""


def dynamic_type(name: str) -> str:
    """The type token of a resource type through the dynamic provider."""
    return f"{DYNAMIC_PACKAGE}:dynamic/fastpix:{name}"


def native_type(name: str) -> str:
    """The type token of a resource type through the native provider."""
    return f"{NATIVE_PACKAGE}:index:{name}"


def state_name(python_name: str) -> str:
    """The name in the state of what a Python program calls `stream_id`: `streamId`."""
    first, *rest = python_name.split("_")
    return first + "".join(map(str.capitalize, rest))


def python_name(state_name: str) -> str:
    """The name in Python programs of what the state calls `streamId`: `stream_id`."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", state_name)
