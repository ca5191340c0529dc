"""Which playback IDs the creates of a killed run have made: pure.

Playback IDs of one policy are all alike, so any of them may go to any of these creates; but if there are more than
creates, some are somebody else's, and only a person can say which.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Create = TypeVar("Create")
Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class TooMany(Generic[Place]):
    """There are more playback IDs in a place than creates that can have made them."""

    place: Place
    creates: int
    playback_ids: tuple[str, ...]


@dataclass(frozen=True)
class Pairs(Generic[Create, Place]):
    """The result of pairing.

    Attributes:
        made: each create with the playback ID it is taken to have made.
        not_made: creates for which none was found.
        too_many: places in which it can't be told; if there are any, nothing may be done.
    """

    made: tuple[tuple[Create, str], ...]
    not_made: tuple[Create, ...]
    too_many: tuple[TooMany[Place], ...]


def pair(
    creates: Iterable[tuple[Create, Place]], undeclared: Mapping[Place, Sequence[str]], not_ours: Iterable[str] = ()
) -> Pairs[Create, Place]:
    """Pair creates with playback IDs that nobody declares.

    Args:
        creates: each with its place, that is workspace, stream and policy. The first ones get what there is.
        undeclared: the playback IDs of each place that the state doesn't have.
        not_ours: those that are known to be somebody else's.
    """
    excluded = set(not_ours)
    of_place: dict[Place, list[Create]] = {}
    for create, place in creates:
        of_place.setdefault(place, []).append(create)
    made: list[tuple[Create, str]] = []
    not_made: list[Create] = []
    too_many: list[TooMany[Place]] = []
    for place, waiting in of_place.items():
        found = [playback_id for playback_id in undeclared.get(place, ()) if playback_id not in excluded]
        if len(found) > len(waiting):
            too_many.append(TooMany(place, len(waiting), tuple(found)))
            continue
        made += zip(waiting, found, strict=False)
        not_made += waiting[len(found) :]
    return Pairs(tuple(made), tuple(not_made), tuple(too_many))
