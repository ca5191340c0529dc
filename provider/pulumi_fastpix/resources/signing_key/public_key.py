"""Compares public keys, which a reader may have wrapped into other lines. Pure, and without a cryptographic library."""

from __future__ import annotations

import re


def same_key(one: str, other: object) -> bool:
    """Whether two PEMs hold the same key: the same bytes between their first and last lines."""
    return isinstance(other, str) and _bytes(one) == _bytes(other)


def _bytes(pem: str) -> str:
    return re.sub(r"-----[A-Z ]+-----|\s", "", pem)
