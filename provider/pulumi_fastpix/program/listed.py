"""What functions of Python programs return: all that a workspace has, whoever made it. The schema is made of these.

They are no named tuples: `Output.all` and `pulumi.export` make lists of those, without names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.program.access import AccessRestrictions, as_seen
from pulumi_fastpix.resources.names import python_name


@dataclass(frozen=True)
class ListedLivePlaybackId:
    """A playback ID of a live stream.

    Attributes:
        id: the playback ID.
        access_policy: `"public"`: anyone who has the address can watch. `"private"`: the address needs `?token=<JWT>`.
        hls_url: the HLS address for players. A private playback ID needs `?token=<JWT>` appended.
        access_restrictions: the domains and user agents that may play it, as far as FastPix shows them. No recorded
            response has them for live streams: without a value, there may be restrictions all the same.
    """

    id: str
    access_policy: str
    hls_url: str
    access_restrictions: AccessRestrictions | None = None


@dataclass(frozen=True)
class ListedLiveStream:
    """A live stream, without its stream key and other secrets.

    Attributes:
        id: the stream ID: 32 hex digits.
        playback_ids: the playback IDs by which it can be watched.
        created_at: when it was made, as FastPix writes it.
        max_resolution: the highest resolution in which it is played.
        reconnect_window: how long FastPix waits for an encoder that was cut off, in seconds.
        media_policy: who can watch the recordings: `"public"` or `"private"`.
        metadata: texts of its owner's.
        enable_dvr_mode: whether viewers can go back in a broadcast while it lasts.
        enable_recording: whether broadcasts are recorded.
        max_duration: the `maxDuration` that FastPix shows of it: 0 in every recorded response. Its unit isn't known.
        trial: whether it was made in a trial, and so ends early.
        srt_playback_stream_id: what players that watch over SRT give as stream ID.
    """

    id: str
    playback_ids: Sequence[ListedLivePlaybackId]
    created_at: str | None = None
    max_resolution: str | None = None
    reconnect_window: int | None = None
    media_policy: str | None = None
    metadata: Mapping[str, str] | None = None
    enable_dvr_mode: bool | None = None
    enable_recording: bool | None = None
    max_duration: float | None = None
    trial: bool | None = None
    srt_playback_stream_id: str | None = None


@dataclass(frozen=True)
class ListedSigningKey:
    """A signing key. FastPix lists no public keys, and shows private ones only when it makes them.

    Attributes:
        id: the signing key's ID.
        created_at: when it was made, as FastPix writes it.
    """

    id: str
    created_at: str | None = None


@dataclass(frozen=True)
class GetLivePlaybackIdsResult:
    """The playback IDs of a live stream.

    Attributes:
        live_playback_ids: all of them, whoever made them; the one that came with the stream, too.
    """

    live_playback_ids: Sequence[ListedLivePlaybackId]


@dataclass(frozen=True)
class GetLiveStreamsResult:
    """The live streams of a workspace.

    Attributes:
        live_streams: all of them, newest first, whoever made them.
    """

    live_streams: Sequence[ListedLiveStream]


@dataclass(frozen=True)
class GetSigningKeysResult:
    """The signing keys of a workspace.

    Attributes:
        signing_keys: all of them, newest first, whoever made them.
    """

    signing_keys: Sequence[ListedSigningKey]


def playback_ids_result(objects: Iterable[Mapping[str, Any]]) -> GetLivePlaybackIdsResult:
    """The result that has these playback IDs, given as plain values."""
    return GetLivePlaybackIdsResult([*map(_live_playback_id, objects)])


def streams_result(objects: Iterable[Mapping[str, Any]]) -> GetLiveStreamsResult:
    """The result that has these streams, given as plain values."""
    return GetLiveStreamsResult([*map(_live_stream, objects)])


def keys_result(objects: Iterable[Mapping[str, Any]]) -> GetSigningKeysResult:
    """The result that has these signing keys, given as plain values."""
    return GetSigningKeysResult([ListedSigningKey(**_by_python_names(one)) for one in objects])


def _live_playback_id(one: Mapping[str, Any]) -> ListedLivePlaybackId:
    given = _by_python_names(one)
    return ListedLivePlaybackId(**{**given, "access_restrictions": as_seen(given.get("access_restrictions"))})


def _live_stream(one: Mapping[str, Any]) -> ListedLiveStream:
    given = _by_python_names(one)
    return ListedLiveStream(**{**given, "playback_ids": [*map(_live_playback_id, given["playback_ids"])]})


def _by_python_names(one: Mapping[str, Any]) -> dict[str, Any]:
    return {python_name(key): value for key, value in one.items()}
