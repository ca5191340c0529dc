"""Compares streams as they are with a stack's state, and judges what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.audit.findings import PUBLIC, Detail, Finding, Kind, worst_first
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.cli.interrupted_streams import may_have_made
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.access_restrictions.names import ALLOW, GROUPS
from pulumi_fastpix.resources.access_restrictions.rules import after_reading, of_lookup, rules_of
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.stack.accounts import account_name
from pulumi_fastpix.stack.live_streams import StoredStream
from pulumi_fastpix.stack.playback_ids import StoredPlaybackId


@dataclass(frozen=True)
class Stacks:
    """What is known of stacks, besides what this stack has on each stream.

    Attributes:
        owners: for each playback ID, the other stacks that own it.
        stream_owners: likewise for each live stream.
        interrupted: the creates of live streams that this stack's runs began and didn't get to record.
    """

    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stream_owners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    interrupted: Sequence[StoredStream] = ()


def compare(streams: Sequence[AuditedStream], stacks: Stacks, *, all_streams: bool = False) -> list[Finding]:
    """All findings, the worst first.

    Args:
        streams: those that were read.
        stacks: what is known of stacks.
        all_streams: these are all streams there are, so that those without a declaration are findings.
    """
    findings = [
        replace(finding, account=stream.account)
        for stream in streams
        for finding in (*_of_stream(stream, stacks), *_of_playback_ids(stream, stacks))
        if all_streams or finding.kind is not Kind.UNDECLARED_STREAM
    ]
    existing = [stream.stream_id for stream in streams if stream.listed is not None]
    findings += [
        Finding(Kind.INTERRUPTED_STREAM, one.id, name=one.name, account=account_name(one.explicit_provider))
        for one in stacks.interrupted
        if one.may_exist(existing)
    ]
    return worst_first(findings)


def _of_stream(stream: AuditedStream, stacks: Stacks) -> Iterable[Finding]:
    """Findings about the stream as a resource."""
    declared = {one.urn: one for one in stream.declared if not one.interrupted and not one.to_be_deleted}
    elsewhere = tuple(stacks.stream_owners.get(stream.stream_id, ()))
    for one in declared.values():
        if stream.listed is None:
            yield Finding(Kind.STREAM_DELETED, stream.stream_id, name=one.name, looked_up=one.external)
        elif elsewhere and not one.external:
            yield Finding(Kind.STREAM_TWO_OWNERS, stream.stream_id, name=one.name, stacks=elsewhere)
    if not stream.declared and not elsewhere and stream.listed is not None:
        detail = Detail.MAY_BE_INTERRUPTED if _may_be_interrupted(stream, stacks) else None
        yield Finding(Kind.UNDECLARED_STREAM, stream.stream_id, detail=detail)


def _may_be_interrupted(stream: AuditedStream, stacks: Stacks) -> bool:
    """Whether an interrupted create may have made the stream, which the stack doesn't have otherwise."""
    if any(not one.interrupted for one in stream.declared):
        return False
    return any(may_have_made(create, stream.stream_id, stream.kind) for create in stacks.interrupted)


def _of_playback_ids(stream: AuditedStream, stacks: Stacks) -> Iterable[Finding]:
    """Findings about the playback IDs on the stream."""
    owners = stacks.owners
    # Owned ones come last, so that they count where the same playback ID is looked up as well.
    by_owner = sorted(stream.recorded, key=lambda one: not one.external)
    declared = {one.id: one for one in by_owner if not one.to_be_deleted}
    listed = stream.listed or ()
    for playback_id in listed:
        elsewhere = tuple(owners.get(playback_id.id, ()))
        if (one := declared.get(playback_id.id)) is not None:
            yield from _of_declared(stream.stream_id, playback_id, one, elsewhere, stacks)
        elif not elsewhere:
            yield _undeclared(stream, playback_id, stacks)
    existing = stream.ids
    for one in declared.values():
        # What came with a stream goes with it, which is a finding by itself.
        if one.id not in existing and not (one.with_stream and stream.listed is None):
            yield Finding(
                Kind.DELETED,
                stream.stream_id,
                playback_id=one.id,
                access_policy=one.access_policy or "",
                name=one.name,
                looked_up=one.external,
                detail=_how_deleted(stream, one),
            )
    owned = [one for one in stream.recorded if not one.external and not one.to_be_deleted]
    with_stream = {one.id for one in owned if one.with_stream}
    for one in owned:
        if one.id in with_stream and not one.with_stream:
            yield Finding(Kind.TWO_OWNERS, stream.stream_id, one.id, name=one.name, detail=Detail.TWICE)
    for create in filter(lambda one: one.may_exist(existing), stream.interrupted):
        yield Finding(Kind.INTERRUPTED, stream.stream_id, access_policy=create.access_policy or "", name=create.name)
    if sharing := sorted({stack for playback_id in existing for stack in owners.get(playback_id, ())}):
        yield Finding(Kind.SHARED_STREAM, stream.stream_id, stacks=tuple(sharing))


def _how_deleted(stream: AuditedStream, one: StoredPlaybackId) -> Detail | None:
    if stream.listed is not None:
        return Detail.WITH_STREAM if one.with_stream else None
    owned = any(not resource.external and not resource.interrupted for resource in stream.declared)
    return Detail.DECLARED_STREAM_DELETED if owned and not one.external else Detail.STREAM_DELETED


def _undeclared(stream: AuditedStream, playback_id: PlaybackId, stacks: Stacks) -> Finding:
    replaced = [one.name for one in stream.recorded if one.id == playback_id.id]
    detail = None
    if replaced:
        detail = Detail.REPLACED
    elif any(
        create.access_policy == playback_id.access_policy and create.may_be(playback_id.id)
        for create in stream.interrupted
    ) or _may_be_interrupted(stream, stacks):
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
    stream_id: str, playback_id: PlaybackId, recorded: StoredPlaybackId, elsewhere: tuple[str, ...], stacks: Stacks
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
            stacks=elsewhere,
            recorded_policy=recorded_policy,
            restrictions=NOTHING if secret else shown,
            recorded_restrictions=NOTHING if secret else recorded_restrictions,
            looked_up=recorded.external,
        )

    if playback_id.access_policy != recorded.access_policy:
        yield finding(Kind.ACCESS_POLICY, recorded.access_policy or "")
    if recorded.external and not elsewhere:
        yield finding(Kind.LOOKED_UP)
    if recorded.external:
        return
    # Who owns the stream as well is a finding by itself.
    if set(elsewhere) - set(stacks.stream_owners.get(stream_id, ()) if recorded.with_stream else ()):
        yield finding(Kind.TWO_OWNERS)
    if after_reading(stored, shown) != stored:
        opened = _open_to_strangers({**stored, **shown}) and not _open_to_strangers(stored)
        public = playback_id.access_policy == PUBLIC
        yield finding(Kind.OPENED if public and opened else Kind.ACCESS_RESTRICTIONS, recorded_restrictions=stored)
    if of_lookup(shown).keys() - stored.keys():
        yield finding(Kind.RESTRICTED_ELSEWHERE)
