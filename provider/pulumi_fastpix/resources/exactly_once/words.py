"""What is made exactly once, in the words of messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Words(NamedTuple):
    """How messages speak of the objects that a tracker knows.

    Attributes:
        noun: one of them, as in "playback ID".
        place: where they are, as in "stream 1111aaaa…".
        at_place: the same, as in "on stream 1111aaaa…".
        audit: the command that finds those that nobody declares.
        adopt: the command by which a resource takes one that exists.
        of_kind: one of those that look alike, by their :attr:`Listed.kind`: as in "public playback ID".
    """

    noun: str
    place: str
    at_place: str
    audit: str
    adopt: str
    of_kind: Callable[[str], str]
