"""Decides which streams an audit reads, and with whose settings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.accounts import account_name
from pulumi_fastpix.stack.live_streams import StoredStream
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId


@dataclass(frozen=True)
class StreamToRead:
    """A stream, with what the stack has on it.

    Attributes:
        settings: those of the workspace that it is in.
        stream_id: its ID.
        recorded: the stack's playback IDs on it, that which came with it included.
        interrupted: the interrupted creates on it.
        declared: the resources of the stack that are this stream, interrupted creates included.
        account: the name of the provider resource whose settings these are; empty for the stack's own.
        listed_here: it was in this workspace's list of streams a moment ago.
    """

    settings: Settings
    stream_id: str
    recorded: tuple[StoredPlaybackId, ...] = ()
    interrupted: tuple[StoredPlaybackId, ...] = ()
    declared: tuple[StoredStream, ...] = ()
    account: str = ""
    listed_here: bool = False

    @property
    def seen_here(self) -> bool:
        """Whether it was seen in this workspace before, so that a 404 means that it was deleted."""
        marks = {one.seen_by for one in (*self.recorded, *self.interrupted, *self.declared)}
        return self.listed_here or self.settings.workspace_mark in marks


@dataclass(frozen=True)
class AuditedStream:
    """A stream as it is, and as the stack knows it.

    Attributes:
        stream_id: its ID.
        listed: the playback IDs that exist; None if the stream was deleted.
        recorded: the stack's playback IDs on it, that which came with it included.
        interrupted: the interrupted creates on it.
        declared: the resources of the stack that are this stream, interrupted creates included.
        kind: what it has in common with all that were made alike; empty if it was deleted.
        account: the name of the provider resource through which it was read; empty for the stack's own account.
    """

    stream_id: str
    listed: Sequence[PlaybackId] | None
    recorded: Sequence[StoredPlaybackId] = ()
    interrupted: Sequence[StoredPlaybackId] = ()
    declared: Sequence[StoredStream] = ()
    kind: str = ""
    account: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """The IDs of the playback IDs that exist on it."""
        return frozenset(one.id for one in self.listed or ())

    @property
    def owned(self) -> int:
        """How many playback IDs on it the stack owns."""
        return sum(not one.external and not one.to_be_deleted for one in self.recorded)

    @property
    def looked_up(self) -> int:
        """How many playback IDs on it the stack looks up."""
        return sum(one.external for one in self.recorded)


def streams_to_read(
    playback_ids: PlaybackIds, stream_ids: Sequence[str], settings_of: Callable[[str], Settings]
) -> list[StreamToRead]:
    """Each stream of each workspace once: those that the stack has, and those on which it has playback IDs.

    Two workspaces may have streams of one ID, and one workspace may be reached through two providers.

    Args:
        playback_ids: those of the stack, and its live streams.
        stream_ids: the streams that were asked for; none for all of the stack.
        settings_of: the settings of an explicit provider, by its URN; of the stack itself for the empty one.
    """
    providers: dict[str, str] = {}
    recorded: dict[tuple[str, str], list[StoredPlaybackId]] = {}
    interrupted: dict[tuple[str, str], list[StoredPlaybackId]] = {}
    declared: dict[tuple[str, str], list[StoredStream]] = {}

    def key(provider: str, stream_id: str) -> tuple[str, str]:
        mark = settings_of(provider).workspace_mark
        providers.setdefault(mark, provider)
        recorded.setdefault((mark, stream_id), [])
        return mark, stream_id

    for found, kept in ((playback_ids.recorded, recorded), (playback_ids.interrupted_creates, interrupted)):
        for one in found:
            if one.stream_id in stream_ids or not stream_ids:
                kept.setdefault(key(one.explicit_provider, one.stream_id or ""), []).append(one)
    for stream in playback_ids.live_streams.every:
        if stream.id and (stream.id in stream_ids or not stream_ids):
            declared.setdefault(key(stream.explicit_provider, stream.id), []).append(stream)
    for stream_id in stream_ids:
        if not any(stream_id == known for _, known in recorded):
            key("", stream_id)
    return [
        StreamToRead(
            settings=settings_of(providers[mark]),
            stream_id=stream_id,
            recorded=tuple(owned),
            interrupted=tuple(interrupted.get((mark, stream_id), ())),
            declared=tuple(declared.get((mark, stream_id), ())),
            account=account_name(providers[mark]),
        )
        for (mark, stream_id), owned in recorded.items()
    ]


def other_streams(
    wanted: Sequence[StreamToRead],
    listed: Mapping[str, Sequence[Stream]],
    settings_of: Callable[[str], Settings],
) -> tuple[list[AuditedStream], list[StreamToRead]]:
    """Of all streams of the accounts, those on which the stack has nothing: they are known from the lists already.

    Two access tokens may lead to one workspace: a stream is the same if address and ID are.

    Args:
        wanted: the streams on which the stack has something. They are read one by one, as without lists.
        listed: the streams of each account, by its provider.
        settings_of: as for :func:`streams_to_read`.

    Returns:
        The streams, and those still to be read: a list may show no playback IDs where a stream has some.
    """
    seen = {(one.settings.base_url, one.stream_id) for one in wanted}
    known: list[AuditedStream] = []
    doubtful: list[StreamToRead] = []
    for provider, streams in listed.items():
        settings, account = settings_of(provider), account_name(provider)
        for stream in streams:
            if (settings.base_url, stream.stream_id) in seen:
                continue
            seen.add((settings.base_url, stream.stream_id))
            if stream.playback_ids:
                known.append(AuditedStream(stream.id, stream.playback_ids, kind=stream.kind, account=account))
            else:
                doubtful.append(StreamToRead(settings, stream.stream_id, account=account, listed_here=True))
    return known, doubtful


def each_once(streams: Sequence[AuditedStream]) -> list[AuditedStream]:
    """Streams that were read with two access tokens of one workspace, merged; the stack's own account comes first.

    A stream is the same if both see the same playback ID on it.
    """
    found: dict[str, list[AuditedStream]] = {}
    for stream in streams:
        of_one_id = found.setdefault(stream.stream_id, [])
        same = next((number for number, other in enumerate(of_one_id) if stream.ids & other.ids), None)
        if same is None:
            of_one_id.append(stream)
        else:
            of_one_id[same] = _merged(of_one_id[same], stream)
    return [stream for of_one_id in found.values() for stream in of_one_id]


def _merged(first: AuditedStream, second: AuditedStream) -> AuditedStream:
    return replace(
        first,
        recorded=(*first.recorded, *second.recorded),
        interrupted=(*first.interrupted, *second.interrupted),
        declared=(*first.declared, *second.declared),
        account=min(first.account, second.account),
    )
