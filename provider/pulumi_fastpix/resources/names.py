"""The names that all our resources share in stacks. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

DYNAMIC_PACKAGE = "pulumi-python"
NATIVE_PACKAGE = "fastpix"
"""Pulumi's names for the dynamic and the native provider."""

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
