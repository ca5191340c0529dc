"""Decides which playback IDs interrupted creates have made. Pure.

Playback IDs of one policy are all alike, so any of them may go to any of these creates, best to one that it wasn't
there before; but if there are more than creates, some are somebody else's, and only a person can tell which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
        orphaning: how many more can, if a person confirms that these playback IDs are theirs.
        playback_ids: all of them.
    """

    place: Place
    creates: int
    orphaning: int
    playback_ids: tuple[str, ...]


@dataclass(frozen=True)
class Pairs(Generic[Create, Place]):
    """The result of pairing.

    Attributes:
        made: each create with the playback ID it is taken to have made.
        not_made: creates for which none was found.
        too_many: places that need a person's decision; if there are any, nothing may be done.
    """

    made: tuple[tuple[Create, str], ...]
    not_made: tuple[Create, ...]
    too_many: tuple[TooMany[Place], ...]


def pair(
    creates: Iterable[tuple[Create, Place]],
    orphaning: Iterable[tuple[Create, Place]],
    undeclared: Mapping[Place, Sequence[str]],
    confirmed: Collection[Place] = (),
    existed: Callable[[Create], Collection[str]] = lambda _: (),
) -> Pairs[Create, Place]:
    """Pair creates with undeclared playback IDs.

    Args:
        creates: each with its place, that is workspace, stream and policy.
        orphaning: likewise; the playback IDs that these made are orphans, to be deleted. They get what the others
            leave, and only once a person has confirmed that the playback IDs of their place are theirs.
        undeclared: the playback IDs of each place that may be theirs.
        confirmed: the places for which a person has confirmed it.
        existed: what is known to have been there before a create.
    """
    by_place, orphaning_by_place = _by_place(creates), _by_place(orphaning)
    made: list[tuple[Create, str]] = []
    not_made: list[Create] = []
    too_many: list[TooMany[Place]] = []
    for place in dict.fromkeys([*by_place, *orphaning_by_place]):
        found = undeclared.get(place, ())
        first, last = by_place.get(place, []), orphaning_by_place.get(place, [])
        if len(found) > len(first) + (len(last) if place in confirmed else 0):
            too_many.append(TooMany(place, len(first), len(last), tuple(found)))
            continue
        left = list(found)
        taken = _take(first, left, existed)
        made += [(first[number], taken[number]) for number in sorted(taken)]
        not_made += [create for number, create in enumerate(first) if number not in taken]
        taken = _take(last, left, existed)
        made += [(last[number], taken[number]) for number in sorted(taken)]
    return Pairs(tuple(made), tuple(not_made), tuple(too_many))


def _take(creates: list[Create], left: list[str], existed: Callable[[Create], Collection[str]]) -> dict[int, str]:
    """Take one of what is left for each create, by its place in the list, for as many as there are."""
    taken: dict[int, str] = {}
    # Of two, the one that began later has seen all that the other one has: it has fewer to choose from.
    for number in sorted(range(len(creates)), key=lambda number: -len(existed(creates[number]))):
        before = existed(creates[number])
        if (chosen := next((one for one in left if one not in before), None)) is not None:
            taken[number] = chosen
            left.remove(chosen)
    # What none of them seems to have made isn't left to nobody.
    for number in range(len(creates)):
        if left and number not in taken:
            taken[number] = left.pop(0)
    return taken


def _by_place(creates: Iterable[tuple[Create, Place]]) -> dict[Place, list[Create]]:
    by_place: dict[Place, list[Create]] = {}
    for create, place in creates:
        by_place.setdefault(place, []).append(create)
    return by_place
