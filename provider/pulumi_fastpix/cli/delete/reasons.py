"""Decides whether a playback ID may be deleted by hand: whether no stack has a claim on it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.interrupted_streams import creates_of
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId
from pulumi_fastpix.stack.stored import Watchable


@dataclass(frozen=True)
class Found:
    """A playback ID that was found at FastPix.

    Attributes:
        playback_id: the playback ID.
        provider: the URN of the provider through whose account it was found; empty for the stack's own account.
        base_url: the address of the FastPix that has it.
        others: how many other playback IDs its stream has.
        stream_kind: what its stream has in common with all that were made alike.
    """

    playback_id: PlaybackId
    provider: str
    base_url: str
    others: int
    stream_kind: str = ""


class Claim(Enum):
    """What a stack has to do with a playback ID."""

    OWNS = "owns"
    OWNS_WITH_STREAM = "owns the live stream that it came with"
    REPLACED = "replaced"
    LOOKS_UP = "looks up"
    LOOKS_STREAM_UP = "looks up the live stream that it came with"
    MAY_HAVE_MADE = "may have made"
    MADE_STREAM = "made its live stream"


@dataclass(frozen=True)
class Reason:
    """A stack's claim on a playback ID, and the name under which the stack has it."""

    stack: str
    claim: Claim
    name: str


def reasons_to_keep(stream_id: str, found: Found, stacks: Mapping[str, PlaybackIds]) -> list[Reason]:
    """All claims of these stacks on a playback ID.

    Args:
        stream_id: the stream that it is on.
        found: the playback ID.
        stacks: the playback IDs of each stack that was read, by the stack's name.
    """
    return [
        Reason(stack, claim, one.name)
        for stack, of_stack in stacks.items()
        for claim, one in _claims(stream_id, found, of_stack)
    ]


def _claims(stream_id: str, found: Found, of_stack: PlaybackIds) -> Iterable[tuple[Claim, Watchable]]:
    playback_id = found.playback_id
    for one in of_stack.recorded:
        if one.id == playback_id.id:
            yield _claim_of_recorded(one), one
    for stream in creates_of(of_stack.live_streams, stream_id, found.stream_kind):
        yield Claim.MADE_STREAM, stream
    for create in of_stack.interrupted_creates:
        # What is encrypted may be the same.
        same_place = create.stream_id in (stream_id, None) and create.access_policy in (playback_id.access_policy, None)
        if same_place and create.may_be(playback_id.id):
            yield Claim.MAY_HAVE_MADE, create


def _claim_of_recorded(one: StoredPlaybackId) -> Claim:
    if one.external:
        return Claim.LOOKS_STREAM_UP if one.with_stream else Claim.LOOKS_UP
    if one.to_be_deleted:
        return Claim.REPLACED
    return Claim.OWNS_WITH_STREAM if one.with_stream else Claim.OWNS
