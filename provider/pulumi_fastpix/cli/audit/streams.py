"""Decides which streams an audit reads, and with whose settings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId


@dataclass(frozen=True)
class StreamToRead:
    """A stream, with what the stack has on it.

    Attributes:
        settings: those of the workspace that it is in.
        stream_id: its ID.
        recorded: the stack's playback IDs on it.
        interrupted: the interrupted creates on it.
    """

    settings: Settings
    stream_id: str
    recorded: tuple[StoredPlaybackId, ...]
    interrupted: tuple[StoredPlaybackId, ...]

    @property
    def seen_here(self) -> bool:
        """Whether a playback ID on it was last seen in this workspace, so that a 404 means that it was deleted."""
        return any(one.seen_by == self.settings.workspace_mark for one in self.recorded)


@dataclass(frozen=True)
class AuditedStream:
    """A stream as it is, and as the stack knows it.

    Attributes:
        stream_id: its ID.
        listed: the playback IDs that exist; None if the stream was deleted.
        recorded: the stack's playback IDs on it.
        interrupted: the interrupted creates on it.
    """

    stream_id: str
    listed: Sequence[PlaybackId] | None
    recorded: Sequence[StoredPlaybackId]
    interrupted: Sequence[StoredPlaybackId] = ()

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
    """Each stream of each workspace once.

    Two workspaces may have streams of one ID, and one workspace may be reached through two providers.

    Args:
        playback_ids: those of the stack.
        stream_ids: the streams that were asked for; none for all on which the stack has playback IDs.
        settings_of: the settings of an explicit provider, by its URN; of the stack itself for the empty one.
    """
    workspaces: dict[str, Settings] = {}
    on_stream: dict[tuple[str, str], list[StoredPlaybackId]] = {}

    def at(provider: str, stream_id: str) -> list[StoredPlaybackId]:
        settings = settings_of(provider)
        workspaces.setdefault(settings.workspace_mark, settings)
        return on_stream.setdefault((settings.workspace_mark, stream_id), [])

    for one in playback_ids.every:
        if one.stream_id in stream_ids or not stream_ids:
            at(one.explicit_provider, one.stream_id or "").append(one)
    for stream_id in stream_ids:
        if not any(stream_id == known for _, known in on_stream):
            at("", stream_id)
    return [
        StreamToRead(
            settings=workspaces[workspace],
            stream_id=stream_id,
            recorded=tuple(one for one in both if not one.interrupted),
            interrupted=tuple(one for one in both if one.interrupted),
        )
        for (workspace, stream_id), both in on_stream.items()
    ]
