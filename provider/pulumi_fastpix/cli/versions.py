"""Versions of what Pulumi is made of, as far as they are compared here: their first two numbers."""

from __future__ import annotations

OLDEST_SDK = (3, 216)
"""The first Python SDK whose `read` can return inputs, without which a refresh shows no change."""

OLDEST_CLI = (3, 254)
"""The first CLI whose `pulumi import --file` takes the inputs and outputs of a resource from the file."""


IDS_FROM_READS = (3, 271)
"""The first Python SDK that takes the id of what is looked up from the CLI's response.

In a preview it takes the id for unknown if the response has none, as with CLI 3.259. The two are released together, so
a CLI of this version answers its SDK.
"""


def parsed(text: str) -> tuple[int, ...]:
    """The first two numbers of a version such as `3.259.0`; less if they aren't numbers."""
    return tuple(int(part) for part in text.split(".")[:2] if part.isdecimal())


def shown(version: tuple[int, ...]) -> str:
    """The version as people write it."""
    return ".".join(map(str, version))
