"""Compares streams as they are with a stack's state, and judges what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.access_restrictions.names import ALLOW, GROUPS
from pulumi_fastpix.resources.access_restrictions.rules import after_reading, of_lookup, rules_of
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.stack.playback_ids import StoredPlaybackId

PUBLIC = "public"


class Level(Enum):
    """How much a finding matters, the most first. FROZEN: the values are part of the JSON output."""

    CRITICAL = "critical"
    """Somebody may be watching who should not."""
    WARNING = "warning"
    """FastPix and the stack differ."""
    NOTE = "note"
    """Good to know, and no fault."""

    def reaches(self, least: Level) -> bool:
        """Whether it matters at least as much."""
        levels = list(Level)
        return levels.index(self) <= levels.index(least)


class Kind(Enum):
    """What was found, the worst first. FROZEN: the values are part of the JSON output."""

    UNDECLARED_PUBLIC = "undeclared-public"
    """A public playback ID that no stack declares: anyone who has its address can watch."""
    OPENED = "opened"
    """A public playback ID that only some may play by the stack's state, and anyone at FastPix."""
    UNDECLARED_RESTRICTED = "undeclared-restricted"
    """A public playback ID that no stack declares, and that only some may play."""
    UNDECLARED_NON_PUBLIC = "undeclared-non-public"
    """A playback ID that no stack declares, with any other access policy."""
    DELETED = "deleted"
    """The stack has a playback ID that doesn't exist any more."""
    ACCESS_POLICY = "access-policy"
    """A playback ID has another access policy than in the stack's state."""
    ACCESS_RESTRICTIONS = "access-restrictions"
    """A playback ID has other access restrictions than in the stack's state."""
    TWO_OWNERS = "two-owners"
    """Other stacks own the playback ID, too: the first of them that is destroyed deletes it for all."""
    INTERRUPTED = "interrupted"
    """A create that a run began and didn't get to record."""
    SHARED_STREAM = "shared-stream"
    """Other stacks own playback IDs on the stream, too."""
    LOOKED_UP = "looked-up"
    """The stack looks a playback ID up, and none of the stacks that were read owns it."""
    RESTRICTED_ELSEWHERE = "restricted-elsewhere"
    """A playback ID of the stack has access restrictions that the stack doesn't declare."""

    @property
    def level(self) -> Level:
        """How much it matters."""
        return _LEVELS.get(self, Level.WARNING)


_LEVELS = {
    Kind.UNDECLARED_PUBLIC: Level.CRITICAL,
    Kind.OPENED: Level.CRITICAL,
    Kind.SHARED_STREAM: Level.NOTE,
    Kind.LOOKED_UP: Level.NOTE,
    Kind.RESTRICTED_ELSEWHERE: Level.NOTE,
}


class Detail(Enum):
    """What else is known of a finding, and makes a difference to what should be done."""

    REPLACED = "replaced"
    """The undeclared playback ID was replaced, and its deletion is still to come."""
    MAY_BE_INTERRUPTED = "may be interrupted"
    """An interrupted create may have made the undeclared playback ID."""
    STREAM_DELETED = "stream deleted"
    """The playback ID was deleted with its whole stream."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        kind: what it is.
        stream_id: the stream it is about.
        playback_id: the playback ID it is about; empty if it is about the stream, or if the ID isn't known.
        access_policy: as it is at FastPix, or in the state if it doesn't exist there; empty if neither.
        name: the name of the resource in the stack, if it has one.
        stacks: the other stacks concerned.
        recorded_policy: the access policy in the stack's state, if it differs.
        restrictions: its access restrictions, as far as FastPix shows them and they are no secret of the stack.
        recorded_restrictions: those in the stack's state, if they differ; likewise.
        looked_up: the stack doesn't own it, but looks it up.
        detail: what else is known.
        account: the name of the provider resource through which the stream was read; empty for the stack's own.
    """

    kind: Kind
    stream_id: str
    playback_id: str = ""
    access_policy: str = ""
    name: str = ""
    stacks: tuple[str, ...] = ()
    recorded_policy: str = ""
    restrictions: Values = field(default_factory=dict)
    recorded_restrictions: Values = field(default_factory=dict)
    looked_up: bool = False
    detail: Detail | None = None
    account: str = ""


def compare(streams: Sequence[AuditedStream], owners: Mapping[str, Sequence[str]]) -> list[Finding]:
    """All findings, the worst first.

    Args:
        streams: those that were read.
        owners: for each playback ID, the other stacks that own it.
    """
    order = list(Kind)
    findings = [
        replace(finding, account=stream.account) for stream in streams for finding in _of_stream(stream, owners)
    ]
    return sorted(findings, key=lambda finding: order.index(finding.kind))


def exit_status(findings: Iterable[Finding], least: Level, *, complete: bool) -> int:
    """The exit status: 2 if not everything could be read, 1 if a finding matters that much, else 0."""
    if not complete:
        return 2
    return int(any(finding.kind.level.reaches(least) for finding in findings))


def _of_stream(stream: AuditedStream, owners: Mapping[str, Sequence[str]]) -> Iterable[Finding]:
    # Owned ones come last, so that they count where the same playback ID is looked up as well.
    by_owner = sorted(stream.recorded, key=lambda one: not one.external)
    declared = {one.id: one for one in by_owner if not one.to_be_deleted}
    listed = stream.listed or ()
    for playback_id in listed:
        stacks = tuple(owners.get(playback_id.id, ()))
        if playback_id.id in declared:
            yield from _of_declared(stream.stream_id, playback_id, declared[playback_id.id], stacks)
        elif not stacks:
            yield _undeclared(stream, playback_id)
    existing = stream.ids
    for one in declared.values():
        if one.id not in existing:
            yield Finding(
                Kind.DELETED,
                stream.stream_id,
                playback_id=one.id,
                access_policy=one.access_policy or "",
                name=one.name,
                looked_up=one.external,
                detail=Detail.STREAM_DELETED if stream.listed is None else None,
            )
    for create in stream.interrupted:
        yield Finding(Kind.INTERRUPTED, stream.stream_id, access_policy=create.access_policy or "", name=create.name)
    if elsewhere := sorted({stack for playback_id in existing for stack in owners.get(playback_id, ())}):
        yield Finding(Kind.SHARED_STREAM, stream.stream_id, stacks=tuple(elsewhere))


def _undeclared(stream: AuditedStream, playback_id: PlaybackId) -> Finding:
    replaced = [one.name for one in stream.recorded if one.id == playback_id.id]
    detail = None
    if replaced:
        detail = Detail.REPLACED
    elif any(
        create.access_policy == playback_id.access_policy and create.id in ("", playback_id.id)
        for create in stream.interrupted
    ):
        detail = Detail.MAY_BE_INTERRUPTED
    shown, of_stack = shown_by(playback_id.access_restrictions), (*stream.recorded, *stream.interrupted)
    if playback_id.access_policy != PUBLIC:
        kind = Kind.UNDECLARED_NON_PUBLIC
    else:
        kind = Kind.UNDECLARED_PUBLIC if _open_to_strangers(shown) else Kind.UNDECLARED_RESTRICTED
    return Finding(
        kind,
        stream.stream_id,
        playback_id=playback_id.id,
        access_policy=playback_id.access_policy,
        name=replaced[0] if replaced else "",
        # What an earlier run, or an interrupted one, declared may be what FastPix shows.
        restrictions=NOTHING if any(one.keeps_restrictions_secret for one in of_stack) else shown,
        detail=detail,
    )


def _open_to_strangers(restrictions: Values) -> bool:
    """Whether they let in whoever isn't named: a list of those who are kept out keeps out nobody else."""
    return all(rules_of(restrictions, group).default_policy == ALLOW for group in GROUPS)


def _of_declared(
    stream_id: str, playback_id: PlaybackId, recorded: StoredPlaybackId, stacks: tuple[str, ...]
) -> Iterable[Finding]:
    shown, stored = shown_by(playback_id.access_restrictions), recorded.access_restrictions or NOTHING
    secret = recorded.keeps_restrictions_secret

    def finding(kind: Kind, recorded_policy: str = "", recorded_restrictions: Values = NOTHING) -> Finding:
        return Finding(
            kind,
            stream_id,
            playback_id=playback_id.id,
            access_policy=playback_id.access_policy,
            name=recorded.name,
            stacks=stacks,
            recorded_policy=recorded_policy,
            restrictions=NOTHING if secret else shown,
            recorded_restrictions=NOTHING if secret else recorded_restrictions,
            looked_up=recorded.external,
        )

    if playback_id.access_policy != recorded.access_policy:
        yield finding(Kind.ACCESS_POLICY, recorded.access_policy or "")
    if recorded.external and not stacks:
        yield finding(Kind.LOOKED_UP)
    if recorded.external:
        return
    if stacks:
        yield finding(Kind.TWO_OWNERS)
    if after_reading(stored, shown) != stored:
        opened = _open_to_strangers({**stored, **shown}) and not _open_to_strangers(stored)
        public = playback_id.access_policy == PUBLIC
        yield finding(Kind.OPENED if public and opened else Kind.ACCESS_RESTRICTIONS, recorded_restrictions=stored)
    if of_lookup(shown).keys() - stored.keys():
        yield finding(Kind.RESTRICTED_ELSEWHERE)
