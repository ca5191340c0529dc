"""The objects in the store, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

AccessPolicy: TypeAlias = Literal["public", "private"]
RestrictedBy: TypeAlias = Literal["domains", "userAgents"]
StreamStatus: TypeAlias = Literal["idle", "preparing", "active", "disabled"]

DEMO_STREAM_ID = "1111aaaa2222bbbb3333cccc4444dddd"
DEFAULT_WORKSPACE = "sandbox"


class PlaybackId(NamedTuple):
    """A playback ID and its access policy. Equal to the plain tuple `(id, access_policy)`."""

    id: str
    access_policy: AccessPolicy


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The domains, or the user agents, that may play a playback ID; the defaults are FastPix's."""

    default_policy: Literal["allow", "deny"] = "allow"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


Restrictions: TypeAlias = "Mapping[RestrictedBy, Rules]"
NO_RESTRICTIONS: Restrictions = MappingProxyType({})


class FoundPlaybackId(NamedTuple):
    """What decides who may watch by a playback ID: its access policy, its workspace and its access restrictions."""

    access_policy: AccessPolicy
    workspace: str
    restrictions: Restrictions


@dataclass(frozen=True)
class AccessToken:
    """One pair of credentials for one workspace."""

    id: str
    secret: str = field(repr=False)
    workspace: str
    read_only: bool


@dataclass(frozen=True, kw_only=True)
class StreamSettings:
    """The settings a live stream is created with; the defaults are FastPix's. `reconnect_window` is in seconds."""

    max_resolution: str = "1080p"
    reconnect_window: int = 60
    media_policy: AccessPolicy = "public"
    enable_recording: bool = True
    enable_dvr_mode: bool = False
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Simulcast:
    """A simulcast of a live stream: where FastPix sends the stream on to, with the stream key of that third party."""

    id: str
    url: str
    stream_key: str = field(repr=False)
    is_enabled: bool
    metadata: Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A signing key with its public key, a PEM. Nobody keeps its private key but whoever made it."""

    id: str
    created_at: str
    public_key: str


@dataclass(frozen=True, kw_only=True)
class NewSigningKey:
    """A signing key as the response to its creation has it: the private key is base64 of a PEM."""

    id: str
    created_at: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A live stream with its secrets, and its playback IDs and simulcasts from oldest to newest."""

    id: str
    created_at: str
    status: StreamStatus
    stream_key: str = field(repr=False)
    srt_secret: str = field(repr=False)
    srt_playback_secret: str = field(repr=False)
    settings: StreamSettings
    playback_ids: tuple[PlaybackId, ...]
    simulcasts: tuple[Simulcast, ...]
