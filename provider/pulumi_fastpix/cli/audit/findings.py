"""Compares the streams that a stack touches with its state: pure, from what exists and what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.stack.state import Resource


class Kind(Enum):
    """What was found, the worst first."""

    OPEN = "open"
    """A public playback ID that nobody declares: whoever has its address can watch."""
    UNDECLARED = "undeclared"
    """A playback ID that nobody declares, and that isn't public."""
    GONE = "gone"
    """A stack has it, and it doesn't exist any more."""
    POLICY = "policy"
    """Its access policy isn't the one that the stack knows."""
    TWO_OWNERS = "two-owners"
    """More than one stack owns it: the first that is destroyed takes it from the others."""
    CUT_OFF = "cut-off"
    """A create that a run began and hasn't recorded."""
    SHARED = "shared"
    """A stream on which other stacks own playback IDs, too. No fault."""
    USED = "used"
    """A playback ID that the stack looks up, and that no stack in sight owns. No fault."""


class Level(Enum):
    """How much it matters, the most first."""

    OPEN = "open"
    DRIFT = "drift"
    NOTE = "note"

    def reaches(self, least: Level) -> bool:
        """Whether it matters at least as much."""
        levels = list(Level)
        return levels.index(self) <= levels.index(least)


_LEVELS = {Kind.OPEN: Level.OPEN, Kind.SHARED: Level.NOTE, Kind.USED: Level.NOTE}


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        kind: what it is.
        stream_id: on which stream.
        text: what it is, in words.
        playback_id: which; empty if it is about the stream, or about one that isn't known.
        access_policy: as it is at FastPix; as the stack knows it if it doesn't exist; empty if neither.
        name: the name of the resource in the stack, if it has one.
        stacks: the other stacks concerned.
    """

    kind: Kind
    stream_id: str
    text: str
    playback_id: str = ""
    access_policy: str = ""
    name: str = ""
    stacks: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How much it matters."""
        return _LEVELS.get(self.kind, Level.DRIFT)


@dataclass(frozen=True)
class AuditedStream:
    """A stream as it is, and as the stack knows it.

    Attributes:
        stream_id: its ID.
        listed: the playback IDs that exist; None if it was deleted.
        resources: those of the stack that are on it.
        pending: creates on it that were cut off.
    """

    stream_id: str
    listed: Sequence[PlaybackId] | None
    resources: Sequence[Resource]
    pending: Sequence[Resource] = ()

    @property
    def owned(self) -> int:
        """How many of them the stack owns."""
        return sum(not resource.external and not resource.to_be_deleted for resource in self.resources)

    @property
    def used(self) -> int:
        """How many of them it looks up."""
        return sum(resource.external for resource in self.resources)


def compare(streams: Iterable[AuditedStream], owners: Mapping[str, Sequence[str]]) -> list[Finding]:
    """All that there is to say, the worst first.

    Args:
        streams: those that were read.
        owners: for each playback ID, the other stacks that own it.
    """
    order = list(Kind)
    findings = [finding for stream in streams for finding in _of_stream(stream, owners)]
    return sorted(findings, key=lambda finding: order.index(finding.kind))


def _of_stream(stream: AuditedStream, owners: Mapping[str, Sequence[str]]) -> Iterable[Finding]:
    # Owned ones come last, so that they count where the same playback ID is looked up as well.
    by_owner = sorted(stream.resources, key=lambda resource: not resource.external)
    known = {resource.id: resource for resource in by_owner if not resource.to_be_deleted}
    listed = stream.listed or ()
    for playback_id in listed:
        stacks = tuple(owners.get(playback_id.id, ()))
        if playback_id.id in known:
            yield from _of_declared(stream.stream_id, playback_id, known[playback_id.id], stacks)
        elif not stacks:
            yield _undeclared(stream, playback_id)
    existing = {playback_id.id for playback_id in listed}
    for resource in known.values():
        if resource.id not in existing:
            yield Finding(
                Kind.GONE,
                stream.stream_id,
                _gone(resource, stream),
                playback_id=resource.id,
                access_policy=resource.access_policy or "",
                name=resource.name,
            )
    for create in stream.pending:
        yield Finding(
            Kind.CUT_OFF,
            stream.stream_id,
            "a run that was killed, or is still going on, began to make one for it; if it was killed, `pulumi-fastpix "
            "recover` finds out what became of it",
            access_policy=create.access_policy or "",
            name=create.name,
        )
    if elsewhere := sorted({stack for playback_id in existing for stack in owners.get(playback_id, ())}):
        yield Finding(
            Kind.SHARED,
            stream.stream_id,
            f"playback IDs of this stream belong to {_stacks(elsewhere)} as well",
            stacks=tuple(elsewhere),
        )


def _undeclared(stream: AuditedStream, playback_id: PlaybackId) -> Finding:
    replaced = [one.name for one in stream.resources if one.id == playback_id.id]
    public = playback_id.access_policy == "public"
    if replaced:
        says = "it was replaced, and its deletion is still to come with the next `pulumi up`"
    elif any(create.access_policy == playback_id.access_policy for create in stream.pending):
        says = "a create that was cut off, or is still going on, may have made it (see below)"
    else:
        says = "nobody declares it"
    return Finding(
        Kind.OPEN if public else Kind.UNDECLARED,
        stream.stream_id,
        f"{says}, and whoever has its address can watch" if public else says,
        playback_id=playback_id.id,
        access_policy=playback_id.access_policy,
        name=replaced[0] if replaced else "",
    )


def _of_declared(
    stream_id: str, playback_id: PlaybackId, resource: Resource, stacks: tuple[str, ...]
) -> Iterable[Finding]:
    def finding(kind: Kind, text: str) -> Finding:
        return Finding(kind, stream_id, text, playback_id.id, playback_id.access_policy, resource.name, stacks)

    if playback_id.access_policy != resource.access_policy:
        yield finding(Kind.POLICY, f"the stack knows it as {resource.access_policy}; `pulumi refresh` shows the change")
    if resource.external and not stacks:
        yield finding(Kind.USED, "the stack looks it up, and no stack in sight owns it")
    if not resource.external and stacks:
        yield finding(
            Kind.TWO_OWNERS, f"{_stacks(stacks)} owns it as well: turn all declarations but one into a `.get()`"
        )


def _gone(resource: Resource, stream: AuditedStream) -> str:
    has = "looks it up" if resource.external else "has it"
    if stream.listed is None:
        return (
            f"the stack {has}, but its stream was deleted; `pulumi refresh` drops it from the stack, but the next "
            f"`pulumi up` fails unless it is taken out of the program"
        )
    return f"the stack {has}, but its stream has it no more; `pulumi refresh` drops it from the stack"


def _stacks(names: Sequence[str]) -> str:
    return f"stack{'s' if len(names) > 1 else ''} {', '.join(names)}"
