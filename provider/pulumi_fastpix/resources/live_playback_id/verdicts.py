"""Which of the candidates were made by which creates in doubt: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_fastpix.api.models import PlaybackId


@dataclass(frozen=True)
class Lost:
    """A create whose outcome is unknown.

    Attributes:
        access_policy: of the playback ID it was to make.
        answered: the server answered, if not usefully. So it is done with the request, whatever it did; a create
            without a response may still be going on.
    """

    access_policy: str
    answered: bool


@dataclass(frozen=True)
class Claim:
    """It made this playback ID."""

    playback_id: PlaybackId


@dataclass(frozen=True)
class Repeat:
    """It made nothing and won't any more: it may be sent again."""


@dataclass(frozen=True)
class Wait:
    """It made nothing yet, and may still do so."""


@dataclass(frozen=True)
class Ambiguous:
    """More playback IDs appeared than these creates can have made, so some are somebody else's."""

    playback_ids: tuple[str, ...]


Verdict = Claim | Repeat | Wait | Ambiguous


def reconcile(found: Sequence[PlaybackId], lost: Sequence[Lost]) -> list[Verdict]:
    """Judge each lost create, in order, by the candidates found.

    If fewer were found than are missing, those the server answered get them first: playback IDs of one policy are
    all alike, and a create without a response is better reported as one that may still come than sent again.
    """
    verdicts: dict[int, Verdict] = {}
    for policy in {create.access_policy for create in lost}:
        matching = [playback_id for playback_id in found if playback_id.access_policy == policy]
        places = sorted(
            (place for place, create in enumerate(lost) if create.access_policy == policy),
            key=lambda place: not lost[place].answered,
        )
        if len(matching) > len(places):
            ambiguous = Ambiguous(tuple(playback_id.id for playback_id in matching))
            verdicts.update(dict.fromkeys(places, ambiguous))
            continue
        verdicts.update({place: Repeat() if lost[place].answered else Wait() for place in places})
        verdicts.update({place: Claim(playback_id) for place, playback_id in zip(places, matching, strict=False)})
    return [verdicts[place] for place in range(len(lost))]
