"""Metadata of streams and simulcasts, as text in a column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def metadata_text(metadata: Mapping[str, str] | None) -> str | None:
    """The metadata as JSON."""
    return None if metadata is None else json.dumps(dict(metadata))


def metadata_of(text: str | None) -> Any:
    """The metadata in that JSON."""
    return None if text is None else json.loads(text)
