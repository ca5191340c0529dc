"""Which playback IDs the creates of killed runs have made: pure.

Playback IDs of one policy are all alike, so any of them may go to any of these creates; but if there are more than
creates, some are somebody else's, and only a person can say which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Create = TypeVar("Create")
Place = TypeVar("Place")


@dataclass(frozen=True)
class TooMany(Generic[Place]):
    """There are more playback IDs in a place than creates that can take them.

    Attributes:
        place: where.
        creates: how many creates can take one.
        spares: how many more could, if a person said that these playback IDs are theirs.
        playback_ids: all of them.
    """

    place: Place
    creates: int
    spares: int
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
    creates: Iterable[tuple[Create, Place]],
    spares: Iterable[tuple[Create, Place]],
    undeclared: Mapping[Place, Sequence[str]],
    confirmed: Collection[Place] = (),
) -> Pairs[Create, Place]:
    """Pair creates with playback IDs that nobody declares.

    Args:
        creates: each with its place, that is workspace, stream and policy.
        spares: likewise; what these made is to be deleted. They get what the others leave, and that only once a
            person has said whose the playback IDs are.
        undeclared: the playback IDs of each place that may be theirs.
        confirmed: the places of which a person has said so.
    """
    of_place, spares_of_place = _by_place(creates), _by_place(spares)
    made: list[tuple[Create, str]] = []
    not_made: list[Create] = []
    too_many: list[TooMany[Place]] = []
    for place in dict.fromkeys([*of_place, *spares_of_place]):
        found = undeclared.get(place, ())
        waiting, extra = of_place.get(place, []), spares_of_place.get(place, [])
        if len(found) > len(waiting) + (len(extra) if place in confirmed else 0):
            too_many.append(TooMany(place, len(waiting), len(extra), tuple(found)))
            continue
        made += zip([*waiting, *extra], found, strict=False)
        not_made += waiting[len(found) :]
    return Pairs(tuple(made), tuple(not_made), tuple(too_many))


def _by_place(creates: Iterable[tuple[Create, Place]]) -> dict[Place, list[Create]]:
    by_place: dict[Place, list[Create]] = {}
    for create, place in creates:
        by_place.setdefault(place, []).append(create)
    return by_place
